//! What is taken of a user's configuration of pip: where packages come from, and how to get there.
//!
//! pip itself reads none of it: options like `user`, `prefix` or `require-hashes` would have its
//! jobs do something else.

use std::{collections::HashMap, env, fs};

use camino::{Utf8Path, Utf8PathBuf};

use super::user_home;

/// Sections that concern what fetches packages; what a later one says counts.
const SECTIONS: &[&str] = &["global", "install", "download"];

/// Names and values of the variables that hand pip its settings, as far as they are not given.
pub fn settings(names: &[String], is_given: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let texts: Vec<String> = files().iter().filter_map(|f| fs::read_to_string(f).ok()).collect();
    let mut found = chosen(names, &texts, &is_given);
    let lacks = |name: &str| !is_given(name) && !found.iter().any(|(found, _)| found == name);
    let home = user_home().unwrap_or_default();
    if let (true, Some(cache)) = (lacks("PIP_CACHE_DIR") && lacks("PIP_NO_CACHE_DIR"), cache(&home))
    {
        found.push(("PIP_CACHE_DIR".to_owned(), cache.into_string()));
    }
    let netrc = [".netrc", "_netrc"].map(|name| home.join(name));
    if let (false, Some(netrc)) = (is_given("NETRC"), netrc.into_iter().find(|file| file.is_file()))
    {
        found.push(("NETRC".to_owned(), netrc.into_string()));
    }
    found
}

/// What files of configuration say, of which a later one counts.
fn chosen(
    names: &[String],
    texts: &[String],
    is_given: &impl Fn(&str) -> bool,
) -> Vec<(String, String)> {
    let mut said = HashMap::new();
    for (section, key, value) in texts.iter().flat_map(|text| lines(text)) {
        said.insert((section, key), value);
    }
    let value = |name: &String| {
        let key = name.strip_prefix("PIP_")?.to_ascii_lowercase().replace('_', "-");
        let of_section = |section: &&str| said.get(&(section.to_string(), key.clone()));
        SECTIONS.iter().rev().find_map(of_section).filter(|_| !is_given(name)).cloned()
    };
    names.iter().filter_map(|name| Some((name.clone(), value(name)?))).collect()
}

/// The section, key and value of each setting. A value goes on in lines that are indented.
fn lines(text: &str) -> Vec<(String, String, String)> {
    let mut found: Vec<(String, String, String)> = Vec::new();
    let mut section = String::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with(['#', ';'])) {
        let trimmed = line.trim();
        if let Some(name) = trimmed.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
            section = name.trim().to_owned();
        } else if line.starts_with([' ', '\t'])
            && let Some((_, _, value)) = found.last_mut()
        {
            *value = format!("{value} {trimmed}").trim().to_owned();
        } else if let Some((key, value)) = trimmed.split_once(['=', ':']) {
            let key = key.trim().trim_start_matches("--").to_lowercase().replace('_', "-");
            found.push((section.clone(), key, value.trim().to_owned()));
        }
    }
    found
}

fn folder(variable: &str) -> Option<Utf8PathBuf> {
    env::var(variable).ok().filter(|value| !value.is_empty()).map(Utf8PathBuf::from)
}

/// The files that pip would read, in its order.
fn files() -> Vec<Utf8PathBuf> {
    let home = user_home().unwrap_or_default();
    let named = folder("PIP_CONFIG_FILE");
    if named.as_ref().is_some_and(|file| ["/dev/null", "nul"].contains(&file.as_str())) {
        return Vec::new();
    }
    let config = folder("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
    let (mut files, of_user) = if cfg!(windows) {
        let of_user = folder("APPDATA").map(|folder| folder.join("pip/pip.ini"));
        let of_machine = folder("ProgramData").map(|folder| folder.join("pip/pip.ini"));
        (Vec::from_iter(of_machine), [Some(home.join("pip/pip.ini")), of_user])
    } else if cfg!(target_os = "macos") {
        let support = "Library/Application Support/pip";
        let own = home.join(support);
        let own = if own.is_dir() { own } else { config.join("pip") };
        let of_machine = Utf8Path::new("/").join(support).join("pip.conf");
        (vec![of_machine], [Some(home.join(".pip/pip.conf")), Some(own.join("pip.conf"))])
    } else {
        let folders = env::var("XDG_CONFIG_DIRS").ok().filter(|folders| !folders.is_empty());
        let folders = folders.unwrap_or_else(|| "/etc/xdg".to_owned());
        let shared = folders.split(':').map(|folder| Utf8Path::new(folder).join("pip/pip.conf"));
        let of_machine = shared.chain([Utf8PathBuf::from("/etc/pip.conf")]).collect();
        let of_user = [home.join(".pip/pip.conf"), config.join("pip/pip.conf")];
        (of_machine, of_user.map(Some))
    };
    match named {
        Some(named) if named.exists() => files.push(named),
        _ => files.extend(of_user.into_iter().flatten()),
    }
    files
}

/// Where pip keeps what it has downloaded.
fn cache(home: &Utf8Path) -> Option<Utf8PathBuf> {
    if cfg!(windows) {
        return Some(folder("LOCALAPPDATA")?.join("pip/Cache"));
    }
    let of_system = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
    let folder = folder("XDG_CACHE_HOME").filter(|_| !cfg!(target_os = "macos"));
    let folder = folder.or_else(|| home.is_dir().then(|| home.join(of_system)));
    Some(folder?.join("pip"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
# ours
[global]
index-url = https://index.example/simple
extra_index_url =
    https://one.example/simple
    https://two.example/simple
user = true
prefix=/somewhere
[install]
no-deps: yes
trusted-host = index.example
[download]
index-url = https://downloads.example/simple
";

    fn handed(given: &str) -> Vec<String> {
        let names = ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_CERT"];
        let texts = ["[global]\ncert = a.pem\nindex-url = b".to_owned(), FILE.to_owned()];
        let found = chosen(&names.map(str::to_owned), &texts, &|name| name == given);
        found.into_iter().map(|(name, value)| format!("{name}={value}")).collect()
    }

    #[test]
    fn of_a_configuration_of_pip_what_says_where_to_download_is_taken_and_nothing_else() {
        let expected = [
            "PIP_INDEX_URL=https://downloads.example/simple",
            "PIP_EXTRA_INDEX_URL=https://one.example/simple https://two.example/simple",
            "PIP_TRUSTED_HOST=index.example",
            "PIP_CERT=a.pem",
        ];
        assert_eq!(handed(""), expected);
    }

    #[test]
    fn a_variable_counts_more_than_a_file() {
        assert!(!handed("PIP_INDEX_URL").iter().any(|said| said.starts_with("PIP_INDEX_URL")));
    }
}
