//! What is in the images that wheels are built in: the C library and the interpreters.

use anyhow::Context;
use jobs::hinted;
use serde::{Deserialize, Serialize};

use super::pythons::{FACTS, Python, parse_facts};
use crate::{
    facts::{
        engine::{self, ImageFacts},
        environment, failures,
        programs::{self, Answer},
    },
    ground::matrix::{Architecture, Libc, Platform, TARGETS, Target},
};

/// An image that wheels for one target can be built or tested in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Image {
    pub target: String,
    /// The name by which the engine knows it.
    pub name: String,
    /// A digest of its content.
    pub id: String,
    /// The version of its C library; it is musl's in an image for a target with musl.
    pub libc: (u32, u32),
    /// Those of /opt/python, or else on its PATH, oldest first.
    pub pythons: Vec<Python>,
    /// Folders that hold NumPy for an interpreter, where there are no wheels of it to be had:
    /// `/opt/numpy/cp311-cp311`.
    pub numpy: Vec<String>,
}

/// Lists the interpreters of any image, and what NumPy it has. musl has no other way to say its
/// version than to be called as a program.
const ASK: &str = r#"getconf GNU_LIBC_VERSION 2> /dev/null || ldd 2>&1 | tr '\n' ' ' && echo
for numpy in /opt/numpy/*; do [ ! -d "$numpy" ] || echo "$numpy"; done
set -- /opt/python/*/bin/python
[ -x "$1" ] || set -- "$(command -v python3 || command -v python)"
for python; do "$python" -S -E -c "$FACTS" || true; done"#;

/// Looks into an image; none if the engine does not have it. For `target`, or what it is made for.
pub fn probe(
    program: &str,
    target: Option<&'static Target>,
    name: &str,
) -> anyhow::Result<Option<Image>> {
    let Some(facts) = inspect(program, name)? else { return Ok(None) };
    if let Some(target) = target
        && target.architecture != facts.architecture
    {
        let what = format!("the image `{name}` is for {}", facts.architecture.name());
        let hint = format!("name an image for {}", target.architecture.name());
        return Err(hinted(what, hint));
    }
    let asked = format!("FACTS={FACTS}");
    let platform = platform_of(facts.architecture);
    let look = [
        &["run", "--rm", "--pull=never", "--platform", platform, "--network", "none"][..],
        &["--env", &asked, "--entrypoint", "sh", name, "-c", ASK],
    ]
    .concat();
    let answer = ask(program, &look)?;
    if !answer.status.success() {
        return Err(failed(program, "look into", name, &answer));
    }
    let image = parse(name, facts.architecture, &answer.stdout)?;
    if let Some(target) = target
        && target.name != image.target
    {
        let what = format!("the image `{name}` is for {}", image.target);
        return Err(hinted(what, format!("name an image for {}", target.name)));
    }
    Ok(Some(Image { id: facts.id, ..image }))
}

/// The error that an image which has to be there is not.
pub fn absent(program: &str, name: &str) -> anyhow::Error {
    let hint =
        format!("fetch it: `{program} pull {name}`, or load it: `{program} load --input FILE`");
    hinted(format!("the image `{name}` is not here"), hint)
}

fn inspect(program: &str, name: &str) -> anyhow::Result<Option<ImageFacts>> {
    let answer = ask(program, &["image", "inspect", name])?;
    if answer.status.success() {
        return engine::parse_image(&answer.stdout).map(Some);
    }
    let said = answer.stderr.to_lowercase();
    // Docker and podman have these words for it.
    let is_absent = ["no such image", "image not known", "no such object"];
    if is_absent.iter().any(|words| said.contains(words)) {
        return Ok(None);
    }
    Err(failed(program, "ask about", name, &answer))
}

fn ask(program: &str, words: &[&str]) -> anyhow::Result<Answer> {
    programs::ask(environment::command(program, words)).map_err(|error| {
        let hint = "install a container engine, or use `--builder zig`, which needs none";
        hinted(format!("cannot start `{program}`: {error}"), hint)
    })
}

fn failed(program: &str, verb: &str, name: &str, answer: &Answer) -> anyhow::Error {
    let what = format!("cannot {verb} the image `{name}`");
    match failures::explain(program, &["run"], &answer.stderr, answer.status.code()) {
        Some(explanation) => explanation.of(&what),
        None => {
            let hint = format!("see `{program} run --rm {name} true`, or use `--builder zig`");
            hinted(format!("{what}: {}", answer.stderr.trim()), hint)
        }
    }
}

/// As docker names it: `linux/386`.
pub fn platform_of(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::I686 => "linux/386",
        Architecture::Aarch64 => "linux/arm64",
        Architecture::Armv7l => "linux/arm/v7",
        Architecture::Ppc64le => "linux/ppc64le",
        Architecture::Riscv64 => "linux/riscv64",
        Architecture::S390x => "linux/s390x",
        _ => "linux/amd64",
    }
}

fn parse(name: &str, architecture: Architecture, answer: &str) -> anyhow::Result<Image> {
    let mut lines = answer.lines();
    let first = lines.next().unwrap_or_default();
    let glibc = parse_glibc(first);
    let is_musl = glibc.is_none();
    let libc = glibc.or_else(|| parse_musl(first));
    let libc = libc.with_context(|| format!("the image `{name}` has neither glibc nor musl"))?;
    let target = TARGETS.iter().find(|target| {
        target.platform == Platform::Linux
            && target.architecture == architecture
            && (target.libc == Libc::Musl) == is_musl
    });
    let target = target.with_context(|| {
        format!("the image `{name}` is for no target: {} is unknown", architecture.name())
    })?;
    let (numpy, answers): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with('/'));
    let answers = answers.into_iter().filter(|line| !line.trim().is_empty());
    let mut pythons: Vec<Python> = answers.map(parse_facts).collect::<anyhow::Result<_>>()?;
    let numpy = numpy.into_iter().map(str::to_owned).collect();
    if pythons.is_empty() {
        let hint = "any image with /opt/python/*/bin/python serves, such as those of manylinux";
        return Err(hinted(format!("the image `{name}` has no interpreters"), hint));
    }
    pythons.sort_by(|a, b| (a.version, &a.abi_suffix).cmp(&(b.version, &b.abi_suffix)));
    let [target, name] = [target.name, name].map(str::to_owned);
    Ok(Image { target, name, id: String::new(), libc, pythons, numpy })
}

/// `glibc 2.36`, as getconf answers.
pub fn parse_glibc(answer: &str) -> Option<(u32, u32)> {
    let (major, minor) = answer.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// `musl libc (x86_64) Version 1.2.5 Dynamic Program Loader …`
fn parse_musl(answer: &str) -> Option<(u32, u32)> {
    let version = answer.strip_prefix("musl libc")?.split("Version ").nth(1)?;
    let mut parts = version.split(|c: char| !c.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_glibc_is_read_from_getconf() {
        assert_eq!(parse_glibc("glibc 2.36\n"), Some((2, 36)));
        assert_eq!(parse_glibc("undefined"), None);
    }

    #[test]
    fn what_an_image_answers_is_read() {
        let answer = concat!(
            "glibc 2.17\n/opt/numpy/cp38-cp38\n",
            r#"{"executable": "/opt/python/cp38-cp38/bin/python", "implementation": "CPython", "#,
            r#""version": [3, 8, 18], "release": "3.8.18", "abi_suffix": "", "#,
            r#""include": "/opt/_internal/include", "pointer_bits": 64}"#,
        );
        let image = parse("base:1", Architecture::X86_64, answer).unwrap();
        assert_eq!((image.target.as_str(), image.libc), ("manylinux_x86_64", (2, 17)));
        assert_eq!(image.numpy, ["/opt/numpy/cp38-cp38"]);
        assert_eq!(image.pythons[0].interpreter().unwrap().to_string(), "cp38");
        let answer = answer.replace("glibc 2.17", "musl libc (i386) Version 1.2.5 Dynamic Program");
        let image = parse("base:1", Architecture::I686, &answer).unwrap();
        assert_eq!((image.target.as_str(), image.libc), ("musllinux_i686", (1, 2)));
    }

    #[test]
    fn an_image_that_does_not_serve_says_why() {
        let error_on =
            |architecture, answer| parse("alpine", architecture, answer).unwrap_err().to_string();
        let error = |answer| error_on(Architecture::S390x, answer);
        assert!(error("").contains("has neither glibc nor musl"));
        assert!(error("glibc 2.36\n").contains("has no interpreters"));
        let error = |answer| error_on(Architecture::Universal2, answer);
        assert!(error("musl libc (mips) Version 1.2.5 x\n").contains("is for no target"));
    }
}
