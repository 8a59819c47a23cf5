//! `cargo xtask libalgebra`: asking git about libalgebra/, fetching it, and changing what it is.

mod state;
mod switch;
mod use_folder;
mod use_submodule;

use camino::Utf8Path;

use crate::{
    acting::{
        files::{self, tell},
        git::Git,
    },
    facts::project::has_library,
    ground::{cli::Libalgebra, listed},
    libalgebra::{
        facts::{FOLDER, short},
        rules::{needed, require},
    },
};
pub use state::{local, state};

pub fn run(root: &Utf8Path, command: &Libalgebra) -> anyhow::Result<()> {
    match command {
        Libalgebra::Status { release: false } => {
            tell(state(root)?.to_string().trim_end());
            Ok(())
        }
        Libalgebra::Status { release: true } => state(root)?.check_release(),
        Libalgebra::Init => init(root),
        Libalgebra::UseSubmodule { url, rev } => {
            let _lock = files::lock(root)?;
            use_submodule::use_submodule(root, url, rev.as_deref())
        }
        Libalgebra::UseFolder => {
            let _lock = files::lock(root)?;
            use_folder::use_folder(root)
        }
    }
}

/// Fetches the recorded commit. What is there already is left as it is.
fn init(root: &Utf8Path) -> anyhow::Result<()> {
    let git = Git::of_checkout(root)?;
    let Some(submodule) = state::local(root)? else {
        tell(&format!("{FOLDER}/ is a plain folder: there is nothing to fetch"));
        return Ok(());
    };
    let registered = format!("submodule.{}.url", submodule.name);
    let was_registered = git.ask(&["config", "--get", &registered]).is_some();
    if has_library(root) {
        // git looks only into registered submodules: else the source archive would lack this one.
        git.read(&["submodule", "init", "--", FOLDER])?;
        tell(&format!("{FOLDER}/ has its contents already"));
        return Ok(());
    }
    let url = submodule.url.unwrap_or_else(|| "nowhere".to_owned());
    tell(&format!("fetching {FOLDER}/, a submodule, from {url}"));
    // A fetch that failed may have left a `.git`, which only force replaces; no file can be lost.
    let update = ["submodule", "update", "--init", "--force", "--", FOLDER];
    if let Err(error) = git.fetch(&update, &format!("cannot fetch {FOLDER}/ from {url}")) {
        if !was_registered {
            // Otherwise git would go on using this address when `.gitmodules` has another.
            let section = format!("submodule.{}", submodule.name);
            git.ask(&["config", "--remove-section", &section]);
        }
        return Err(error);
    }
    let commit = submodule.recorded.as_deref().map_or("its commit", short);
    check_needed(root, &root.join(FOLDER), commit)
}

/// Checks that libalgebra has all that the project compiles.
fn check_needed(root: &Utf8Path, folder: &Utf8Path, commit: &str) -> anyhow::Result<()> {
    let mut missing = needed(&files::read_text(&root.join("esig/extension.json"))?)?;
    missing.retain(|path| !folder.join(path).exists());
    require(
        missing.is_empty(),
        format!(
            "libalgebra at {commit} lacks what the project needs of it: {}",
            listed(&Vec::from_iter(missing))
        ),
        "record a commit that fits, or change what `esig/extension.json` names",
    )
}
