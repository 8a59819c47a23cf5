//! What is in the images that wheels are built in: the C library and the interpreters.

use std::process::Output;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use xshell::{Shell, cmd};

use super::pythons::{FACTS, Python, parse_facts};
use crate::{errors::hinted, failures};

/// An image for one target.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Image {
    /// The program that runs it, `docker` or `podman`.
    pub engine: String,
    pub target: String,
    /// As the engine knows it.
    pub name: String,
    /// A digest of its content.
    pub id: String,
    pub glibc: (u32, u32),
    /// Those of /opt/python, oldest first.
    pub pythons: Vec<Python>,
    /// Folders that hold NumPy for an interpreter, where there are no wheels of it to be had:
    /// `/opt/numpy/cp311-cp311`.
    pub numpy: Vec<String>,
}

/// Lists the interpreters of any image made like those of manylinux, and what NumPy it has.
const ASK: &str = r#"getconf GNU_LIBC_VERSION
for numpy in /opt/numpy/*; do [ ! -d "$numpy" ] || echo "$numpy"; done
for python in /opt/python/*/bin/python; do "$python" -S -E -c "$FACTS" || true; done"#;

const ID: &str = "{{.Id}}";

/// Looks into images, given as `TARGET=NAME`.
pub fn probe(engine: &str, images: &[String]) -> anyhow::Result<Vec<Image>> {
    let shell = Shell::new()?;
    let mut found = Vec::new();
    for image in images {
        let (target, name) = image.split_once('=').ok_or_else(|| {
            let hint = "write it like `manylinux_x86_64=NAME:TAG`";
            hinted(format!("`{image}` names no image for a target"), hint)
        })?;
        let facts = format!("FACTS={FACTS}");
        let ask = cmd!(
            shell,
            "{engine} run --rm --network none --env {facts} --entrypoint sh {name} -c {ASK}"
        );
        let output = ask.quiet().ignore_status().output().map_err(|error| {
            let hint = "start the engine, or use `--builder zig`, which needs none";
            hinted(format!("cannot start `{engine}`: {error}"), hint)
        })?;
        let answer = answer_of(engine, name, &output)?;
        let inspect = cmd!(shell, "{engine} image inspect --format {ID} {name}");
        let output = inspect.quiet().ignore_status().output()?;
        let id = answer_of(engine, name, &output)?.trim().to_owned();
        found.push(Image { id, ..parse(engine, target, name, &answer)? });
    }
    Ok(found)
}

/// What the engine answered of an image, or why it did not.
fn answer_of(engine: &str, name: &str, output: &Output) -> anyhow::Result<String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let tried = format!("cannot look into the image `{name}`");
    let said = String::from_utf8_lossy(&output.stderr);
    Err(match failures::explain(engine, &["run"], &said, output.status.code()) {
        Some(explanation) => explanation.of(&tried),
        None => {
            let hint = format!("see `{engine} run --rm {name} true`, or use `--builder zig`");
            hinted(format!("{tried}: {}", said.trim()), hint)
        }
    })
}

fn parse(engine: &str, target: &str, name: &str, answer: &str) -> anyhow::Result<Image> {
    let mut lines = answer.lines();
    let glibc = lines.next().and_then(super::parse_glibc);
    let glibc = glibc.with_context(|| format!("the image `{name}` is not one with glibc"))?;
    let (numpy, answers): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with('/'));
    let mut pythons: Vec<Python> =
        answers.into_iter().map(parse_facts).collect::<anyhow::Result<_>>()?;
    let numpy = numpy.into_iter().map(str::to_owned).collect();
    if pythons.is_empty() {
        let hint = "any image with /opt/python/*/bin/python serves, such as those of manylinux";
        return Err(hinted(format!("the image `{name}` has no interpreters"), hint));
    }
    pythons.sort_by(|a, b| (a.version, &a.abi_suffix).cmp(&(b.version, &b.abi_suffix)));
    let [engine, target, name] = [engine, target, name].map(str::to_owned);
    Ok(Image { engine, target, name, id: String::new(), glibc, pythons, numpy })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_image_answers_is_read() {
        let answer = concat!(
            "glibc 2.17\n/opt/numpy/cp38-cp38\n",
            r#"{"executable": "/opt/python/cp38-cp38/bin/python", "implementation": "CPython", "#,
            r#""version": [3, 8, 18], "release": "3.8.18", "abi_suffix": "", "#,
            r#""include": "/opt/_internal/include", "pointer_bits": 64}"#,
        );
        let image = parse("docker", "manylinux_x86_64", "base:1", answer).unwrap();
        assert_eq!(image.glibc, (2, 17));
        assert_eq!(image.numpy, ["/opt/numpy/cp38-cp38"]);
        assert_eq!(image.pythons[0].interpreter().unwrap().to_string(), "cp38");
    }

    #[test]
    fn an_image_that_does_not_serve_says_why() {
        let error = |answer| parse("docker", "t", "alpine", answer).unwrap_err().to_string();
        assert!(error("").contains("is not one with glibc"));
        assert!(error("glibc 2.36\n").contains("has no interpreters"));
    }
}
