//! What a Mac would do, done on Linux: its plan's own lines, with zig in place of Apple's clang.

use std::{env, fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use crate::{
    copy::Copy,
    support::{self, XTASK, checkout, sections},
};

/// Apple's words in those of zig, which makes libraries and no bundles.
const CLANG: &str = r#"
target= words=
for word; do
    case $previous$word in
        -archarm64) target=aarch64-macos ;;
        -archx86_64) target=x86_64-macos ;;
        -mmacosx-version-min=*) target=$target.${word#*=} ;;
        -bundle) words="$words -nostdlib -shared -lSystem" ;;
        -undefineddynamic_lookup) words="$words -Wl,-undefined,dynamic_lookup" ;;
        -arch | -undefined) ;;
        *) words="$words $word" ;;
    esac
    case $word in -arch | -undefined) previous=$word ;; *) previous= ;; esac
done
"#;

/// This machine's interpreters, as if they were installed on a Mac with Apple's tools.
fn mac(bin: &Path) -> String {
    let facts = support::xtask(checkout(), &["facts"]).answer();
    let mut facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    let pythons = facts["pythons"].as_array_mut().unwrap();
    for python in pythons.iter_mut() {
        // Their headers are those of another system: as foreign as those of another processor.
        python["platform"] = "macosx-15.0-x86_64".into();
    }
    // The newest has the tools alone.
    let newest = pythons.last_mut().unwrap();
    newest["platform"] = "macosx-15.0-arm64".into();
    newest["include"] = serde_json::Value::Null;
    for name in ["clang", "clang++", "ar"] {
        facts["programs"][name] = bin.join(name).to_str().unwrap().into();
    }
    facts["platform"] = "macos".into();
    facts["architecture"] = "aarch64".into();
    facts["macos"] = serde_json::json!({ "developer": "/Library/Developer/CommandLineTools" });
    facts.to_string()
}

#[test]
#[ignore = "builds whole wheels; run by `cargo xtask test end-to-end`"]
fn the_lines_for_a_mac_make_wheels_that_keep_their_promises() {
    let copy = Copy::warm("mac");
    // The tools and the source archive are made as on Linux.
    copy.xtask(&["sdist"]).answer();
    let bin = copy.root.join("target/bin");
    fs::create_dir_all(&bin).unwrap();
    let zig = copy.tool("ziglang/zig");
    let script = |name: &str, text: &str| {
        fs::write(bin.join(name), format!("#!/bin/sh\n{text}")).unwrap();
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    };
    let zig = zig.display();
    script("clang", &format!("{CLANG}exec '{zig}' cc -target $target $words\n"));
    script("clang++", &format!("{CLANG}exec '{zig}' c++ -target $target $words\n"));
    script("ar", &format!("exec '{zig}' ar \"$@\"\n"));
    script("cargo", &format!("shift\nexec '{XTASK}' \"$@\"\n"));
    let host = copy.root.join("target/mac.json");
    fs::write(&host, mac(&bin)).unwrap();

    let host = host.to_str().unwrap();
    let universal =
        ["wheels", "cp311*-macosx_*", "--builder", "native", "--dry-run", "--host", host];
    let plan = copy.xtask(&universal).answer();
    let is_wanted = |job: &str| {
        let names = ["unpack", "core ", "binding ", "assemble ", "audit ", "promote cp"];
        names.iter().any(|name| job.starts_with(name))
    };
    let jobs = sections(&plan).into_iter().filter(|(job, _)| is_wanted(job));
    let lines: Vec<String> = jobs.flat_map(|(_, lines)| lines).collect();
    assert!(lines.iter().any(|line| line.contains("-arch arm64 -mmacosx-version-min=11.0")));
    assert!(lines.iter().any(|line| line.contains("-arch x86_64 -mmacosx-version-min=10.13")));

    let cache = copy.root.join("target/xtask/zig-cache");
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [bin.clone()].into_iter().chain(env::split_paths(&path));
    let bash = Command::new("bash")
        .args(["-e", "-c", &lines.join("\n")])
        .current_dir(&copy.root)
        .env("PATH", env::join_paths(folders).unwrap())
        .env("ZIG_GLOBAL_CACHE_DIR", &cache)
        .env("ZIG_LOCAL_CACHE_DIR", &cache)
        .output()
        .unwrap();
    assert!(bash.status.success(), "{}", String::from_utf8_lossy(&bash.stderr));
    let names: Vec<String> = copy.wheelhouse().into_keys().collect();
    let tags = ["macosx_10_13_universal2.whl", "macosx_10_13_x86_64.whl", "macosx_11_0_arm64.whl"];
    for tag in tags {
        assert!(names.iter().any(|name| name.ends_with(tag)), "{tag}: {names:?}");
    }
}

/// Five packages of others, of which one tests itself: their code, for both processors of Macs.
#[test]
#[ignore = "fetches wheels; run by `cargo xtask test end-to-end`"]
fn the_code_of_others_for_macos_is_executed_too() {
    let copy = Copy::warm("others");
    let facts = support::xtask(checkout(), &["facts"]).answer();
    let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    let pythons = facts["pythons"].as_array().unwrap();
    let python = pythons.iter().find(|python| python["version"][1] == 11);
    let python = python.expect("CPython 3.11 is here")["executable"].as_str().unwrap();
    let emulated = "target/xtask/testers/debian-bookworm-arm64/python";
    let loaders = ["macos-x86_64", "macos-arm64", "debian-bookworm-arm64"];
    copy.xtask(&[&["testers", "install"], &loaders[..]].concat()).answer();
    for (loader, platform, interpreter) in [
        ("macos-x86_64", "macosx_10_9_x86_64", python),
        ("macos-arm64", "macosx_11_0_arm64", emulated),
    ] {
        let site = format!("target/others/{loader}");
        copy.paste(&[
            format!(
                "target/xtask/tools/bin/python -m pip install --quiet --require-hashes --no-deps \
                 --only-binary :all: --implementation cp --python-version 3.11 --abi cp311 \
                 --platform {platform} --target {site} --requirement tests/loaders/others.txt"
            ),
            format!("'{XTASK}' as-elf {site} target/xtask/testers/{loader}/lib{loader}.so"),
            format!("QEMU_CPU=max PYTHONPATH={site} {interpreter} -S tests/loaders/others.py"),
        ]);
    }
}
