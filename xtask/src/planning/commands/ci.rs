//! `cargo xtask ci`: all that must pass before a change is taken.

use crate::{
    facts::{config, host::Host, project::Project},
    ground::{
        cli::{BuilderName, Ci, OwnStep, Suite, Wheels},
        paths::STATE,
        plan::{Command, Job},
    },
    planning::{
        commands::{test::add_suites, wheels},
        pipeline::Pipeline,
        planned::{Planned, Skipped},
        tools,
    },
};

/// The suites that are done in minutes.
const FAST: &[Suite] = &[Suite::Rust, Suite::Cpp, Suite::Python, Suite::Fuzz];

/// The suites that are run: all, if none is named.
pub fn suites(arguments: &Ci) -> &'static [Suite] {
    if arguments.fast { FAST } else { &[] }
}

/// Linters, then the suites of `cargo xtask test`, then the wheels of every platform.
pub fn ci_plan(arguments: &Ci, host: &Host, project: &Project) -> anyhow::Result<Planned> {
    let mut pipeline = Pipeline::new(host, project);
    add_rust_checks(&mut pipeline);
    let checkers = pipeline.add(tools::CHECK.job(host)?);
    for job in checks(host, project) {
        pipeline.add(job.needs([checkers]).always());
    }
    let mut skipped = Vec::new();
    match ["c++", "make"].iter().try_for_each(|name| host.program(name).map(drop)) {
        Ok(()) => _ = pipeline.add(cmake_job(host).needs([checkers]).always()),
        Err(error) => skipped.push(Skipped::new("libalgebra by cmake", error)),
    }
    pipeline.add(Job::new("tidy").own(OwnStep::Tidy).always());
    skipped.extend(add_suites(&mut pipeline, suites(arguments))?);
    if !arguments.fast {
        let all = Wheels {
            platform: Some("all".to_owned()),
            builder: Some(BuilderName::Zig),
            ..Wheels::default()
        };
        let request = wheels::resolve(&all, host, project)?;
        skipped.extend(wheels::add_wheels(&request, &mut pipeline)?);
        pipeline.checksums(&request.output);
    }
    Ok(Planned { plan: pipeline.into_plan(), skipped, ..Planned::default() })
}

/// One after the other: cargo holds a lock while it compiles.
fn add_rust_checks(pipeline: &mut Pipeline) {
    let cargo = |arguments: &[&str]| Command::new("cargo").args(arguments.iter().copied());
    let format = Job::new("rustfmt").run(cargo(&["fmt", "--all", "--check"])).always();
    let clippy = ["clippy", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    let clippy = Job::new("clippy").run(cargo(&clippy)).always();
    let document = cargo(&["doc", "--locked", "--workspace", "--no-deps"]);
    let document = document.env("RUSTDOCFLAGS", "--deny warnings");
    let document = Job::new("rustdoc").run(document).always();
    let format = pipeline.add(format);
    let clippy = pipeline.add(clippy.needs([format]));
    pipeline.add(document.needs([clippy]));
}

/// zizmor works without a network; that an action could be newer is no finding.
const ZIZMOR: &[&str] =
    &["--offline", "--persona=pedantic", "--strict-collection", "--no-progress", "--color=never"];

/// The schema of our own configuration.
const SCHEMA: &str = "xtask/xtask.schema.json";

/// Files that GitHub and reference managers read, each with the schema that is known of it.
const SCHEMAS: &[(&str, &[&str])] = &[
    ("citation-file-format", &["CITATION.cff"]),
    ("dependabot", &[".github/dependabot.yml"]),
    ("github-issue-config", &[".github/ISSUE_TEMPLATE/config.yml"]),
    (
        "github-issue-forms",
        &[
            ".github/ISSUE_TEMPLATE/bug.yml",
            ".github/ISSUE_TEMPLATE/build.yml",
            ".github/ISSUE_TEMPLATE/wish.yml",
        ],
    ),
];

/// Checks by the programs of the checkers' toolbox.
fn checks(host: &Host, project: &Project) -> Vec<Job> {
    let program = |name: &str| Command::new(tools::CHECK.program(host, name));
    let clang_format =
        program("clang-format").args(["--dry-run", "-Werror"]).args(&project.cpp_files);
    let check_schema = |(schema, files): &(&str, &[&str])| {
        let builtin = format!("vendor.{schema}");
        program("check-jsonschema").args(["--builtin-schema", &builtin]).args(files.iter().copied())
    };
    let python = tools::CHECK.program(host, "python");
    let schemas = SCHEMAS.iter().map(check_schema);
    let configuration = program("check-jsonschema").args(["--schemafile", SCHEMA, config::FILE]);
    vec![
        schemas.fold(Job::new("schemas").run(configuration), Job::run),
        Job::new("clang-format").run(clang_format),
        Job::new("ruff")
            .run(program("ruff").args(["check", "--no-cache", "."]))
            .run(program("ruff").args(["format", "--no-cache", "--check", "."])),
        Job::new("mypy").run(program("mypy").args(["--cache-dir", &format!("{STATE}/mypy")])),
        Job::new("pyright").run(program("pyright").args(["--pythonpath", python.as_str()])),
        Job::new("workflows")
            .run(
                program("check-jsonschema")
                    .args(["--builtin-schema", "vendor.github-workflows"])
                    .args(&project.workflows),
            )
            .run(program("zizmor").args(ZIZMOR).args(&project.workflows)),
    ]
}

/// libalgebra stands alone: its own build must work without this helper.
fn cmake_job(host: &Host) -> Job {
    let program = |name: &str| Command::new(tools::CHECK.program(host, name));
    let folder = format!("{STATE}/cmake");
    Job::new("libalgebra by cmake")
        .own(OwnStep::empty([&folder]))
        .run(program("cmake").args(["-S", "libalgebra", "-B", &folder]))
        .run(program("cmake").args(["--build", &folder]))
        .run(program("ctest").args(["--test-dir", &folder, "--output-on-failure"]))
}
