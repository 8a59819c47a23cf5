//! Visual Studio as its own programs tell of it: what is installed, what that lacks, which to use.

mod environment;
pub mod installer;

use std::collections::BTreeSet;

use anyhow::Context;
use camino::Utf8PathBuf;
use jobs::hinted;
use serde::{Deserialize, Serialize};

use crate::ground::{
    matrix::{Architecture, Target},
    paths::below,
};
pub use environment::{Environment, MARK, argument, batch, parse as parse_environment};

/// Where the programs of its installer are, below a folder for 32-bit programs.
pub const INSTALLER: &str = "Microsoft Visual Studio/Installer";

/// Where the Build Tools are in the project's images; build-scripts/windows has the same path.
pub const IMAGE_TOOLS: &str = "C:/BuildTools";

/// All installations, also those of the Build Tools alone and those that are not complete.
pub const VSWHERE: &[&str] = &["-all", "-products", "*", "-format", "json", "-utf8"];

/// The components that have compilers, with the architectures that these compile for.
pub const COMPONENTS: &[(&str, &[Architecture])] = &[
    (
        "Microsoft.VisualStudio.Component.VC.Tools.x86.x64",
        &[Architecture::X86_64, Architecture::I686],
    ),
    ("Microsoft.VisualStudio.Component.VC.Tools.ARM64", &[Architecture::Aarch64]),
];

/// Visual Studio or its Build Tools, in one folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installation {
    pub name: String,
    /// `17.13.35931.197`
    pub version: String,
    pub path: Utf8PathBuf,
    pub is_complete: bool,
    pub is_launchable: bool,
    /// Windows must be started anew before all of it works.
    pub needs_restart: bool,
    /// Of [`COMPONENTS`], those that are installed.
    pub components: Vec<String>,
}

/// Reads what vswhere answers: about all installations, and about those that have a component.
pub fn parse_installations(
    all: &str,
    with: &[(&str, String)],
) -> anyhow::Result<Vec<Installation>> {
    let mut having: Vec<(&str, BTreeSet<String>)> = Vec::new();
    for (component, answer) in with {
        having.push((component, parse_answer(answer)?.into_iter().map(|one| one.id).collect()));
    }
    let installation = |one: Answer| Installation {
        components: having
            .iter()
            .filter(|(_, ids)| ids.contains(&one.id))
            .map(|(component, _)| (*component).to_owned())
            .collect(),
        name: one.name.unwrap_or_else(|| "Visual Studio".to_owned()),
        version: one.version,
        path: one.path.replace('\\', "/").into(),
        is_complete: one.is_complete,
        is_launchable: one.is_launchable,
        needs_restart: one.needs_restart,
    };
    Ok(parse_answer(all)?.into_iter().map(installation).collect())
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "instanceId")]
    id: String,
    /// It is absent if the installation broke off early.
    #[serde(rename = "displayName")]
    name: Option<String>,
    #[serde(rename = "installationVersion")]
    version: String,
    #[serde(rename = "installationPath")]
    path: String,
    #[serde(rename = "isComplete", default)]
    is_complete: bool,
    #[serde(rename = "isLaunchable", default)]
    is_launchable: bool,
    #[serde(rename = "isRebootRequired", default)]
    needs_restart: bool,
}

fn parse_answer(text: &str) -> anyhow::Result<Vec<Answer>> {
    serde_json::from_str(text.trim_start_matches('\u{feff}').trim())
        .with_context(|| format!("cannot read what vswhere says: {text:?}"))
}

/// The newest installation that compiles for a target.
pub fn newest<'i>(
    installations: &'i [Installation],
    target: &Target,
) -> anyhow::Result<&'i Installation> {
    let serves = |one: &&Installation| one.lacks(target.architecture).is_none();
    installations.iter().filter(serves).max_by_key(|one| one.numbers()).ok_or_else(|| {
        let lacking: String = installations
            .iter()
            .filter_map(|one| Some((one, one.lacks(target.architecture)?)))
            .map(|(one, lack)| format!("\n{} {} in `{}`: {lack}", one.name, one.version, one.path))
            .collect();
        let what = match installations {
            [] => format!("no Visual Studio is here, to compile for {} with", target.name),
            _ => format!("no Visual Studio here compiles for {}{lacking}", target.name),
        };
        hinted(what, REMEDY)
    })
}

const REMEDY: &str = "use `--install-tools`, which installs the Build Tools; or repair what is \
                      there with the Visual Studio Installer; or use `--builder zig`, which needs \
                      none";

impl Installation {
    /// Why it does not compile for an architecture, if so.
    pub fn lacks(&self, architecture: Architecture) -> Option<String> {
        // An installation that only waits for a restart has its compiler in place.
        if !self.is_complete && !self.needs_restart {
            return Some("its installation did not come to its end".to_owned());
        }
        let mut serving = COMPONENTS.iter().filter(|(_, all)| all.contains(&architecture));
        let (wanted, _) = serving.next()?;
        let is_there = self.components.iter().any(|component| component == wanted);
        (!is_there).then(|| format!("lacks the component {wanted}"))
    }

    /// Its version, to be compared; a complete installation comes before one that waits.
    fn numbers(&self) -> (bool, Vec<u32>) {
        let numbers = self.version.split('.').map(|part| part.parse().unwrap_or(0)).collect();
        (self.is_complete, numbers)
    }

    /// The batch file that puts the compiler into an environment.
    pub fn vcvarsall(&self) -> Utf8PathBuf {
        vcvarsall(&self.path)
    }
}

pub fn vcvarsall(installation: &camino::Utf8Path) -> Utf8PathBuf {
    below(installation, "VC/Auxiliary/Build/vcvarsall.bat")
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn answer(name: &str) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/windows");
        std::fs::read_to_string(format!("{folder}/{name}")).unwrap()
    }

    fn several() -> Vec<Installation> {
        let with = [
            (COMPONENTS[0].0, answer("vswhere_with_x64.json")),
            (COMPONENTS[1].0, "[]\r\n".to_owned()),
        ];
        parse_installations(&answer("vswhere_all.json"), &with).unwrap()
    }

    #[track_caller]
    fn check(installations: &[Installation], target: &str, expected: Expect) {
        let answer = match newest(installations, Target::named(target).unwrap()) {
            Ok(one) => format!("{} {}\n", one.name, one.vcvarsall()),
            Err(error) => format!("{}\n", jobs::shown(&error)),
        };
        expected.assert_eq(&answer);
    }

    #[test]
    fn the_newest_installation_that_is_complete_is_used() {
        check(
            &several(),
            "win_amd64",
            expect![[r#"
                Visual Studio Build Tools 2022 C:/Program Files (x86)/Microsoft Visual Studio/2022/BuildTools/VC/Auxiliary/Build/vcvarsall.bat
            "#]],
        );
        check(
            &several(),
            "win32",
            expect![[r#"
            Visual Studio Build Tools 2022 C:/Program Files (x86)/Microsoft Visual Studio/2022/BuildTools/VC/Auxiliary/Build/vcvarsall.bat
        "#]],
        );
    }

    #[test]
    fn what_each_installation_lacks_is_told() {
        check(
            &several(),
            "win_arm64",
            expect![[r#"
            no Visual Studio here compiles for win_arm64
            Visual Studio Build Tools 2022 17.13.35931.197 in `C:/Program Files (x86)/Microsoft Visual Studio/2022/BuildTools`: lacks the component Microsoft.VisualStudio.Component.VC.Tools.ARM64
            Visual Studio Build Tools 2019 16.11.34931.43 in `C:/Program Files (x86)/Microsoft Visual Studio/2019/BuildTools`: lacks the component Microsoft.VisualStudio.Component.VC.Tools.ARM64
            Visual Studio Enterprise 2022 17.14.36109.1 in `C:/Program Files/Microsoft Visual Studio/2022/Enterprise`: its installation did not come to its end
            Visual Studio Community 2022 17.14.36109.1 in `C:/Program Files/Microsoft Visual Studio/2022/Community`: lacks the component Microsoft.VisualStudio.Component.VC.Tools.ARM64
            hint: use `--install-tools`, which installs the Build Tools; or repair what is there with the Visual Studio Installer; or use `--builder zig`, which needs none
        "#]],
        );
        check(
            &[],
            "win_amd64",
            expect![[r#"
            no Visual Studio is here, to compile for win_amd64 with
            hint: use `--install-tools`, which installs the Build Tools; or repair what is there with the Visual Studio Installer; or use `--builder zig`, which needs none
        "#]],
        );
    }

    #[test]
    fn one_that_waits_for_a_restart_serves_if_none_is_complete() {
        let target = Target::named("win_amd64").unwrap();
        let [complete, mut waiting] = [several()[1].clone(), several()[0].clone()];
        (waiting.is_complete, waiting.needs_restart) = (false, true);
        let both = [waiting.clone(), complete.clone()];
        assert_eq!(newest(&both, target).unwrap(), &complete);
        assert_eq!(newest(&both[..1], target).unwrap(), &waiting);
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        let [mut old, mut new] = [several()[0].clone(), several()[0].clone()];
        (old.version, new.version) = ("17.9.34902.65".into(), "17.13.35931.197".into());
        let both = [new.clone(), old];
        assert_eq!(newest(&both, Target::named("win_amd64").unwrap()).unwrap(), &new);
    }

    #[test]
    fn an_answer_that_is_none_is_an_error() {
        assert!(parse_installations("Visual Studio Locator", &[]).is_err());
        assert!(parse_installations("\u{feff}[]", &[]).unwrap().is_empty());
    }
}
