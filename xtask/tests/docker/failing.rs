//! Engines that really fail: what happened is said, no container is left, nothing is half there.

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
    sync::LazyLock,
};

use crate::{
    docker,
    gate::Gate,
    own_engine::OwnEngine,
    support::{Run, checkout, copy::Copy, engine::Engine},
};

/// Has the tools, for others to draw on.
static SEED: LazyLock<Copy> = LazyLock::new(|| {
    let seed = Copy::new("seed", checkout());
    seed.xtask(&["sdist"]).answer();
    seed
});

const I686: &str = "manylinux_i686=esig-test/manylinux_i686:local";

/// Builds the wheel whose interpreter every image for tests has.
fn command(copy: &Copy, image: &str) -> Command {
    let (target, _) = image.split_once('=').expect("a target and its image");
    let wheel = format!("cp311_abi3-{target}");
    copy.command(&["wheels", &wheel, "--builder", "docker", "--image", image])
}

fn run(command: &mut Command) -> Run {
    Run::of(command.output().expect("the helper starts"))
}

/// Exit code 1, the sentence and a way out, nothing in the wheelhouse but a whole source archive.
#[track_caller]
fn check_failed(copy: &Copy, run: &Run, what: &str) {
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    let said = format!(": {what}\nhint: ");
    assert!(run.stderr.contains(&said), "{said}\nis not in\n{}", run.stderr);
    for (name, content) in copy.wheelhouse() {
        let made = copy.root.join("target/xtask/sdist").join(&name);
        assert!(name.ends_with(".tar.gz") && fs::read(made).unwrap() == content, "{name}");
    }
}

/// None at all, in an engine that nobody else uses.
#[track_caller]
fn check_no_container(host: &str) {
    check_none(docker(&["ps", "--all"]).env("DOCKER_HOST", host));
}

/// Docker 20 goes on listing a container that it cleared away while it started, after it had been
/// killed: dead, and without a name.
#[track_caller]
fn check_none(list: &mut Command) {
    let list = list.args(["--format", "{{.Names}}"]).output().unwrap();
    assert!(list.status.success(), "{}", String::from_utf8_lossy(&list.stderr));
    assert_eq!(String::from_utf8_lossy(&list.stdout).trim(), "");
}

#[test]
#[ignore = "needs a docker engine; run by `cargo xtask test docker`"]
fn a_full_disk_is_said_to_be_full_wherever_it_is_met() {
    let copy = Copy::new("full", &SEED.root);
    let engine = OwnEngine::with_image("esig-test/manylinux_i686:local");
    let full = "no space is left on the engine's disk";
    // Not even a container; not the sources; not what is compiled.
    for left in [100_000, 1_000_000] {
        engine.fill_up_to(left);
        check_failed(&copy, &build(&copy, &engine.host()), full);
        check_no_container(&engine.host());
    }
    engine.fill_up_to(50_000_000);
    let mut build = command(&copy, I686);
    build.env("DOCKER_HOST", engine.host());
    let run = Gate::before_the_compiler().run_and(&mut build, || engine.fill());
    check_failed(&copy, &run, full);
    check_no_container(&engine.host());
}

fn build(copy: &Copy, host: &str) -> Run {
    run(command(copy, I686).env("DOCKER_HOST", host))
}

#[test]
#[ignore = "needs a docker engine; run by `cargo xtask test docker`"]
fn an_engine_that_is_killed_at_work_is_said_to_have_stopped_and_the_next_run_succeeds() {
    let copy = Copy::new("stopped", &SEED.root);
    let mut engine = OwnEngine::with_image("esig-test/manylinux_i686:local");
    for signal in ["TERM", "KILL"] {
        copy.xtask(&["clean"]).answer();
        copy.empty_wheelhouse();
        let host = engine.host();
        let mut at_work = command(&copy, I686);
        at_work.env("DOCKER_HOST", &host);
        let run = Gate::within_the_compiler().run_and(&mut at_work, || engine.end(signal));
        check_failed(&copy, &run, "the engine stopped while it was at work");

        engine.start();
        build(&copy, &host).answer();
        let names: Vec<String> = copy.wheelhouse().into_keys().collect();
        assert!(names.iter().any(|name| name.ends_with("_i686.whl")), "{names:?}");
        check_no_container(&host);
    }
}

#[test]
#[ignore = "needs a docker engine; run by `cargo xtask test docker`"]
fn an_engine_that_does_not_run_is_not_reachable() {
    let copy = Copy::new("unreachable", &SEED.root);
    let run = build(&copy, "unix:///nowhere/docker.sock");
    check_failed(&copy, &run, "no container engine is reachable");
}

#[test]
#[ignore = "needs a docker engine; run by `cargo xtask test docker`"]
fn an_image_of_a_registry_that_does_not_answer_is_not_to_be_had() {
    let copy = Copy::new("no registry", &SEED.root);
    let run = run(&mut command(&copy, "manylinux_x86_64=localhost:1/none:1"));
    check_failed(&copy, &run, "the image is not here and its registry is not reachable");
}

/// The kernel runs no aarch64 as long as this lives.
struct WithoutEmulation;

const EMULATION: &str = "/proc/sys/fs/binfmt_misc/qemu-aarch64";

impl WithoutEmulation {
    fn new() -> WithoutEmulation {
        fs::write(EMULATION, "-1").expect("we are root, and emulation is registered");
        WithoutEmulation
    }
}

impl Drop for WithoutEmulation {
    fn drop(&mut self) {
        let script = checkout().join("tests/docker/register-emulation.sh");
        let status = Command::new(script).arg("aarch64").status();
        if !status.is_ok_and(|status| status.success()) {
            eprintln!("emulation is not registered again: {EMULATION}");
        }
    }
}

#[test]
#[ignore = "needs a docker engine; run by `cargo xtask test docker`"]
fn an_image_for_a_processor_that_is_not_emulated_is_found_before_anything_starts() {
    let copy = Copy::new("not emulated", &SEED.root);
    let without = WithoutEmulation::new();
    let run = run(&mut command(&copy, "manylinux_aarch64=esig-test/manylinux_aarch64:local"));
    drop(without);
    let what = "the image is for a processor that this machine neither has nor emulates";
    check_failed(&copy, &run, what);
    assert!(run.stdout.is_empty() && !run.stderr.contains("✓ stage"), "{}", run.stderr);
    assert!(fs::exists(EMULATION).unwrap());
}

/// The helper loads no images; what docker says when somebody does, it hears from a pull as well.
#[test]
#[ignore = "needs a docker engine; run by `cargo xtask test docker`"]
fn a_saved_image_with_a_changed_byte_is_said_to_be_damaged() {
    let image = "esig-test/damaged:local";
    let folder = tempfile::tempdir().unwrap();
    let content = "this is the content of a file, and all of an image";
    fs::write(folder.path().join("file"), content).unwrap();
    let mut tar = Command::new("tar");
    let tar = tar.args(["-c", "file"]).current_dir(&folder).output().unwrap();
    said_by(&mut docker(&["import", "-", image]), &tar.stdout);
    let saved = docker(&["save", image]).output().unwrap();
    said_by(&mut docker(&["image", "rm", image]), &[]);

    let at = saved.stdout.windows(content.len()).position(|w| w == content.as_bytes());
    let mut damaged = saved.stdout;
    damaged[at.expect("layers are saved as they are")] ^= 1;
    let said = said_by(&mut docker(&["load"]), &damaged);
    let engine = Engine::new().answering("run", &format!("$ docker load\n{said}"));
    let copy = Copy::new("damaged", &SEED.root);
    let mut build = command(&copy, "manylinux_x86_64=base:1");
    let run = run(build.args(["--engine", &engine.program()]));
    check_failed(&copy, &run, "a layer of the image is damaged");
}

/// What a command says of its input, and its exit code, as a recording.
fn said_by(command: &mut Command, input: &[u8]) -> String {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Who does not read it all fails of itself.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let code = output.status.code().unwrap();
    format!("{}\nexit code {code}\n", String::from_utf8(said).unwrap())
}

/// Some ten million numbers: more than the compiler holds in this much memory, and at once.
const LARGE: &str = r"
#define TEN(...) FIVE(__VA_ARGS__), FIVE(__VA_ARGS__)
#define FIVE(...) __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__
#define THOUSAND(...) TEN(TEN(TEN(__VA_ARGS__)))
extern const int large[];
const int large[] = {TEN(THOUSAND(THOUSAND(1)))};
";

#[test]
#[ignore = "needs a docker engine; run by `cargo xtask test docker`"]
fn a_compiler_that_has_too_little_memory_is_said_to_have_been_killed_for_want_of_it() {
    let copy = Copy::new("little memory", &SEED.root);
    let path = copy.root.join("xtask/xtask.toml");
    let configuration = fs::read_to_string(&path).unwrap();
    let (before, after) = configuration.split_once("\nmemory = ").expect("a limit is configured");
    let (_, after) = after.split_once('\n').unwrap();
    fs::write(&path, format!("{before}\nmemory = \"64m\"\n{after}")).unwrap();
    copy.append("libalgebra/src/shape.cpp", LARGE);
    let run = run(&mut command(&copy, "manylinux_x86_64=esig-test/manylinux_x86_64:local"));
    check_failed(&copy, &run, "the compiler was killed for want of memory");
    // Other checkouts may build beside us.
    let log = copy.files_in("target/xtask/logs").remove("sweep-containers.log").unwrap();
    let log = String::from_utf8(log).unwrap();
    let (_, label) = log.split_once("sweep-containers docker ").unwrap();
    let filter = format!("label={}", label.lines().next().unwrap());
    check_none(&mut docker(&["ps", "--all", "--filter", &filter]));
}
