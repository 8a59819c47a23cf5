//! `xtask/xtask.toml`, the configuration: reads it, checks it and fills in the defaults.

mod groups;
mod limits;
mod shards;
mod windows;

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use jobs::hinted;
use serde::Deserialize;

use crate::ground::matrix::{
    Architecture, Identifier, Interpreter, Libc, Platform, Release, Selector, TARGETS, Target,
    version_of_policy,
};
use groups::{Group, GroupTable};
pub use limits::Limits;
pub use shards::{Shard, as_github_matrix};
pub use windows::WindowsImages;

/// Where the configuration is, from the root of the checkout.
pub const FILE: &str = "xtask/xtask.toml";

/// The build's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The interpreters that the project supports, oldest first.
    pub interpreters: Vec<Interpreter>,
    /// All targets, those of groups too, by name.
    pub targets: Vec<&'static Target>,
    /// The lists of interpreters and targets, and the groups.
    groups: Vec<Group>,
    /// Never built unless named on the command line.
    pub skip: Vec<Selector>,
    /// Wheels of a release that no machine can run: they may have no record of tests.
    pub audited_only: Vec<Selector>,
    pub containers: ContainerLimits,
    pub limits: Limits,
    /// What `--install-tools` has pyenv build where no interpreter for a wheel is found.
    pub pyenv: Vec<Release>,
    pub windows: WindowsImages,
    pub shards: Vec<Shard>,
    policies: Policies,
    downloads: BTreeMap<String, Download>,
    /// The image that wheels are built in, by the name of their target.
    images: BTreeMap<String, PinnedImage>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PinnedImage {
    /// The name of the image, with its tag.
    name: String,
    /// The digest of its content, `sha256:…`; a tag alone may name another content some day.
    digest: Option<String>,
}

impl PinnedImage {
    /// The reference by which an engine finds it.
    fn whole(&self) -> String {
        let PinnedImage { name, digest } = self;
        digest.as_ref().map_or(name.clone(), |digest| format!("{name}@{digest}"))
    }
}

/// A file to fetch. One without a hash is refused when it is needed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Download {
    url: String,
    sha256: Option<String>,
}

/// How much a container may take. What is left out has no limit.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContainerLimits {
    /// Memory, written as docker does: `2g`.
    pub memory: Option<String>,
    pub processors: Option<f64>,
    /// How many processes it may have at a time.
    pub processes: Option<u32>,
}

/// The oldest systems that wheels promise to run on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Policies {
    manylinux: String,
    musllinux: String,
    macosx_arm64: String,
    /// It also holds for universal2, whose arm64 part has a minimum of its own inside.
    macosx_x86_64: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFile {
    interpreters: Vec<String>,
    targets: Vec<String>,
    #[serde(default)]
    skip: Vec<Selector>,
    #[serde(default)]
    groups: BTreeMap<String, GroupTable>,
    #[serde(default, rename = "audited-only")]
    audited_only: Vec<Selector>,
    policies: Policies,
    #[serde(default)]
    images: BTreeMap<String, PinnedImage>,
    #[serde(default)]
    containers: ContainerLimits,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    pyenv: PyenvTable,
    #[serde(default)]
    downloads: BTreeMap<String, Download>,
    #[serde(default)]
    windows: windows::WindowsTable,
    #[serde(default)]
    shards: BTreeMap<String, Shard>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PyenvTable {
    versions: Vec<String>,
}

impl Config {
    fn checked(table: ConfigFile) -> anyhow::Result<Config> {
        check_policies(&table.policies)?;
        check_images(&table.images)?;
        check_downloads(&table.downloads)?;
        let lists =
            GroupTable { interpreters: table.interpreters, targets: table.targets, enabled: true };
        let groups = [lists].into_iter().chain(table.groups.into_values()).map(group);
        let groups = groups.collect::<anyhow::Result<Vec<Group>>>()?;
        let has = |target: &Target| groups.iter().any(|group| group.targets.contains(&target));
        let pyenv = table.pyenv.versions.iter().map(|version| version.parse());
        let config = Config {
            interpreters: groups[0].interpreters.clone(),
            targets: TARGETS.iter().filter(|target| has(target)).collect(),
            groups,
            shards: shards::named(table.shards),
            skip: table.skip,
            audited_only: table.audited_only,
            containers: table.containers,
            limits: table.limits,
            pyenv: pyenv.collect::<anyhow::Result<_>>()?,
            policies: table.policies,
            images: table.images,
            downloads: table.downloads,
            windows: table.windows.checked()?,
        };
        shards::check_listed(&config.audited_only, "audited-only", &config.wheels())?;
        shards::check(&config.shards, &config.wheels())?;
        Ok(config)
    }

    /// The reference of the image that wheels for a target are built in.
    pub fn image(&self, target: &Target) -> Option<String> {
        self.images.get(target.name).map(PinnedImage::whole)
    }

    /// Each interpreter with each target, by target, then interpreter.
    pub fn matrix(&self) -> impl Iterator<Item = Identifier> {
        let mut all: Vec<Identifier> = self.groups.iter().flat_map(Group::wheels).collect();
        all.sort_by_key(|id| id.target.name);
        all.into_iter()
    }

    /// Whether a wheel is made only if it is named.
    pub fn leaves_out(&self, identifier: &Identifier) -> bool {
        let mut enabled = self.groups.iter().filter(|group| group.is_enabled);
        self.skip.iter().any(|selector| selector.matches(identifier))
            || !enabled.any(|group| group.wheels().any(|id| id == *identifier))
    }

    /// Every wheel that there can be.
    pub fn wheels(&self) -> Vec<Identifier> {
        self.matrix().filter(|id| id.target.refuses(id.interpreter).is_none()).collect()
    }

    /// Every wheel of a release.
    pub fn released(&self) -> Vec<Identifier> {
        self.wheels().into_iter().filter(|id| !self.leaves_out(id)).collect()
    }

    /// Target and name of each image that has no digest, so that its content may change.
    pub fn unpinned_images(&self) -> impl Iterator<Item = (&str, &str)> {
        let unpinned = self.images.iter().filter(|(_, image)| image.digest.is_none());
        unpinned.map(|(target, image)| (target.as_str(), image.name.as_str()))
    }

    /// Address and hash of a file to fetch; none if the configuration does not name it.
    pub fn download(&self, name: &str) -> anyhow::Result<Option<(&str, &str)>> {
        let Some(Download { url, sha256 }) = self.downloads.get(name) else { return Ok(None) };
        let sha256 = sha256.as_deref().ok_or_else(|| {
            let hint = format!(
                "write its hash, `sha256`, into `[downloads.{name}]` of xtask/xtask.toml; \
                 `certutil -hashfile FILE SHA256` tells that of a file you trust"
            );
            hinted(format!("`{url}` is not pinned: nobody knows what it will be"), hint)
        })?;
        Ok(Some((url, sha256)))
    }

    pub fn parse(text: &str) -> anyhow::Result<Config> {
        let parsed = toml::from_str(text).map_err(anyhow::Error::from).and_then(Config::checked);
        parsed.with_context(|| format!("in `{FILE}`"))
    }

    /// The policy of wheels for a target: the one configured, or the oldest that there can be.
    pub fn policy(&self, target: &Target) -> String {
        match (target.platform, target.libc, target.architecture) {
            (Platform::Windows, ..) => "win".to_owned(),
            (Platform::Pyodide, ..) => "pyodide".to_owned(),
            (Platform::Macos, _, Architecture::Aarch64) => self.policies.macosx_arm64.clone(),
            (Platform::Macos, ..) => self.policies.macosx_x86_64.clone(),
            (_, Libc::Musl, _) => self.policies.musllinux.clone(),
            (_, Libc::Glibc { policy_min, .. }, _) => {
                let wanted = version_of_policy(&self.policies.manylinux).expect("it was checked");
                let (major, minor) = wanted.max(policy_min);
                format!("manylinux_{major}_{minor}")
            }
            (_, Libc::System, _) => unreachable!("on Linux the C library has a name"),
        }
    }

    /// The kind of wheel that installs on an exact build of CPython.
    pub fn wheel_for(&self, exact: Interpreter) -> Option<Interpreter> {
        self.interpreters.iter().find(|interpreter| interpreter.serves(&exact)).copied()
    }
}

fn group(table: GroupTable) -> anyhow::Result<Group> {
    let interpreters = table.interpreters.iter().map(|name| name.parse());
    let targets = table.targets.iter().map(|name| Target::known(name));
    Ok(Group {
        interpreters: interpreters.collect::<anyhow::Result<_>>()?,
        targets: targets.collect::<anyhow::Result<_>>()?,
        is_enabled: table.enabled,
    })
}

fn check_policies(policies: &Policies) -> anyhow::Result<()> {
    let Policies { manylinux, musllinux, macosx_arm64, macosx_x86_64 } = policies;
    for (policy, prefix) in [
        (manylinux, "manylinux_2_"),
        (musllinux, "musllinux_1_"),
        (macosx_arm64, "macosx_"),
        (macosx_x86_64, "macosx_"),
    ] {
        ensure!(
            policy.starts_with(prefix) && version_of_policy(policy).is_some(),
            hinted(
                format!("`{policy}` is no policy here"),
                "write it like `manylinux_2_17`, `musllinux_1_2`, `macosx_11_0`"
            )
        );
    }
    Ok(())
}

fn check_downloads(downloads: &BTreeMap<String, Download>) -> anyhow::Result<()> {
    for (name, Download { url, sha256 }) in downloads {
        ensure!(
            url.starts_with("https://") && sha256.as_deref().is_none_or(is_sha256),
            hinted(
                format!("`downloads.{name}` names no file"),
                "write an address with `https://` and 64 digits"
            )
        );
    }
    Ok(())
}

fn check_images(images: &BTreeMap<String, PinnedImage>) -> anyhow::Result<()> {
    for (target, PinnedImage { name, digest }) in images {
        ensure!(
            Target::named(target).is_some_and(|target| target.platform == Platform::Linux),
            hinted(
                format!("`images.{target}` is for no target on Linux"),
                "name it like `images.manylinux_x86_64`"
            )
        );
        let hash = |digest: &String| digest.strip_prefix("sha256:").is_some_and(is_sha256);
        ensure!(
            digest.as_ref().is_none_or(hash),
            hinted(
                format!("the digest of `{name}` is none"),
                "it is `sha256:` and 64 digits; `cargo xtask images list` shows it"
            )
        );
    }
    Ok(())
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Whether a reference of an image has a digest, so that its content cannot change.
pub fn is_pinned(image: &str) -> bool {
    image.contains("@sha256:")
}

#[cfg(test)]
mod tests {
    mod schema;

    use super::*;

    const POLICIES: &str = "[policies]\nmanylinux = 'manylinux_2_17'\n\
        musllinux = 'musllinux_1_2'\nmacosx_arm64 = 'macosx_11_0'\nmacosx_x86_64 = 'macosx_10_13'";

    fn parse(lines: &str) -> anyhow::Result<Config> {
        Config::parse(lines)
    }

    fn complete() -> Config {
        let lists = "interpreters = ['cp38', 'cp311-abi3']\ntargets = ['manylinux_x86_64']";
        parse(&format!("{lists}\n{POLICIES}")).unwrap()
    }

    #[test]
    fn a_complete_table_is_read() {
        assert_eq!(complete().interpreters[1].to_string(), "cp311-abi3");
        assert_eq!(complete().targets[0].name, "manylinux_x86_64");
    }

    #[test]
    fn a_target_without_an_old_enough_libc_promises_what_it_can() {
        let policy = |name| complete().policy(Target::named(name).unwrap());
        assert_eq!(policy("manylinux_x86_64"), "manylinux_2_17");
        assert_eq!(policy("manylinux_riscv64"), "manylinux_2_31");
        assert_eq!(policy("macosx_universal2"), "macosx_10_13");
        assert_eq!(policy("macosx_arm64"), "macosx_11_0");
        assert_eq!(policy("musllinux_i686"), "musllinux_1_2");
    }

    #[test]
    fn an_image_is_named_with_its_target_and_may_be_pinned() {
        let lists = "interpreters = []\ntargets = []";
        let parsed = |target: &str, digest: &str| {
            let image = format!("[images.{target}]\nname = 'NAME:TAG'\n{digest}");
            let limits = "[containers]\nmemory = '1g'\nprocessors = 1.5";
            parse(&format!("{lists}\n{POLICIES}\n{image}\n{limits}"))
        };
        let target = Target::named("manylinux_i686").unwrap();
        let zeros = "0".repeat(64);
        let config = parsed(target.name, &format!("digest = 'sha256:{zeros}'")).unwrap();
        let pinned = config.image(target).unwrap();
        assert_eq!(pinned, format!("NAME:TAG@sha256:{zeros}"));
        assert_eq!(config.containers.memory.as_deref(), Some("1g"));
        let loose = parsed(target.name, "").unwrap().image(target).unwrap();
        assert!(is_pinned(&pinned) && !is_pinned(&loose), "{loose}");
        let error = |target, digest| format!("{:#}", parsed(target, digest).unwrap_err());
        assert!(error("win32", "").contains("`images.win32` is for no target on Linux"));
        assert!(error(target.name, "digest = 'sha256:0'").contains("the digest of `NAME:TAG`"));
    }

    #[test]
    fn a_download_without_its_hash_is_not_fetched() {
        let table = |lines: &str| {
            let lists = "interpreters = []\ntargets = []";
            let config = parse(&format!("{lists}\n{POLICIES}\n[downloads.a]\n{lines}"))?;
            config.download("a").map(|found| found.map(|(url, _)| url.to_owned()))
        };
        let url = "url = 'https://host/a.exe'";
        let pinned = format!("{url}\nsha256 = '{}'", "0".repeat(64));
        assert_eq!(table(&pinned).unwrap().unwrap(), "https://host/a.exe");
        let error = jobs::shown(&table(url).unwrap_err());
        assert!(error.starts_with("`https://host/a.exe` is not pinned"), "{error}");
        assert!(error.contains("into `[downloads.a]`"), "{error}");
        assert!(table("url = 'http://host/a.exe'").is_err());
        assert!(complete().download("a").unwrap().is_none());
    }

    #[test]
    fn what_is_wrong_in_it_is_named_together_with_the_place() {
        let error = |text: &str| format!("{:#}", parse(text).unwrap_err());
        let message = error(&format!("interpreters = ['cp3.8']\ntargets = []\n{POLICIES}"));
        assert!(message.starts_with("in `xtask/xtask.toml`: `cp3.8` is no"));
        let policies = POLICIES.replace("manylinux_2_17", "linux");
        let message = error(&format!("interpreters = []\ntargets = []\n{policies}"));
        assert!(message.contains("`linux` is no policy"), "{message}");
        assert!(error("interpreter = []").contains("unknown field"));
    }
}
