//! The lines of a plan are what is done: echoed by execution, and good to paste into a shell. And
//! what the helper puts into a wheel is what setuptools would.

use std::{collections::BTreeMap, fs, io::Cursor, io::Read, process::Command};

use crate::{
    copy::{Copy, REFERENCE, assert_same, only, two_wheels},
    support::sections,
};

/// Jobs that download: the copy has what they make already.
fn downloads(job: &str) -> bool {
    job == "tools" || job.starts_with("fetch requirements ")
}

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn the_printed_lines_pasted_into_a_shell_give_the_same_bytes() {
    let copy = Copy::warm("pasted");
    let [one, other] = two_wheels();
    let plan = copy.xtask(&["wheels", &one.identifier, &other.identifier, "--dry-run"]).answer();
    let jobs = sections(&plan).into_iter().filter(|(job, _)| !downloads(job));
    let lines: Vec<String> = jobs.flat_map(|(_, lines)| lines).collect();
    assert!(lines.len() > 20, "{lines:?}");
    copy.paste(&lines);
    assert_same(&copy.wheelhouse(), &only(&REFERENCE.wheelhouse(), &[&one, &other]));
}

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn execution_echoes_the_lines_of_the_plan_where_it_is_asked_to() {
    let copy = Copy::warm("echoed");
    let [one, _] = two_wheels();
    let plan = copy.xtask(&["wheels", &one.identifier, "--dry-run"]).answer();
    let run = copy.xtask(&["wheels", &one.identifier, "--verbose"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for (job, lines) in sections(&plan).iter().filter(|(job, _)| !downloads(job)) {
        let echo = format!("# {job}\n{}\n", lines.join("\n"));
        assert!(run.stderr.contains(&echo), "{echo}\nis not in\n{}", run.stderr);
    }
}

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn a_wheel_holds_what_setuptools_would_put_into_it() {
    let copy = Copy::warm("by pip");
    let wheelhouse = REFERENCE.wheelhouse();
    let (sdist, content) = wheelhouse.iter().find(|(name, _)| name.ends_with(".gz")).unwrap();
    fs::write(copy.root.join(sdist), content).unwrap();
    let zig = copy.tool("ziglang/zig").into_os_string().into_string().unwrap();
    // In quotes, for setuptools takes these apart as a shell does.
    let pip = Command::new("target/xtask/tools/bin/python")
        .args(["-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-cache-dir"])
        .args(["--no-build-isolation", "--wheel-dir", "by-pip", sdist])
        .current_dir(&copy.root)
        .env("CC", format!("'{zig}' cc"))
        .env("CXX", format!("'{zig}' c++"))
        .env("LDSHARED", format!("'{zig}' cc -shared"))
        .env("ZIG_GLOBAL_CACHE_DIR", copy.root.join("target/xtask/zig-cache"))
        .output()
        .unwrap();
    assert!(pip.status.success(), "{}", String::from_utf8_lossy(&pip.stderr));

    let made = fs::read_dir(copy.root.join("by-pip")).unwrap().next().unwrap().unwrap();
    let name = made.file_name().into_string().unwrap();
    let tags = name.rsplit_once('-').unwrap().0;
    let (_, ours) = wheelhouse.iter().find(|(name, _)| name.starts_with(tags)).unwrap();
    let (theirs, ours) = (files_of(&fs::read(made.path()).unwrap()), files_of(ours));
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    let differing: Vec<&String> = ours.keys().filter(|path| ours[*path] != theirs[*path]).collect();
    assert!(differing.is_empty(), "{differing:?}");
}

/// But for the extension, which another compiler call made, and what differs on account of it; for
/// `top_level.txt`, which setuptools alone knows; and for the bill of materials, which it does not.
fn files_of(wheel: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(wheel)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let path = file.name().unwrap().into_owned();
        let differs = ["/WHEEL", "/RECORD", "/top_level.txt"].iter().any(|e| path.ends_with(e));
        let differs = differs || path.contains("/sboms/");
        if !differs && !path.ends_with(".so") {
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            files.insert(path, content);
        }
    }
    files
}
