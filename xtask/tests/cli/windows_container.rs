//! The lines of a plan with a container of Windows, pasted into a shell, with a stand-in docker.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use crate::support::{XTASK, copy_checkout, fixture, sections, version, xtask};

/// An engine whose one container is a folder. It refuses what the real one would: to build without
/// a file or an installer, to copy from nowhere, to run in what was not started.
const DOCKER: &str = r#"#!/bin/bash
set -eu
c=$(dirname "$0")/container
inside() { case $1 in *:C:/*) echo "$c/${1##*:C:/}" ;; *) echo "$1" ;; esac; }
command=$1
shift
case $command in
    ps) ;;
    build)
        context=${!#}
        while [ $# -gt 1 ]; do
            case $1 in --file) file=$2 ;; --iidfile) iid=$2 ;; esac
            shift
        done
        for needed in xtask.exe vs_buildtools.exe cp38-win_amd64.exe xtask/Cargo.toml; do
            [ -e "$context/$needed" ]
        done
        grep -q '^FROM' "$file"
        [ -z "${iid:-}" ] || echo sha256:1 > "$iid" ;;
    create) mkdir -p "$c/esig" ;;
    cp)
        mkdir -p "$(inside "$2")"
        cp -r "$(inside "$1")" "$(inside "$2")" ;;
    start) touch "$c/started" ;;
    stop) rm "$c/started" ;;
    exec)
        [ -e "$c/started" ] && [ -e "$c/esig/pyproject.toml" ]
        mkdir -p "$c/esig/wheelhouse" "$c/esig/target/xtask"
        echo "${*: -4:1}" >> "$c/asked"
        cp -r "$(dirname "$0")/wheels/." "$c/esig/wheelhouse/"
        : > "$c/esig/target/xtask/tested.intoto.jsonl" ;;
    *) echo "docker: '$command' is not a docker command" >&2; exit 1 ;;
esac
"#;

/// `cargo build` makes the helper; everything else is the helper.
const CARGO: &str = r#"#!/bin/bash
set -eu
if [ "$1" = build ]; then
    mkdir -p target/xtask/helper/release
    echo helper > target/xtask/helper/release/xtask.exe
else
    shift
    exec 'XTASK' "$@"
fi
"#;

fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn its_steps_fit_together() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("checkout");
    copy_checkout(&root);
    let programs = folder.path().join("programs");
    script(&programs.join("docker"), DOCKER);
    script(&programs.join("cargo"), &CARGO.replace("XTASK", XTASK));
    let host = fixture("windows_with_engine.json");
    let wanted = ["cp38-win_amd64", "cp311_abi3-win32"];
    let words = ["wheels", "--builder", "docker", "--dry-run", "--host", &host];
    let plan = xtask(&root, &[&words[..], &wanted].concat()).answer();

    let files = ["cp38-cp38-win_amd64.whl", "cp311-abi3-win32.whl"]
        .map(|tags| format!("esig-{}-{tags}", version()));
    for file in files.iter().chain([&format!("esig-{}.tar.gz", version())]) {
        script(&programs.join("wheels").join(file), "made in the container");
    }
    // Downloads are other tests', as are audits: nothing real is made here.
    let jobs = sections(&plan).into_iter();
    let jobs = jobs.filter(|(job, _)| !job.starts_with("download ") && !job.starts_with("audit "));
    let lines: Vec<String> = jobs.flat_map(|(_, lines)| lines).collect();
    for (job, lines) in sections(&plan) {
        if let (true, Some(line)) = (job.starts_with("download "), lines.first()) {
            let file = line.rsplit(' ').next().unwrap();
            script(&root.join(file), "an installer");
        }
    }
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    bash.args(["-e", "-c", &lines.join("\n")]).current_dir(&root).env("PATH", path);
    let output = bash.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let placed: BTreeSet<String> = fs::read_dir(root.join("wheelhouse"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected = files.iter().cloned().chain([format!("esig-{}.tar.gz", version())]);
    let expected = expected.chain(["SHA256SUMS".to_owned()]);
    assert_eq!(placed, expected.collect());
    let asked = fs::read_to_string(programs.join("container/asked")).unwrap();
    assert_eq!(asked.lines().collect::<BTreeSet<_>>(), wanted.into_iter().collect());
}
