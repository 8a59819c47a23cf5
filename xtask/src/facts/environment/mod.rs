//! What programs find in their environment: `environment.toml` says what, for each kind of them.

mod pip;

use std::{
    collections::{BTreeMap, HashMap},
    env,
    ffi::OsString,
    sync::LazyLock,
};

use camino::{Utf8Path, Utf8PathBuf};
use jobs::Environment;
use serde::Deserialize;

use crate::{
    facts::project::find_root,
    ground::{
        matrix::wildcard_matches,
        paths::{STATE, file_name},
    },
};

/// A table of the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rule {
    programs: Vec<String>,
    words: Vec<String>,
    home: Option<Home>,
    passed: Vec<String>,
    decisive: Vec<String>,
    fixed: BTreeMap<String, String>,
    settings: Vec<String>,
    of_home: BTreeMap<String, String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Home {
    User,
}

static RULES: LazyLock<HashMap<String, Rule>> = LazyLock::new(|| {
    toml::from_str(include_str!("environment.toml")).expect("tests read all of the file")
});

const NULL: &str = if cfg!(windows) { "nul" } else { "/dev/null" };

/// What says where a user's own files are.
const OF_HOME: &[&str] =
    &["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "HOMEDRIVE", "HOMEPATH", "XDG_*"];

/// Modules that are started where files of the project, or of its user, are.
const TOOLS: &[&str] = &["abi3audit", "build", "pip", "twine", "venv"];

/// The environment of a program that works for a checkout. Its home is where files are that no run
/// finds: each begins with that folder empty.
pub fn of(root: &Utf8Path, program: &str, words: &[impl AsRef<str>]) -> Environment {
    with_home(&root.join(STATE).join("temporary/home"), root, program, words)
}

fn with_home(
    home: &Utf8Path,
    root: &Utf8Path,
    program: &str,
    words: &[impl AsRef<str>],
) -> Environment {
    let kind = kind_of(program, words);
    let rules: Vec<&Rule> = std::iter::once("every").chain(kind).map(|kind| &RULES[kind]).collect();
    let has_own_home = rules.iter().any(|rule| rule.home == Some(Home::User));
    let mut environment = of_user(&rules, has_own_home);
    if !has_own_home {
        let names: &[&str] =
            if cfg!(windows) { &["USERPROFILE", "APPDATA", "LOCALAPPDATA"] } else { &["HOME"] };
        environment.passed.extend(names.iter().map(|name| (name.into(), home.into())));
    }
    let given = environment.passed.clone();
    let is_given = |name: &str| given.iter().any(|(given, _)| given == name);
    for (name, folder) in rules.iter().flat_map(|rule| &rule.of_home) {
        if let Some(home) = user_home().filter(|_| !is_given(name)) {
            environment.passed.push((name.into(), home.join(folder).into()));
        }
    }
    // Suites start this program, which starts pip.
    if matches!(kind, Some("pip" | "cargo")) {
        let handed = pip::settings(&RULES["pip"].passed, is_given);
        environment.passed.extend(handed.into_iter().map(|(n, value)| (n.into(), value.into())));
    }
    // Python would take modules from the folder where it starts: a `json.py` of somebody.
    if let ["-m", module, ..] = words.iter().map(AsRef::as_ref).collect::<Vec<_>>()[..]
        && TOOLS.contains(&module)
    {
        environment.decisive.push(("PYTHONSAFEPATH".to_owned(), "1".to_owned()));
    }
    for (name, value) in rules.iter().flat_map(|rule| &rule.fixed) {
        let value = value.replace("{root}", root.as_str()).replace("{null}", NULL);
        environment.decisive.push((name.clone(), value));
    }
    for rule in rules.iter().filter(|rule| !rule.settings.is_empty()) {
        let settings = settings_of_git(&rule.settings, |name| env::var(name).ok());
        environment.passed.extend(settings.into_iter().map(|(n, value)| (n.into(), value.into())));
    }
    environment
}

/// What git reads from `GIT_CONFIG_COUNT` and the variables that this counts, as far as it is
/// named.
fn settings_of_git(
    named: &[String],
    of_user: impl Fn(&str) -> Option<String>,
) -> Vec<(String, String)> {
    let count = of_user("GIT_CONFIG_COUNT").and_then(|count| count.parse().ok()).unwrap_or(0);
    let given = (0..count).map_while(|number: usize| {
        let part = |part| of_user(&format!("GIT_CONFIG_{part}_{number}"));
        Some((part("KEY")?, part("VALUE")?))
    });
    let is_passed = |key: &str| named.iter().any(|pattern| is_named(pattern, key));
    let given: Vec<_> = given.filter(|(key, _)| is_passed(key)).collect();
    let mut variables = vec![("GIT_CONFIG_COUNT".to_owned(), given.len().to_string())];
    for (number, (key, value)) in given.into_iter().enumerate() {
        variables.push((format!("GIT_CONFIG_KEY_{number}"), key));
        variables.push((format!("GIT_CONFIG_VALUE_{number}"), value));
    }
    variables
}

fn user_home() -> Option<Utf8PathBuf> {
    let variables = ["HOME", "USERPROFILE"].iter().filter_map(|name| env::var(name).ok());
    variables.filter(|folder| !folder.is_empty()).map(Utf8PathBuf::from).next()
}

/// What a user's own environment has, as far as these let it through.
fn of_user(rules: &[&Rule], has_own_home: bool) -> Environment {
    let mut environment = Environment::default();
    for (name, value) in env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let is_in = |patterns: fn(&Rule) -> &[String]| {
            rules.iter().any(|rule| patterns(rule).iter().any(|pattern| is_named(pattern, text)))
        };
        let is_of_home = has_own_home && OF_HOME.iter().any(|pattern| is_named(pattern, text));
        if is_in(|rule| &rule.passed) || is_of_home {
            environment.passed.push((name, value));
        } else if is_in(|rule| &rule.decisive) {
            let value = value.to_string_lossy().into_owned();
            environment.decisive.push((text.to_owned(), value));
        }
    }
    environment
}

fn is_named(pattern: &str, variable: &str) -> bool {
    let [pattern, variable] = [pattern, variable].map(str::to_ascii_uppercase);
    wildcard_matches(pattern.as_bytes(), variable.as_bytes())
}

/// The table for a program, besides that for every one.
fn kind_of(program: &str, words: &[impl AsRef<str>]) -> Option<&'static str> {
    let is = |pattern: &String, text: &str| {
        wildcard_matches(pattern.as_bytes(), text.trim_end_matches(".exe").as_bytes())
    };
    let has = |names: &[String], text: &str| names.iter().any(|name| is(name, text));
    let found = |fits: &dyn Fn(&Rule) -> bool| {
        RULES.iter().find(|(_, rule)| fits(rule)).map(|(kind, _)| kind.as_str())
    };
    // A script is the first word of what runs it.
    let script = words.first().map_or("", AsRef::as_ref);
    let kind = found(&|rule| has(&rule.programs, file_name(program)))
        .or_else(|| found(&|rule| has(&rule.programs, file_name(script))))
        .or_else(|| found(&|rule| words.iter().any(|word| has(&rule.words, word.as_ref()))));
    // What installs only files that are here already needs to know of no index.
    kind.filter(|kind| *kind != "pip" || !words.iter().any(|word| word.as_ref() == "--no-index"))
}

/// Whether a program asks the index that pip is configured to use.
pub fn asks_index(program: &str, words: &[impl AsRef<str>]) -> bool {
    kind_of(program, words) == Some("pip")
}

/// A program to ask, in the environment that it has in plans of the checkout we are in.
pub fn command<S: AsRef<str>>(program: &str, words: &[S]) -> duct::Expression {
    asking(program, program, words, &[])
}

/// The same, with further variables.
pub fn command_with<S: AsRef<str>>(
    program: &str,
    words: &[S],
    variables: &[(&str, &str)],
) -> duct::Expression {
    asking(program, program, words, variables)
}

/// A program that does what pip does.
pub fn pip<S: AsRef<str>>(program: &str, words: &[S]) -> duct::Expression {
    asking("pip", program, words, &[])
}

/// A program, as it is asked something. Whoever only asks leaves nothing behind: there is no home.
fn asking<S: AsRef<str>>(
    kind: &str,
    program: &str,
    words: &[S],
    variables: &[(&str, &str)],
) -> duct::Expression {
    let here = env::current_dir().ok().and_then(|folder| Utf8PathBuf::try_from(folder).ok());
    let here = here.unwrap_or_default();
    let root = find_root(&here).unwrap_or(here);
    let Environment { passed, decisive } = with_home(NULL.into(), &root, kind, words);
    let decisive = decisive.into_iter().map(|(name, value)| (name.into(), value.into()));
    let own = variables.iter().map(|(name, value)| (name.into(), value.into()));
    let all: BTreeMap<OsString, OsString> = passed.into_iter().chain(decisive).chain(own).collect();
    duct::cmd(program, words.iter().map(|word| word.as_ref())).full_env(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(line: &str) -> Option<&'static str> {
        let words: Vec<&str> = line.split(' ').collect();
        kind_of(words[0], &words[1..])
    }

    #[test]
    fn a_program_gets_what_its_kind_needs() {
        for (line, expected) in [
            ("/usr/bin/git tag", Some("git")),
            ("/home/dev/.cargo/bin/rustc --version", Some("cargo")),
            ("C:/Program/docker.exe exec", Some("engine")),
            ("/opt/bin/podman-remote run", Some("engine")),
            ("bash tests/docker/make-base-image.sh x", Some("engine")),
            ("target/xtask/tools/bin/python -m pip download numpy", Some("pip")),
            ("python -m pip install --no-index a.whl", None),
            ("python build-scripts/fetch-wheels.py out", Some("pip")),
            ("arch -x86_64 /brew/bin/pyenv install", Some("pyenv")),
            ("target/xtask/publishers/bin/uv publish", Some("uv")),
            ("python -m esig.tests", None),
            ("python -m build --sdist", None),
        ] {
            assert_eq!(kind(line), expected, "{line}");
        }
    }

    #[test]
    fn tools_take_no_modules_from_where_they_start() {
        let of = |module: &str| of(Utf8Path::new("/"), "python", &["-m", module]).decisive;
        let safe = ("PYTHONSAFEPATH".to_owned(), "1".to_owned());
        assert!(of("pip").contains(&safe));
        assert!(!of("esig.tests").contains(&safe));
    }

    #[test]
    fn what_publishes_is_given_to_uv_alone() {
        for (kind, rule) in &*RULES {
            for secret in ["UV_PUBLISH_PASSWORD", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"] {
                let is_passed = rule.passed.iter().any(|pattern| is_named(pattern, secret));
                assert_eq!(is_passed, kind == "uv", "{kind} {secret}");
            }
        }
    }

    #[test]
    fn what_bends_a_build_is_passed_to_nobody() {
        for name in [
            "_PYTHON_HOST_PLATFORM",
            "_PYTHON_PROJECT_BASE",
            "_PYTHON_SYSCONFIGDATA_NAME",
            "__PYVENV_LAUNCHER__",
            "ARCHFLAGS",
            "BASH_ENV",
            "CC",
            "CFLAGS",
            "DIST_EXTRA_CONFIG",
            "ENV",
            "GIT_CONFIG_PARAMETERS",
            "GIT_DIR",
            "GIT_INDEX_FILE",
            "GIT_WORK_TREE",
            "Include",
            "LD_PRELOAD",
            "MACOSX_DEPLOYMENT_TARGET",
            "PIP_NO_DEPS",
            "PIP_NO_INDEX",
            "PIP_REQUIRE_HASHES",
            "PIP_TARGET",
            "PIP_USER",
            "PYTHONHOME",
            "PYTHONPATH",
            "PYTHONSTARTUP",
            "PYTHONWARNINGS",
            "SETUPTOOLS_USE_DISTUTILS",
            "SOURCE_DATE_EPOCH",
            "VIRTUAL_ENV",
            "ZIG_LIB_DIR",
        ] {
            for (kind, Rule { passed, decisive, .. }) in &*RULES {
                let found = passed.iter().chain(decisive).find(|pattern| is_named(pattern, name));
                assert_eq!(found, None, "{kind} {name}");
            }
        }
    }

    #[test]
    fn of_settings_that_git_is_given_as_variables_those_that_reach_a_remote_are_passed() {
        let of_user = |name: &str| {
            Some(match name {
                "GIT_CONFIG_COUNT" => "2".to_owned(),
                "GIT_CONFIG_KEY_0" => "core.worktree".to_owned(),
                "GIT_CONFIG_KEY_1" => "safe.directory".to_owned(),
                _ => "a value".to_owned(),
            })
        };
        let variables = settings_of_git(&RULES["git"].settings, of_user);
        let lines: Vec<String> =
            variables.iter().map(|(n, value)| format!("{n}={value}")).collect();
        let expected =
            ["GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=a value"];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_build_is_the_same_in_every_locale_and_home_and_zig_caches_in_the_checkout() {
        let environment = of(Utf8Path::new("/checkout"), "python", &[""; 0]);
        for (name, value) in [
            ("LC_ALL", "C.UTF-8"),
            ("PYTHONHASHSEED", "0"),
            ("ZIG_LOCAL_CACHE_DIR", "/checkout/target/xtask/zig-cache"),
        ] {
            assert!(environment.decisive.contains(&(name.to_owned(), value.to_owned())), "{name}");
        }
        let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let homes: Vec<_> = environment.passed.iter().filter(|(name, _)| name == home).collect();
        assert_eq!(homes, [&(home.into(), "/checkout/target/xtask/temporary/home".into())]);
    }
}
