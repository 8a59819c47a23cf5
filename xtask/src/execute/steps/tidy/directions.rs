//! Which file of the build helper may do what, and use what: the first rule of its architecture.

use super::Finding;

/// What a line of code must not contain, where, and why.
struct Ban {
    what: &'static str,
    remedy: &'static str,
    /// `process::Command` in code; not in comments or texts.
    code: &'static [&'static str],
}

const STARTS: Ban = Ban {
    what: "starts a program",
    remedy: "describe it as a step of a plan, or do it in `execute`",
    code: &["process::Command", "Command::spawn", "duct::", "xshell::", "cmd!("],
};

const CHANGES: Ban = Ban {
    what: "changes a file",
    remedy: "describe it as a step of a plan, or do it in `execute`",
    code: &[
        "fs::write",
        "fs::copy",
        "fs::rename",
        "fs::remove_",
        "fs::create_dir",
        "fs::hard_link",
        "fs::set_permissions",
        "File::create",
        "OpenOptions",
    ],
};

const DEPENDS: Ban = Ban {
    what: "depends on this machine or moment",
    remedy: "probe it in `host.rs` or `project.rs` and take it as a fact",
    code: &[
        "cfg!(",
        "#[cfg(unix",
        "#[cfg(windows",
        "#[cfg(target",
        "#[cfg(not",
        "std::env",
        "env::var",
        "env::current",
        "std::fs",
        "fs::",
        "std::process",
        "std::thread",
        "Instant::",
        "SystemTime",
        "current_dir",
        "read_dir",
        ".exists()",
        ".is_file()",
        ".canonicalize",
    ],
};

/// Folders and files whose code makes plans.
const PLANNERS: &[&str] = &[
    "commands/",
    "failures",
    "library.rs",
    "matrix/",
    "platform/",
    "toolchain/",
    "pipeline.rs",
    "plan.rs",
    "tools.rs",
];

pub fn only_execute_acts(path: &str, text: &str) -> Vec<Finding> {
    let Some(module) = module(path).filter(|module| !module.starts_with("execute")) else {
        return Vec::new();
    };
    let mut findings = CHANGES.findings(path, text);
    if !module.starts_with("host") {
        findings.extend(STARTS.findings(path, text));
    }
    findings
}

pub fn planners_are_pure(path: &str, text: &str) -> Vec<Finding> {
    module(path).filter(|m| is_planner(m)).map_or(Vec::new(), |_| DEPENDS.findings(path, text))
}

/// `Utf8Path::join` takes the separator of the machine that it runs on: the plan for another one
/// would differ. Texts are joined by a text without a letter, as in `.join(", ")`.
pub fn planners_write_slashes(path: &str, text: &str) -> Vec<Finding> {
    let is_text = |joined: &str| {
        let separator = joined.strip_prefix('"').and_then(|rest| rest.split('"').next());
        separator.is_some_and(|s| !s.replace("\\n", "").contains(char::is_alphanumeric))
    };
    let joins_paths = |line: &str| {
        let joined = code_in(line).split(".join(").skip(1).collect::<Vec<_>>();
        joined.iter().any(|joined| !joined.starts_with(')') && !is_text(joined))
    };
    let what = "`.join(` writes paths differently on each system";
    let lines = module(path).filter(|m| is_planner(m)).map_or("", |_| code_of(text)).lines();
    let found = lines.enumerate().filter(|(_, line)| joins_paths(line));
    found.map(|(at, _)| Finding::new(path, at + 1, what, "use `paths::below`")).collect()
}

fn is_planner(module: &str) -> bool {
    PLANNERS.iter().any(|planner| module.starts_with(planner))
}

/// Uses nothing, and serves everybody.
const BOTTOM: &str = "digests";

/// Where the arrows of the architecture would turn around: whose file, and what it must not use.
const BACKWARD: &[(&str, &[&str])] = &[
    ("digests.rs", &["*"]),
    ("errors.rs", &["*"]),
    ("paths.rs", &["*"]),
    ("plan.rs", &["*"]),
    ("wheel/", &["*"]),
    ("matrix/", &["*"]),
    ("audit/", &["cli", "commands", "execute", "host", "pipeline", "plan", "project", "report"]),
    ("cli.rs", &["*"]),
    ("failures", &["commands", "execute", "host", "pipeline", "platform", "project", "report"]),
    (
        "library.rs",
        &["cli", "commands", "execute", "host", "pipeline", "plan", "project", "report"],
    ),
    ("config.rs", &["commands", "execute", "host", "pipeline", "plan", "project", "report"]),
    ("host", &["cli", "commands", "execute", "pipeline", "plan", "project", "report"]),
    ("project.rs", &["cli", "commands", "execute", "pipeline", "plan", "report"]),
    ("toolchain/", &["commands", "execute", "pipeline", "report"]),
    ("platform/", &["commands", "execute", "pipeline", "report"]),
    ("pipeline.rs", &["commands", "report"]),
    ("execute/", &["commands", "host", "pipeline", "platform", "project", "toolchain", "tools"]),
];

pub fn nothing_points_back(path: &str, text: &str) -> Vec<Finding> {
    let Some(module) = module(path) else { return Vec::new() };
    let Some((_, banned)) = BACKWARD.iter().find(|(of, _)| module.starts_with(of)) else {
        return Vec::new();
    };
    let own = module.split(['/', '.']).next().unwrap_or_default();
    let is_banned =
        |used: &str| used != own && used != BOTTOM && (banned == &["*"] || banned.contains(&used));
    let used = modules_used(code_of(text)).into_iter().filter(|(_, used)| is_banned(used));
    let finding = |(line, used)| {
        let what = format!("`{own}` uses `{used}`, which points against the architecture");
        Finding::new(path, line, what, "move what both need to where both may look")
    };
    used.map(finding).collect()
}

/// Lines (from 1) and modules of ours that `crate::a` or `crate::{a::b, c}` name in them.
fn modules_used(code: &str) -> Vec<(usize, &str)> {
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let line = 1 + code[..at].matches('\n').count();
        let rest = &code[at + "crate::".len()..];
        let names = match rest.strip_prefix('{') {
            Some(group) => split_group(group),
            None => vec![(0, rest)],
        };
        for (offset, name) in names {
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
            used.push((line + rest[..offset].matches('\n').count(), &name[..end]));
        }
    }
    used
}

/// The parts of a group up to its brace, each with its place after the opening one.
fn split_group(group: &str) -> Vec<(usize, &str)> {
    let mut depth = 0;
    let mut start = 0;
    let mut parts = Vec::new();
    for (at, c) in group.char_indices() {
        if matches!(c, ',' | '}') && depth == 0 {
            let part = &group[start..at];
            let blank = part.len() - part.trim_start().len();
            if !part.trim().is_empty() {
                parts.push((1 + start + blank, part.trim()));
            }
            start = at + 1;
        }
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            _ => {}
        }
    }
    parts
}

impl Ban {
    fn findings(&self, path: &str, text: &str) -> Vec<Finding> {
        let offends = |line: &str| self.code.iter().find(|code| code_in(line).contains(*code));
        let lines = code_of(text).lines().enumerate();
        let finding = |(at, line)| {
            let code: &str = offends(line)?;
            Some(Finding::new(path, at + 1, format!("`{code}` {}", self.what), self.remedy))
        };
        lines.filter_map(finding).collect()
    }
}

/// The path of a source file of the build helper below its `src`.
fn module(path: &str) -> Option<&str> {
    path.strip_prefix("xtask/src/").filter(|path| path.ends_with(".rs"))
}

/// Without the tests, which stand at the foot of a file.
fn code_of(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

/// A line without its comment.
fn code_in(line: &str) -> &str {
    line.split("//").next().unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::steps::tidy::tests::check;

    #[test]
    fn execute_may_act_and_a_probe_may_ask() {
        let acts = "fs::write(a, b)?;\nprocess::Command::new(a);\n";
        check(only_execute_acts, "xtask/src/execute/files.rs", acts, &[]);
        check(only_execute_acts, "xtask/tests/cli.rs", acts, &[]);
        check(only_execute_acts, "xtask/src/host.rs", "use std::process::Command;", &[]);
        let in_tests = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fs::write(a, b);\n}\n";
        check(only_execute_acts, "xtask/src/report/mod.rs", in_tests, &[]);
    }

    #[test]
    fn others_may_not() {
        let acts = "use std::process::Command;\nfs::remove_file(a); // fs::write\n";
        check(
            only_execute_acts,
            "xtask/src/report/mod.rs",
            acts,
            &["2: `fs::remove_` changes a file", "1: `process::Command` starts a program"],
        );
        check(
            only_execute_acts,
            "xtask/src/host.rs",
            "fs::write(a, b)?;",
            &["1: `fs::write` changes a file"],
        );
    }

    #[test]
    fn a_plan_depends_on_facts_alone() {
        let pure = "let c = Command::new(a).env(b, c); // std::env\nenv!(\"CARGO_PKG_VERSION\");\n";
        check(planners_are_pure, "xtask/src/pipeline.rs", pure, &[]);
        check(planners_are_pure, "xtask/src/host.rs", "if cfg!(windows) {}", &[]);
        check(
            planners_are_pure,
            "xtask/src/platform/linux.rs",
            "a();\nif cfg!(windows) {}",
            &["2: `cfg!(` depends on this machine or moment"],
        );
        check(
            planners_are_pure,
            "xtask/src/commands/ci.rs",
            "std::env::var(x);",
            &["1: `std::env` depends on this machine or moment"],
        );
    }

    #[test]
    fn a_plan_has_paths_of_no_system_in_particular() {
        let texts = "a.join(\", \");\na.join(\"\\n\");\na.join();\n// folder.join(file)\n";
        check(planners_write_slashes, "xtask/src/pipeline.rs", texts, &[]);
        check(planners_write_slashes, "xtask/src/host.rs", "folder.join(file)", &[]);
        check(
            planners_write_slashes,
            "xtask/src/commands/ci.rs",
            "a.join(\" \");\nfolder.join(file);\nfolder.join(\"bin\");\n",
            &[
                "2: `.join(` writes paths differently on each system",
                "3: `.join(` writes paths differently on each system",
            ],
        );
    }

    #[test]
    fn uses_are_read_one_by_one() {
        let code = "use crate::{\n    cli::{self, List},\n    plan::Plan,\n};\nuse crate::host;\n\
                    fn a(b: crate::wheel::Name) {}\nuse super::plan;\n";
        let used = [(2, "cli"), (3, "plan"), (5, "host"), (6, "wheel")];
        assert_eq!(modules_used(code), used);
        assert_eq!(modules_used("use crate::{a::{b, c}, d};"), [(1, "a"), (1, "d")]);
    }

    #[test]
    fn an_arrow_that_points_back_is_found() {
        let uses = "use crate::{\n    host::Host,\n    plan::Plan,\n};\n";
        check(nothing_points_back, "xtask/src/commands/ci.rs", uses, &[]);
        check(
            nothing_points_back,
            "xtask/src/execute/mod.rs",
            uses,
            &["2: `execute` uses `host`, which points against the architecture"],
        );
        check(
            nothing_points_back,
            "xtask/src/matrix/target.rs",
            "use crate::plan::Plan;\n",
            &["1: `matrix` uses `plan`, which points against the architecture"],
        );
        check(nothing_points_back, "xtask/src/matrix/target.rs", "use crate::matrix::Abi;\n", &[]);
    }
}
