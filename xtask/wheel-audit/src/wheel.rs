//! Wheels in memory: the name, the files, the binaries, and where files are installed.

use std::collections::HashSet;

use crate::{
    archive::{Member, read_members},
    binary::{Binary, format_of, is_for_debuggers},
    error::Error,
    name::WheelName,
};

/// A wheel, unpacked in memory.
#[derive(Debug)]
pub struct Wheel {
    /// The parts of its file name.
    pub name: WheelName,
    /// Everything in its archive.
    pub members: Vec<Member>,
    /// The folder of its metadata, as the archive names it.
    pub dist_info: String,
    /// The files that are binaries by their content or by their name.
    pub binaries: Vec<BinaryFile>,
    /// Paths of the files once they are installed, from the folder of all packages.
    installed: HashSet<String>,
    /// The last parts of these paths, in lower case.
    base_names: HashSet<String>,
}

/// A file that is a binary by its content or by its name.
#[derive(Debug)]
pub struct BinaryFile {
    /// Its path in the wheel.
    pub path: String,
    /// The binary; an error if it cannot be read.
    pub binary: Result<Binary, Error>,
}

impl Wheel {
    /// Reads a wheel from its file name and its bytes.
    pub fn open(file_name: &str, bytes: &[u8]) -> Result<Wheel, Error> {
        Ok(Wheel::new(file_name.parse()?, read_members(bytes)?))
    }

    pub(crate) fn new(name: WheelName, members: Vec<Member>) -> Wheel {
        let dist_info = dist_infos(&members).next();
        let dist_info = dist_info.map_or_else(|| name.dist_info(), str::to_owned);
        let is_compiled = |file: &&Member| {
            let is_binary = format_of(&file.content).is_some() || is_named_as_library(&file.path);
            is_binary && !file.is_folder() && !is_for_debuggers(&file.path, &file.content)
        };
        let read = |file: &Member| BinaryFile {
            path: file.path.clone(),
            binary: Binary::parse(&file.content),
        };
        let binaries = members.iter().filter(is_compiled).map(read).collect();
        let paths = members.iter().map(|member| installed_path(&member.path));
        let installed: HashSet<String> = paths.map(str::to_owned).collect();
        let base = |path: &String| base_name(path).to_ascii_lowercase();
        let base_names = installed.iter().map(base).collect();
        Wheel { name, members, dist_info, binaries, installed, base_names }
    }

    /// The path and content of each file; folders are left out.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let files = self.members.iter().filter(|member| !member.is_folder());
        files.map(|member| (member.path.as_str(), member.content.as_slice()))
    }

    /// The content of a file.
    pub fn content(&self, path: &str) -> Option<&[u8]> {
        let member = self.members.iter().find(|member| member.path == path);
        member.map(|member| member.content.as_slice())
    }

    /// Whether a file is installed at a path from the folder of all packages.
    pub(crate) fn installs(&self, path: &str) -> bool {
        self.installed.contains(path)
    }

    /// Whether a file with this last part of its path is installed in any folder.
    pub(crate) fn has_named(&self, name: &str) -> bool {
        self.base_names.contains(&name.to_ascii_lowercase())
    }
}

/// What is said of a library that is in the wheel, but in no folder in which the loader looks.
pub(crate) const FOUND_BY_CHANCE: &str =
    "is in the wheel, but found only if something has loaded it before";

/// The `.dist-info` folders, each as often as it has files.
pub(crate) fn dist_infos(members: &[Member]) -> impl Iterator<Item = &str> {
    let tops = members.iter().filter_map(|member| member.path.split_once('/'));
    tops.map(|(top, _)| top).filter(|top| top.ends_with(".dist-info"))
}

/// Whether the name of a file is that of a shared library.
fn is_named_as_library(path: &str) -> bool {
    let name = base_name(path);
    [".so", ".pyd", ".dll", ".dylib"].iter().any(|end| name.ends_with(end)) || name.contains(".so.")
}

/// The path of a file once it is installed: `x-1.data/platlib/a` becomes `a`.
fn installed_path(path: &str) -> &str {
    let mut parts = path.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(top), Some("platlib" | "purelib"), Some(rest)) if top.ends_with(".data") => rest,
        _ => path,
    }
}

pub(crate) fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// Follows a path from the folder of a file; none if it leads out of the folder of all packages.
pub(crate) fn resolve(file: &str, relative: &str) -> Option<String> {
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
