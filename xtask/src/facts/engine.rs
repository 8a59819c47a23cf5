//! What docker and podman say of themselves and of an image.

use std::collections::BTreeMap;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::{facts::failures, ground::matrix::Architecture};

/// What runs containers, here or elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    pub version: String,
    /// `linux`, or `windows` for containers of that.
    pub system: String,
    pub architecture: Architecture,
    pub processors: usize,
    pub memory_bytes: u64,
    /// Where it keeps images and containers, on its own machine.
    pub folder: String,
    /// The version of its kernel: the same as ours where it runs here.
    pub kernel: Option<String>,
    /// The version of Windows, `10.0.20348.2700`, of an engine on that.
    #[serde(default)]
    pub windows: Option<String>,
    /// Which of docker's contexts led to it; podman has none.
    pub context: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct ImageFacts {
    /// The digest of its configuration, `sha256:…`.
    pub id: String,
    /// What it can be pinned as, `NAME@sha256:…`; docker has none for what is in no registry.
    pub digest: Option<String>,
    pub system: String,
    pub architecture: Architecture,
    pub labels: BTreeMap<String, String>,
}

/// Reads what `docker info --format '{{json .}}'` prints, or podman's.
///
/// Docker 20 succeeds without an engine, and tells in the text alone that there is none.
pub fn parse_engine(text: &str) -> anyhow::Result<Engine> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Answer {
        Podman(PodmanInfo),
        Docker(DockerInfo),
    }
    match serde_json::from_str(text).context("cannot read what the engine says of itself")? {
        Answer::Podman(info) => Ok(Engine {
            version: info.version.version,
            system: info.host.os,
            architecture: Architecture::named(&info.host.arch),
            processors: info.host.cpus,
            memory_bytes: info.host.memory,
            folder: info.store.folder,
            kernel: info.host.kernel,
            windows: None,
            context: None,
        }),
        Answer::Docker(info) if info.version.is_empty() => {
            let said = info.errors.unwrap_or_default().join("\n");
            let explanation = failures::explain("docker", &["info"], &said, None);
            Err(explanation.unwrap_or(failures::UNREACHABLE).into())
        }
        Answer::Docker(info) => Ok(Engine {
            version: info.version,
            windows: info.system_version.filter(|_| info.system == "windows"),
            system: info.system,
            architecture: Architecture::named(&info.architecture),
            processors: info.processors,
            memory_bytes: info.memory,
            folder: info.folder,
            kernel: info.kernel,
            context: info.client.and_then(|client| client.context),
        }),
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct DockerInfo {
    #[serde(rename = "ServerErrors")]
    errors: Option<Vec<String>>,
    #[serde(rename = "ServerVersion")]
    version: String,
    #[serde(rename = "OSType")]
    system: String,
    architecture: String,
    #[serde(rename = "NCPU")]
    processors: usize,
    #[serde(rename = "MemTotal")]
    memory: u64,
    #[serde(rename = "DockerRootDir")]
    folder: String,
    #[serde(rename = "KernelVersion")]
    kernel: Option<String>,
    #[serde(rename = "OSVersion")]
    system_version: Option<String>,
    #[serde(rename = "ClientInfo")]
    client: Option<DockerClient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DockerClient {
    context: Option<String>,
}

#[derive(Deserialize)]
struct PodmanInfo {
    host: PodmanHost,
    store: PodmanStore,
    version: PodmanVersion,
}

#[derive(Deserialize)]
struct PodmanHost {
    arch: String,
    cpus: usize,
    kernel: Option<String>,
    #[serde(rename = "memTotal")]
    memory: u64,
    os: String,
}

#[derive(Deserialize)]
struct PodmanStore {
    #[serde(rename = "graphRoot")]
    folder: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PodmanVersion {
    version: String,
}

/// Reads what `docker image inspect NAME` prints, or podman's.
pub fn parse_image(text: &str) -> anyhow::Result<ImageFacts> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Inspected {
        id: String,
        repo_digests: Option<Vec<String>>,
        os: String,
        architecture: String,
        config: Option<Config>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Config {
        labels: Option<BTreeMap<String, String>>,
    }
    let images: Vec<Inspected> =
        serde_json::from_str(text).context("cannot read what the engine says of an image")?;
    let image = images.into_iter().next().context("the engine says nothing of the image")?;
    let bare = image.id.strip_prefix("sha256:").unwrap_or(&image.id);
    Ok(ImageFacts {
        id: format!("sha256:{bare}"),
        digest: image.repo_digests.unwrap_or_default().into_iter().next(),
        system: image.os,
        architecture: Architecture::named(&image.architecture),
        labels: image.config.and_then(|config| config.labels).unwrap_or_default(),
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
    fn an_image_says_its_processor_and_labels_in_docker_and_podman() {
        let image = |name| parse_image(&recorded(name)).unwrap();
        expect![[r#"
            ImageFacts {
                id: "sha256:db73396fe4b23089d6802001ceb8ad088c666e262baef6b9a5bbaf9487788972",
                digest: None,
                system: "linux",
                architecture: I686,
                labels: {
                    "esig.recipe": "8a9e40030fbb838a70aafccd6d0fcce3511b2e3cf92c0b6d6d6dcc4f1da43f86",
                },
            }
        "#]].assert_debug_eq(&image("image_docker"));
        expect![[r#"
            ImageFacts {
                id: "sha256:7e91c95bee2b43f4f2d9701707bb43c144233740c6263e26d347f490bc4ec7c9",
                digest: Some(
                    "localhost/esig-test/busy@sha256:ec74b6524f13a6bcb0f7f0ec990e76cea35568ccb9c26f1db8d3f3524840efb6",
                ),
                system: "linux",
                architecture: I686,
                labels: {
                    "esig.recipe": "x",
                },
            }
        "#]].assert_debug_eq(&image("image_podman"));
    }

    #[test]
    fn an_answer_that_is_none_is_an_error() {
        assert!(parse_engine("").is_err());
        assert!(parse_image("[]").is_err());
    }
}
