//! pyenv, on macOS and Linux: how it is told to build an interpreter, and what that will be like.

mod recipes;

use camino::Utf8PathBuf;
use recipes::{environment, needs_rosetta};

use crate::{
    facts::host::{Host, Pyenv, Python},
    ground::{
        matrix::{Abi, Release},
        paths::below,
        plan::{Command, Job},
    },
};
pub use recipes::{openssl, refuses};

/// A script that the interpreter runs once it is installed.
const CHECK: &str = "build-scripts/check-interpreter.py";

/// Where pyenv will have put a release.
pub fn folder(pyenv: &Pyenv, release: &Release) -> Utf8PathBuf {
    pyenv.folder(&release.to_string())
}

/// What an interpreter will say of itself when pyenv has built it.
pub fn python(pyenv: &Pyenv, release: &Release, host: &Host) -> Python {
    let folder = folder(pyenv, release);
    let [major, minor, patch] = release.version;
    let exact = release.interpreter(host.platform);
    let Abi::Version(suffix) = exact.abi else { unreachable!("a release is built for itself") };
    // Only Python 3 has the suffix in the names of folders.
    let of_folder = if major == 2 { "" } else { suffix };
    Python {
        executable: below(&folder, format!("bin/python{major}.{minor}")),
        implementation: "CPython".to_owned(),
        version: release.version,
        release: format!("{major}.{minor}.{patch}"),
        abi_suffix: suffix.to_owned(),
        include: Some(below(&folder, format!("include/python{major}.{minor}{of_folder}"))),
        pointer_bits: 64,
        lacks: Vec::new(),
        named: false,
        platform: if needs_rosetta(host, release) { "macosx-x86_64" } else { "" }.to_owned(),
    }
}

/// Builds a release. What an interrupted build left is removed first: pyenv takes the folder for
/// the interpreter. What it built must answer before anything relies on it.
pub fn job(host: &Host, pyenv: &Pyenv, release: &Release) -> Job {
    let version = release.to_string();
    let mut job = Job::new(format!("pyenv {version}")).always().fetches();
    let folder = folder(pyenv, release);
    let mut pythons = host.pythons.iter().chain(&host.duplicates);
    let works = pythons.any(|python| python.executable.starts_with(&folder));
    if pyenv.versions.contains(&version) && !works {
        job = job.run(Command::new(&pyenv.program).args(["uninstall", "--force", &version]));
    }
    let python = python(pyenv, release, host);
    let interpreter = release.interpreter(host.platform).to_string();
    let check = Command::new(&python.executable).args(["-S", "-E", CHECK, &interpreter]);
    job.run(install(host, pyenv, release)).run(check.arg(&python.release))
}

fn install(host: &Host, pyenv: &Pyenv, release: &Release) -> Command {
    // What is said while building tells why it fails.
    let words = ["install", "--skip-existing", "--verbose"];
    let version = release.to_string();
    let command = if needs_rosetta(host, release) {
        let program = pyenv.program.as_str();
        Command::new("arch").args(["-x86_64", program]).args(words).arg(version)
    } else {
        Command::new(&pyenv.program).args(words).arg(version)
    };
    environment(host, release)
        .into_iter()
        .fold(command, |command, (name, value)| command.env(name, value))
}

#[cfg(test)]
mod tests {
    use super::{recipes::tests::mac, *};
    use crate::{
        facts::host::MacosFacts,
        ground::matrix::{Architecture, Platform},
    };
    use expect_test::expect;

    fn lines(host: &Host, release: &str) -> String {
        let job = job(host, host.pyenv.as_ref().unwrap(), &release.parse().unwrap());
        job.lines().iter().map(|line| line.replace(' ', "\n    ") + "\n").collect()
    }

    #[test]
    fn a_release_is_built_and_then_asked() {
        let mut actual = lines(&mac(Architecture::X86_64, &[]), "3.13.7t");
        actual.push_str(&lines(&mac(Architecture::X86_64, &[]), "3.6.15"));
        expect![[r#"
            PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA=openssl@3
                /brew/bin/pyenv
                install
                --skip-existing
                --verbose
                3.13.7t
            /Users/dev/.pyenv/versions/3.13.7t/bin/python3.13
                -S
                -E
                build-scripts/check-interpreter.py
                cp313t
                3.13.7
            /brew/bin/pyenv
                uninstall
                --force
                3.6.15
            PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA=openssl@1.1
                /brew/bin/pyenv
                install
                --skip-existing
                --verbose
                3.6.15
            /Users/dev/.pyenv/versions/3.6.15/bin/python3.6
                -S
                -E
                build-scripts/check-interpreter.py
                cp36m
                3.6.15
        "#]]
        .assert_eq(&actual);
    }

    #[test]
    fn what_knows_no_arm64_is_built_under_rosetta_or_not_at_all() {
        let without = mac(Architecture::Aarch64, &["openssl@1.0"]);
        let release: Release = "3.4.10".parse().unwrap();
        let refusal = refuses(&without, &release).unwrap();
        assert!(refusal.ends_with("Rosetta is not here"), "{refusal}");
        let rosetta = Some(MacosFacts { rosetta: true, ..without.macos.clone().unwrap() });
        let with = Host { macos: rosetta, ..without };
        assert_eq!(refuses(&with, &release), None);
        expect![[r#"
            PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA=openssl@1.0
                PYTHON_BUILD_SKIP_HOMEBREW=1
                arch
                -x86_64
                /brew/bin/pyenv
                install
                --skip-existing
                --verbose
                3.4.10
            /Users/dev/.pyenv/versions/3.4.10/bin/python3.4
                -S
                -E
                build-scripts/check-interpreter.py
                cp34m
                3.4.10
        "#]]
        .assert_eq(&lines(&with, "3.4.10"));
        let python = python(with.pyenv.as_ref().unwrap(), &release, &with);
        assert_eq!(python.target().unwrap().name, "macosx_x86_64");
        assert_eq!(refuses(&mac(Architecture::X86_64, &[]), &release), None);
    }

    /// Recorded on Linux; pyenv lays folders out alike on macOS.
    #[test]
    fn an_interpreter_will_say_of_itself_what_those_of_pyenv_say() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/linux_x86_64.json");
        let host = Host::recorded(path.into()).unwrap();
        let root = "/home/dev/.pyenv".into();
        let pyenv = Pyenv { root, ..mac(Architecture::X86_64, &[]).pyenv.unwrap() };
        let all = host.pythons.iter().filter(|python| python.executable.starts_with(&pyenv.root));
        let mut compared = 0;
        for said in all {
            let expected = python(&pyenv, &said.release.parse().unwrap(), &host);
            assert_eq!(expected.executable, said.executable);
            assert_eq!(expected.include, said.include);
            assert_eq!(expected.interpreter(), said.interpreter());
            compared += 1;
        }
        assert!(compared >= 4);
    }

    #[test]
    fn each_release_that_is_configured_is_one_that_pyenv_knows() {
        let list = include_str!("../../../tests/fixtures/pyenv/install_list.txt");
        let text = include_str!("../../../xtask.toml");
        let config = crate::facts::config::Config::parse(text).unwrap();
        for release in &config.pyenv {
            assert!(list.lines().any(|line| line.trim() == release.to_string()), "{release}");
        }
        for interpreter in &config.interpreters {
            let serves = |release: &Release| {
                interpreter.has_headers_of(&release.interpreter(Platform::Macos))
            };
            assert!(config.pyenv.iter().any(serves), "nothing is configured for {interpreter}");
        }
    }
}
