//! The suite `sanitizers`: libalgebra's tests and esig's, stopped at every mistake that is seen.

use camino::Utf8Path;

use super::{suite, with_programs};
use crate::{
    ground::{
        cli::OwnStep,
        matrix::Platform,
        paths::STATE,
        plan::{Command, JobId},
    },
    planning::{
        commands::wheels::testing::wheel_for,
        pipeline::Pipeline,
        toolchain::{Headers, object_path},
        tools,
    },
};

/// A way of compiling that stops a test at its first mistake of a kind.
struct Sanitizer {
    name: &'static str,
    flags: &'static [&'static str],
    /// Only tests with this in their name; the others have nothing for it to see.
    only: &'static str,
    /// Its library, which a program that loads such an extension needs from its beginning.
    library: &'static str,
    /// What runs with such an extension, program by program of pytest's environment.
    python: &'static [&'static str],
}

const SANITIZERS: &[Sanitizer] = &[
    Sanitizer {
        name: "address and undefined behaviour",
        flags: &["-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
        only: "",
        library: "asan",
        // gcc's allocator for this waits for ever in a process that was forked while another
        // thread allocated, so one test runs only without it.
        python: &[
            "pytest -p no:cacheprovider tests/test_hostile.py tests/test_threads.py \
             tests/test_batches.py tests/test_windows.py tests/test_gradients.py \
             --deselect tests/test_batches.py::test_a_forked_process_computes_on",
            "python tests/fuzz.py --seconds 60",
        ],
    },
    Sanitizer {
        name: "data races",
        flags: &["-fsanitize=thread"],
        only: "cache",
        library: "tsan",
        python: &["pytest -p no:cacheprovider \
                   tests/test_batches.py tests/test_windows.py tests/test_gradients.py"],
    },
];

/// Adds the tests with each sanitizer.
pub fn add(pipeline: &mut Pipeline, compiler: &Utf8Path) -> anyhow::Result<()> {
    SANITIZERS.iter().try_for_each(|sanitizer| add_sanitizer(pipeline, sanitizer, compiler))
}

impl Sanitizer {
    fn folder(&self) -> String {
        format!("{STATE}/sanitizers/{}", self.name.replace(' ', "-"))
    }

    fn compile(&self, compiler: &Utf8Path) -> Command {
        Command::new(compiler)
            .args(["-std=c++17", "-O1", "-g", "-Wall", "-Wextra", "-Wconversion", "-Werror"])
            .arg("-fPIC")
            .args(self.flags.iter().copied())
            .args(["-Ilibalgebra/include", "-Ilibalgebra/test"])
    }
}

/// The tests of libalgebra with a sanitizer, and on Linux those of an extension.
fn add_sanitizer(
    pipeline: &mut Pipeline,
    sanitizer: &Sanitizer,
    compiler: &Utf8Path,
) -> anyhow::Result<()> {
    let project = pipeline.project;
    let folder = sanitizer.folder();
    let name = format!("libalgebra for {}", sanitizer.name);
    let mut job = suite(&name).own(OwnStep::empty([&folder]));
    let mut objects = Vec::new();
    for file in &project.extension.core.sources {
        let object = object_path(&folder, file);
        let compile = sanitizer.compile(compiler).arg("-c").arg(file);
        job = job.run(compile.arg("-o").arg(&object));
        objects.push(object);
    }
    let tests = project.library_tests.iter();
    let tests = tests.filter(|test| test.as_str().contains(sanitizer.only));
    let library = pipeline.add(with_programs(job, &folder, tests, |test, program| {
        let compile = sanitizer.compile(compiler).arg(test).args(&objects);
        compile.args(["-pthread", "-o", program])
    }));
    if pipeline.host.platform == Platform::Linux {
        let binding = sanitizer.compile(compiler).arg("-shared").args(objects);
        add_sanitized_extension(pipeline, sanitizer, library, binding)?;
    }
    Ok(())
}

/// Puts an extension that `compile` makes into the place of a wheel's, and runs tests with it.
fn add_sanitized_extension(
    pipeline: &mut Pipeline,
    sanitizer: &Sanitizer,
    library: JobId,
    compile: Command,
) -> anyhow::Result<()> {
    let (host, project) = (pipeline.host, pipeline.project);
    let wheel = wheel_for(host.tool_python()?, pipeline)?;
    let headers = Headers::here(&wheel.identifier, host).map_err(anyhow::Error::msg)?;
    let packages = format!("{}/packages", sanitizer.folder());
    let module = wheel.identifier.extension_name(&project.extension.module);
    let install = Command::new(tools::PYTEST.program(host, "python"))
        .args(["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", &packages])
        .arg(&wheel.path);
    let compile = compile
        .args(["-Iesig/ext", "-isystem", headers.folder.as_str()])
        .args(&project.extension.binding.sources)
        .args(["-o", &format!("{packages}/{}/{module}", project.name)]);
    let mut job = suite(&format!("esig for {}", sanitizer.name))
        .needs(wheel.audited)
        .needs([library, pipeline.add(tools::PYTEST.job(host)?)])
        .own(OwnStep::empty([&packages]))
        .run(install)
        .run(compile);
    for words in sanitizer.python {
        let (program, arguments) = words.split_once(' ').expect("each has arguments");
        let run = Command::new("build-scripts/run-sanitized.sh")
            .args([sanitizer.library, &tools::PYTEST.program(host, program)])
            .args(arguments.split_whitespace());
        job = job.run(run.env("PYTHONPATH", format!("{}/{packages}", project.root)));
    }
    pipeline.add(job);
    Ok(())
}
