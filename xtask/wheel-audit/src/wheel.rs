//! A wheel as its auditors look at it: its name, its files, where they are installed.

use std::collections::HashSet;

use crate::wheel::{Member, WheelName};

pub struct Package {
    pub name: WheelName,
    pub members: Vec<Member>,
    /// The folder of its metadata, as it is called in it.
    pub dist_info: String,
    /// Where its files are, from the folder of all packages, once they are installed.
    installed: HashSet<String>,
    /// The file names of what is installed there, in lower case.
    base_names: HashSet<String>,
}

impl Package {
    pub fn new(name: WheelName, members: Vec<Member>) -> Package {
        let tops = members.iter().filter_map(|member| member.path.split_once('/'));
        let mut dist_infos = tops.map(|(top, _)| top).filter(|top| top.ends_with(".dist-info"));
        let dist_info = dist_infos.next().map_or_else(|| name.dist_info(), str::to_owned);
        let paths = members.iter().map(|member| installed_path(&member.path));
        let installed: HashSet<String> = paths.map(str::to_owned).collect();
        let base = |path: &String| base_name(path).to_ascii_lowercase();
        let base_names = installed.iter().map(base).collect();
        Package { name, members, dist_info, installed, base_names }
    }

    pub fn content(&self, path: &str) -> Option<&[u8]> {
        let member = self.members.iter().find(|member| member.path == path);
        member.map(|member| member.content.as_slice())
    }

    /// Whether a file is installed there, a path from the folder of all packages.
    pub fn installs(&self, path: &str) -> bool {
        self.installed.contains(path)
    }

    /// Whether a file of this name is installed anywhere.
    pub fn has_named(&self, name: &str) -> bool {
        self.base_names.contains(&name.to_ascii_lowercase())
    }
}

/// `x-1.data/platlib/a` is installed as `a`.
pub fn installed_path(path: &str) -> &str {
    let mut parts = path.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(top), Some("platlib" | "purelib"), Some(rest)) if top.ends_with(".data") => rest,
        _ => path,
    }
}

pub fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// Where a path from the folder of a file leads; nothing if out of the folder of all packages.
pub fn resolve(file: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = installed_path(file).split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved_from_where_a_file_is_installed() {
        assert_eq!(resolve("a/b/c.so", "../x.libs").unwrap(), "a/x.libs");
        assert_eq!(resolve("a/c.so", "./").unwrap(), "a");
        assert_eq!(resolve("p-1.data/platlib/a/c.so", "..").unwrap(), "");
        assert_eq!(resolve("a/c.so", "../.."), None);
    }
}
