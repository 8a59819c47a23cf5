//! What `cargo xtask release` refuses before it does anything, and what it asks git, whatever the
//! user's settings are; a whole one is in `end_to_end/release.rs`.

use std::fs;

use crate::support::repository::{Repository, isolate};

fn state(repository: &Repository) -> String {
    let status = repository.git(&["status", "--porcelain"]);
    format!("{}\n{status}\n{}", repository.git(&["rev-parse", "HEAD"]), tags(repository))
}

fn tags(repository: &Repository) -> String {
    repository.git(&["tag", "--list"])
}

#[track_caller]
fn refused(repository: &Repository, version: &str, why: &str) {
    let before = state(repository);
    let run = repository.xtask(&["release", version, "--quiet"]);
    assert_eq!(run.code, 1, "{version}");
    assert!(run.stderr.contains(why), "{}", run.stderr);
    assert_eq!(state(repository), before);
}

#[test]
fn what_cannot_be_released_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let repository = Repository::of_project(folder.path().join("esig"));
    refused(&repository, "0.0.1", "is not newer than what there is");
    refused(&repository, "seven", "is no version");
    repository.write("notes.txt", "");
    refused(&repository, "7.1.0", "1 files are not as they are committed");
    fs::remove_file(repository.root.join("notes.txt")).unwrap();
    repository.git(&["tag", "v7.1.0"]);
    refused(&repository, "7.1.0", "the tag `v7.1.0` is there already");
    repository.write("CHANGELOG.md", "# Changelog\n\n## [7.1.0] - 2026-11-22\n\n- new\n");
    repository.commit_all();
    refused(&repository, "7.2.0", "it has nothing that is unreleased");
}

#[test]
fn a_file_that_git_calls_unchanged_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let repository = Repository::of_project(folder.path().join("esig"));
    let licence = repository.root.join("LICENSE");
    let content = fs::read(&licence).unwrap();
    let verify = |expected: &str| {
        let run = repository.xtask(&["verify", "clean-tree", "wheelhouse"]);
        assert!(run.stderr.contains(expected), "{expected}: {}", run.stderr);
        assert_eq!(run.code, i32::from(!expected.is_empty()));
    };
    verify("");
    for mark in ["assume-unchanged", "skip-worktree"] {
        repository.git(&["update-index", &format!("--{mark}"), "LICENSE"]);
        verify("");
        fs::remove_file(&licence).unwrap();
        verify("git does not see it: LICENSE");
        fs::write(&licence, &content).unwrap();
        repository.git(&["update-index", &format!("--no-{mark}"), "LICENSE"]);
    }
    // Of the same size and time, and git was told to look at nothing else.
    for setting in ["core.checkStat=minimal", "core.trustctime=false"] {
        let (name, value) = setting.split_once('=').unwrap();
        repository.git(&["config", name, value]);
    }
    let times = |file: &fs::File| {
        let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_500_000_000);
        file.set_modified(old).unwrap();
    };
    times(&fs::File::options().write(true).open(&licence).unwrap());
    repository.git(&["update-index", "--refresh"]);
    fs::write(&licence, content.to_ascii_uppercase()).unwrap();
    times(&fs::File::options().write(true).open(&licence).unwrap());
    assert_eq!(repository.git(&["status", "--porcelain"]), "");
    verify("git does not see it: LICENSE");
}

#[test]
fn what_could_not_be_undone_is_said_with_how_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let repository = Repository::of_project(folder.path().join("esig"));
    repository.write(".git/index.lock", "");
    commit_refused(&repository, "99.0.0", "once nothing is in the way: `git reset --hard ");
}

/// The step that commits, alone: it is what looks at versions and tags.
#[track_caller]
fn commit(repository: &Repository, version: &str) -> String {
    let run = repository.xtask(&["release-step", "commit", version]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = repository.xtask(&["release-step", "tag"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stderr.trim().to_owned()
}

#[track_caller]
fn commit_refused(repository: &Repository, version: &str, why: &str) {
    let run = repository.xtask(&["release-step", "commit", version]);
    assert_eq!(run.code, 1, "{version}");
    assert!(run.stderr.contains(why), "{}", run.stderr);
}

fn project(folder: &std::path::Path) -> Repository {
    let repository = Repository::of_project(folder.join("esig"));
    repository.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n- new\n");
    repository.commit_all();
    repository
}

#[test]
fn a_date_that_is_none_or_to_come_is_refused_before_anything_changes() {
    let folder = tempfile::tempdir().unwrap();
    let repository = project(folder.path());
    let before = state(&repository);
    for date in ["tomorrow", "", "2026-13-45", "2026-02-31", "3026-01-01", "2026-01-01\nx"] {
        let run = repository.xtask(&["release-step", "commit", "7.1.0", "--date", date]);
        assert_eq!((run.code, state(&repository)), (1, before.clone()), "{date}");
        assert!(run.stderr.contains("is no date of a release\nhint: "), "{}", run.stderr);
    }
}

#[test]
fn settings_of_the_user_hide_no_tag() {
    let folder = tempfile::tempdir().unwrap();
    let repository = project(folder.path());
    for tag in ["v7.0.0", "v7.0.1", "v7.0.2", "v9.0.0"] {
        repository.git(&["tag", tag]);
    }
    for (key, value) in [
        ("column.ui", "always"),
        ("color.ui", "always"),
        ("tag.sort", "-refname"),
        ("log.showSignature", "true"),
        ("core.pager", "false"),
    ] {
        repository.git(&["config", key, value]);
    }
    commit_refused(&repository, "8.0.0", "8.0.0 is not newer than what there is");
    commit_refused(&repository, "9.0.0", "the tag `v9.0.0` is there already");
}

#[test]
fn a_clone_without_the_newest_tags_asks_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let upstream = project(folder.path());
    let address = format!("file://{}", upstream.root.display());
    let root = folder.path().join("shallow");
    upstream.git(&["clone", "--quiet", "--depth=1", &address, root.to_str().unwrap()]);
    let shallow = Repository { root };
    upstream.git(&["tag", "--annotate", "--message", "9", "v9.0.0"]);
    commit_refused(&shallow, "8.0.0", "8.0.0 is not newer than what there is");
    commit_refused(&shallow, "9.0.0", "the tag `v9.0.0` is there already");
    shallow.git(&["remote", "set-url", "origin", "file:///nowhere/at/all"]);
    commit_refused(&shallow, "9.1.0", "cannot ask `origin` which versions are tagged");
    assert_eq!(shallow.git(&["log", "-1", "--format=%s"]), "change");
}

#[test]
fn the_line_that_pushes_is_one_that_works() {
    let folder = tempfile::tempdir().unwrap();
    let repository = project(folder.path());
    let bare = folder.path().join("bare.git");
    repository.git(&["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]);
    repository.git(&["remote", "add", "upstream", bare.to_str().unwrap()]);
    repository.git(&["fetch", "--quiet", "upstream"]);
    repository.git(&["checkout", "--quiet", "-b", "release", "--track", "upstream/main"]);
    let pushes = |version: &str| {
        let said = commit(&repository, version);
        let line = said.split_once("`git ").and_then(|(_, rest)| rest.split_once('`'));
        let line = line.unwrap_or_else(|| panic!("{said}")).0;
        repository.git(&line.split(' ').collect::<Vec<_>>());
        line.to_owned()
    };
    assert_eq!(pushes("7.1.0"), "push upstream release:main v7.1.0");
    repository.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n- newer\n");
    repository.commit_all();
    repository.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(pushes("7.2.0"), "push upstream v7.2.0");
    assert_eq!(repository.git(&["ls-remote", "--tags", "upstream"]).matches("^{}").count(), 2);
}

#[cfg(unix)]
#[test]
fn a_signature_that_fails_is_told_with_the_reason_of_who_signs() {
    let folder = tempfile::tempdir().unwrap();
    let repository = project(folder.path());
    let gpg = folder.path().join("gpg");
    let says = |reason: &str| make_script(&gpg, &format!("{reason}exit 2"));
    repository.git(&["config", "gpg.program", gpg.to_str().unwrap()]);
    repository.git(&["config", "commit.gpgSign", "true"]);
    let before = state(&repository);
    // Git before 2.41 never hands the reason on.
    const WAY_TO_IT: &str = "`echo test | gpg --clearsign` tells why";
    says("");
    commit_refused(&repository, "7.1.0", WAY_TO_IT);
    says("echo 'gpg: signing failed: No secret key' >&2\n");
    let reason = match repository.git(&["--version"]).split(['.', ' ']).nth(3).unwrap().parse() {
        Ok(0..41) => WAY_TO_IT,
        _ => "gpg: signing failed: No secret key",
    };
    commit_refused(&repository, "7.1.0", reason);
    assert_eq!(state(&repository), before);
    repository.git(&["config", "commit.gpgSign", "false"]);
    repository.git(&["config", "tag.gpgSign", "true"]);
    let commit = repository.xtask(&["release-step", "commit", "7.1.0"]);
    assert_eq!(commit.code, 0, "{}", commit.stderr);
    let tag = repository.xtask(&["release-step", "tag"]);
    assert_eq!(tag.code, 1);
    assert!(tag.stderr.contains(reason), "{}", tag.stderr);
}

#[cfg(unix)]
fn make_script(path: &std::path::Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A gpg that signs whatever it gets, and finds every signature good.
#[cfg(unix)]
const SIGNS: &str = r#"case "$*" in
    *--verify*) echo '[GNUPG:] GOODSIG 0123456789ABCDEF dev'; echo 'gpg: Good signature' >&2 ;;
    *) echo '[GNUPG:] SIG_CREATED ' >&2; cat > /dev/null
       printf '%s\n' '-----BEGIN PGP SIGNATURE-----' '' 'abcd' '-----END PGP SIGNATURE-----' ;;
esac"#;

#[cfg(unix)]
#[test]
fn a_release_is_signed_where_the_user_has_signatures_shown_too() {
    let folder = tempfile::tempdir().unwrap();
    let repository = project(folder.path());
    let gpg = folder.path().join("gpg");
    make_script(&gpg, SIGNS);
    repository.git(&["config", "gpg.program", gpg.to_str().unwrap()]);
    for key in ["commit.gpgSign", "tag.gpgSign", "log.showSignature"] {
        repository.git(&["config", key, "true"]);
    }
    commit(&repository, "7.1.0");
    let signed = repository.git(&["cat-file", "-p", "v7.1.0^{commit}"]);
    assert!(signed.contains("BEGIN PGP SIGNATURE"), "{signed}");
}

#[cfg(unix)]
#[test]
fn hooks_of_the_user_take_no_part_in_a_release() {
    let folder = tempfile::tempdir().unwrap();
    let repository = project(folder.path());
    let hooks = repository.root.join(".git/hooks");
    make_script(&hooks.join("pre-commit"), "echo >> LICENSE; git add LICENSE; exit 1");
    make_script(&hooks.join("commit-msg"), "echo other > \"$1\"");
    make_script(&hooks.join("post-commit"), "sleep 10000");
    make_script(&hooks.join("reference-transaction"), "exit 1");
    commit(&repository, "7.1.0");
    let changed = repository.git(&["show", "--format=%s", "--name-only", "v7.1.0^{commit}"]);
    assert_eq!(changed, "Release 7.1.0\n\nCHANGELOG.md\nesig/_version.py");
    assert_eq!(repository.git(&["status", "--porcelain"]), "");
}

/// A git that ends the helper that starts it, before or after it commits.
#[cfg(unix)]
const KILLS: &str = r#"PATH=${PATH#*:}
case " $* " in *" commit "*) before ;; esac
git "$@"
code=$?
case " $* " in *" commit "*) after ;; esac
exit $code"#;

#[cfg(unix)]
#[test]
fn what_a_killed_release_left_is_taken_back_but_no_work_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let repository = project(folder.path());
    let whole = state(&repository);
    let shim = folder.path().join("bin");
    let path = format!("{}:{}", shim.display(), std::env::var("PATH").unwrap());
    let kill = |when: &str| {
        let other = if when == "before" { "after" } else { "before" };
        let script = KILLS.replace(&format!(") {when}"), ") kill -9 $PPID; exit");
        make_script(&shim.join("git"), &script.replace(&format!(") {other}"), ")"));
        let mut command = crate::support::command(&repository.root, &["release-step", "commit"]);
        isolate(command.arg("7.1.0").env("PATH", &path)).output().unwrap();
        assert_ne!(state(&repository), whole, "{when}");
    };
    let undo = || repository.xtask(&["release-step", "undo"]);
    for when in ["before", "after"] {
        kill(when);
        let run = undo();
        assert_eq!((run.code, state(&repository)), (0, whole.clone()), "{when}: {}", run.stderr);
        assert_eq!(undo().stderr, "");
    }
    kill("before");
    repository.write("CHANGELOG.md", "work of others");
    assert_eq!(undo().code, 0);
    assert_eq!(repository.git(&["status", "--porcelain"]), "M CHANGELOG.md");
    repository.git(&["checkout", "--quiet", "CHANGELOG.md"]);
    kill("before");
    repository.git(&["commit", "--all", "--quiet", "--message", "work of others"]);
    let others = state(&repository);
    let run = undo();
    assert!(run.code == 1 && run.stderr.contains("work went on after it"), "{}", run.stderr);
    assert_eq!(state(&repository), others);
}

#[test]
fn a_repository_that_is_broken_is_not_mistaken_for_the_one_it_lies_in() {
    let folder = tempfile::tempdir().unwrap();
    let outer = Repository { root: folder.path().to_owned() };
    outer.git(&["init", "--quiet"]);
    outer.write(".gitignore", "esig/\n");
    outer.commit_all();
    let repository = project(folder.path());
    repository.write(".git/HEAD", "garbage");
    let run = repository.xtask(&["verify", "clean-tree", "wheelhouse"]);
    assert!(run.code == 1 && run.stderr.contains("not a git repository"), "{}", run.stderr);
}

#[test]
fn another_repository_that_the_environment_names_is_not_asked() {
    let folder = tempfile::tempdir().unwrap();
    let repository = project(folder.path());
    let other = Repository { root: folder.path().join("other") };
    repository.git(&["init", "--quiet", other.root.to_str().unwrap()]);
    other.write("only-there.txt", "");
    other.commit_all();
    let staged = |name: &str, value: std::path::PathBuf| {
        let to = folder.path().join(name);
        let mut command = crate::support::command(&repository.root, &["stage"]);
        command.arg(&to).env(name, value);
        let run = crate::support::Run::of(isolate(&mut command).output().unwrap());
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        assert!(to.join("setup.py").exists() && !to.join("only-there.txt").exists(), "{name}");
    };
    staged("GIT_DIR", other.root.join(".git"));
    staged("GIT_WORK_TREE", other.root.clone());
    staged("GIT_INDEX_FILE", other.root.join(".git/index"));
    staged("GIT_COMMON_DIR", other.root.join(".git"));
    staged("GIT_OBJECT_DIRECTORY", other.root.join(".git/objects"));
    staged("GIT_ICASE_PATHSPECS", "1".into());
}

/// A git that checks another commit out as soon as it has been asked for the files.
#[cfg(unix)]
const CHECKS_OUT: &str = r#"#!/bin/sh
PATH=${PATH#*:}
git "$@"
code=$?
case " $* " in *" --recurse-submodules "*) git checkout --quiet "$(cat "$0.then")" ;; esac
exit $code
"#;

#[cfg(unix)]
#[test]
fn a_checkout_that_changes_while_it_is_staged_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let repository = project(folder.path());
    repository.git(&["branch", "elsewhere"]);
    repository.write("setup.cfg", "[metadata]\nname = other\n");
    repository.commit_all();
    let shim = folder.path().join("bin");
    fs::create_dir(&shim).unwrap();
    fs::write(shim.join("git"), CHECKS_OUT).unwrap();
    fs::set_permissions(shim.join("git"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", shim.display(), std::env::var("PATH").unwrap());
    // Other files at another commit, and another commit of the same files.
    for then in ["elsewhere", "same"] {
        repository.git(&["checkout", "--quiet", "main"]);
        repository.git(&["branch", "--force", "same", "main"]);
        repository.git(&["checkout", "--quiet", "same"]);
        repository.git(&["commit", "--quiet", "--allow-empty", "--message", "nothing"]);
        repository.git(&["checkout", "--quiet", "main"]);
        fs::write(shim.join("git.then"), then).unwrap();
        let to = folder.path().join("stage");
        let mut command = crate::support::command(&repository.root, &["stage"]);
        command.arg(&to).env("PATH", &path);
        let run = crate::support::Run::of(isolate(&mut command).output().unwrap());
        assert_eq!(run.code, 1, "{then}");
        let why = "the checkout changed while its files were copied: git tracks other files, or is \
                   at another commit";
        assert!(run.stderr.contains(why), "{}", run.stderr);
        assert!(!to.exists(), "nothing half is left");
    }
}
