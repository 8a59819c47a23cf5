//! Fetching a file whose content is known beforehand.

use std::io::ErrorKind;

use anyhow::{Context, ensure};
use camino::Utf8Path;
use jobs::{digest, hinted};

use crate::{
    acting::{cache::Cache, files},
    facts::{environment, programs},
};

/// Downloads a file and keeps it if it has this hash; else nothing is left of it.
pub fn download(root: &Utf8Path, url: &str, sha256: &str, file: &Utf8Path) -> anyhow::Result<()> {
    let cache = Cache::named(root);
    if let Some(content) = cache.as_ref().and_then(|cache| cache.download(sha256)) {
        return files::write_whole(root, &root.join(file), &content);
    }
    let name = file.file_name().with_context(|| format!("`{file}` names no file"))?;
    let partial = files::partials(root).join(format!("{}.{name}", std::process::id()));
    files::create_parent(&partial)?;
    let placed = fetch(url, &partial)
        .and_then(|()| check(&files::read(&partial)?, url, sha256))
        .inspect(|content| cache.iter().for_each(|cache| cache.keep(root, sha256, content)))
        .and_then(|content| files::write_whole(root, &root.join(file), &content));
    files::remove(&partial)?;
    placed
}

/// A server that is as good as silent for a minute is one that does not answer.
const FLAGS: &str = "--fail --location --silent --show-error --retry 2 --connect-timeout 30 \
    --speed-limit 1000 --speed-time 60 --max-filesize 4294967296 --output";

fn fetch(url: &str, partial: &Utf8Path) -> anyhow::Result<()> {
    let words: Vec<&str> = FLAGS.split(' ').chain([partial.as_str(), url]).collect();
    let answer =
        programs::ask(environment::command("curl", &words)).map_err(|error| {
            match error.kind() {
                ErrorKind::NotFound => {
                    let hint = "install curl; Windows 10 and later have it";
                    hinted(format!("cannot start `curl`: {error}"), hint)
                }
                _ => hinted(format!("cannot download `{url}`: {error}"), NETWORK),
            }
        })?;
    let said = answer.stderr.trim();
    let said = if said.is_empty() { answer.status.to_string() } else { said.to_owned() };
    ensure!(answer.status.success(), hinted(format!("cannot download `{url}`\n{said}"), NETWORK));
    Ok(())
}

const NETWORK: &str = "check the network and its proxy, then repeat the command";

fn check(content: &[u8], url: &str, sha256: &str) -> anyhow::Result<Vec<u8>> {
    let digest = digest::sha256(content);
    ensure!(
        digest.eq_ignore_ascii_case(sha256),
        hinted(
            format!("`{url}` is not what it should be: its SHA-256 is {digest}, not {sha256}"),
            "if it was replaced on purpose, and you know by whom, change its address and hash in \
             xtask/xtask.toml, table `[downloads]`",
        )
    );
    Ok(content.to_vec())
}
