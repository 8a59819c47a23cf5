//! Reading what docker and podman say of themselves and of an image.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{facts::failures, ground::matrix::Architecture};

/// A container engine, on this machine or on another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    pub version: String,
    /// The system of its containers, `linux` or `windows`.
    pub system: String,
    pub architecture: Architecture,
    pub processors: usize,
    pub memory_bytes: u64,
    /// The folder of images and containers, on the engine's own machine.
    pub folder: String,
    /// The version of its kernel. It is that of this machine if the engine runs here.
    pub kernel: Option<String>,
    /// The version of Windows, `10.0.20348.2700`, if the engine runs on that.
    #[serde(default)]
    pub windows: Option<String>,
    /// The context of docker that led to it; podman has none.
    pub context: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct ImageFacts {
    /// The digest of its configuration, `sha256:…`.
    pub id: String,
    pub architecture: Architecture,
}

/// Reads what `docker info --format '{{json .}}'` prints, or podman's.
///
/// Docker 20 succeeds without an engine, and tells in the text alone that there is none.
pub fn parse_engine(text: &str) -> anyhow::Result<Engine> {
    let info: Value =
        serde_json::from_str(text).context("cannot read what the engine says of itself")?;
    let is_podman = info.get("host").is_some();
    let value = |docker, podman| info.pointer(if is_podman { podman } else { docker });
    let text = |docker, podman| value(docker, podman)?.as_str().map(str::to_owned);
    let number = |docker, podman| value(docker, podman)?.as_u64();
    let version = text("/ServerVersion", "/version/Version").unwrap_or_default();
    if version.is_empty() {
        let errors = info["ServerErrors"].as_array().into_iter().flatten();
        let said: Vec<&str> = errors.filter_map(Value::as_str).collect();
        let explanation = failures::explain("docker", &["info"], &said.join("\n"), None);
        return Err(explanation.unwrap_or_else(failures::no_engine).into());
    }
    let system = text("/OSType", "/host/os").unwrap_or_default();
    let architecture = text("/Architecture", "/host/arch").unwrap_or_default();
    Ok(Engine {
        version,
        architecture: Architecture::named(&architecture),
        processors: number("/NCPU", "/host/cpus").unwrap_or_default() as usize,
        memory_bytes: number("/MemTotal", "/host/memTotal").unwrap_or_default(),
        folder: text("/DockerRootDir", "/store/graphRoot").unwrap_or_default(),
        kernel: text("/KernelVersion", "/host/kernel"),
        windows: text("/OSVersion", "").filter(|_| system == "windows"),
        context: text("/ClientInfo/Context", ""),
        system,
    })
}

/// Reads what `docker image inspect NAME` prints, or podman's.
pub fn parse_image(text: &str) -> anyhow::Result<ImageFacts> {
    let images: Value =
        serde_json::from_str(text).context("cannot read what the engine says of an image")?;
    let image = images.get(0).context("the engine says nothing of the image")?;
    let text = |name: &str| image[name].as_str().unwrap_or_default();
    let id = text("Id");
    Ok(ImageFacts {
        // Podman leaves the algorithm out.
        id: format!("sha256:{}", id.strip_prefix("sha256:").unwrap_or(id)),
        architecture: Architecture::named(text("Architecture")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn recorded(name: &str) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/docker");
        std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap()
    }

    fn check_engine(name: &str, expected: Expect) {
        match parse_engine(&recorded(name)) {
            Ok(engine) => expected.assert_debug_eq(&engine),
            Err(error) => {
                expected.assert_eq(&format!("{}\n", jobs::shown(&error)).replace("; ", ";\n    "))
            }
        }
    }

    #[test]
    fn docker_says_what_its_engine_is() {
        check_engine(
            "info_docker",
            expect![[r#"
                Engine {
                    version: "20.10.24+dfsg1",
                    system: "linux",
                    architecture: X86_64,
                    processors: 2,
                    memory_bytes: 25276502016,
                    folder: "/var/lib/docker",
                    kernel: None,
                    windows: None,
                    context: Some(
                        "default",
                    ),
                }
            "#]],
        );
    }

    #[test]
    fn podman_says_the_same_in_other_words() {
        check_engine(
            "info_podman",
            expect![[r#"
                Engine {
                    version: "4.3.1",
                    system: "linux",
                    architecture: X86_64,
                    processors: 2,
                    memory_bytes: 25276502016,
                    folder: "/var/lib/containers/storage",
                    kernel: None,
                    windows: None,
                    context: None,
                }
            "#]],
        );
    }

    #[test]
    fn docker_that_succeeds_without_an_engine_is_an_error() {
        check_engine(
            "info_unreachable_20",
            expect![[r#"
                no container engine is reachable
                hint: start it: `sudo systemctl start docker`, or `build-scripts/start-docker.sh`;
                    see `docker context ls` and DOCKER_HOST;
                    or use `--builder zig`, which needs none
            "#]],
        );
        check_engine(
            "info_unreachable_28",
            expect![[r#"
                no container engine is reachable
                hint: start it: `sudo systemctl start docker`, or `build-scripts/start-docker.sh`;
                    see `docker context ls` and DOCKER_HOST;
                    or use `--builder zig`, which needs none
            "#]],
        );
    }

    #[test]
    fn an_image_says_its_digest_and_processor_in_docker_and_podman() {
        for (name, digest) in [
            ("image_docker", "db73396fe4b23089d6802001ceb8ad088c666e262baef6b9a5bbaf9487788972"),
            ("image_podman", "7e91c95bee2b43f4f2d9701707bb43c144233740c6263e26d347f490bc4ec7c9"),
        ] {
            let id = format!("sha256:{digest}");
            let facts = ImageFacts { id, architecture: Architecture::I686 };
            assert_eq!(parse_image(&recorded(name)).unwrap(), facts);
        }
    }

    #[test]
    fn an_answer_that_is_none_is_an_error() {
        assert!(parse_engine("").is_err());
        assert!(parse_image("[]").is_err());
    }
}
