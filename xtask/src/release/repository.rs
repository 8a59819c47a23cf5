//! Where files are published: the addresses of an index, and how one logs in there.

use std::net::Ipv4Addr;

use anyhow::ensure;
use jobs::{Command, Secret, hinted, without_login};
use percent_encoding::percent_decode_str;

/// Where files are uploaded to, and where they are found then.
#[derive(Debug, PartialEq, Eq)]
pub struct PackageIndex {
    pub upload: String,
    pub simple: String,
    /// Whether it takes the word of a GitHub workflow instead of a token.
    pub trusts: bool,
    /// As an address has it before `@`: it stands in no plan.
    login: Option<Secret>,
}

/// Reads `pypi`, `testpypi` or an address, perhaps with a login in it.
pub fn index(repository: &str) -> anyhow::Result<PackageIndex> {
    let of_pypi = |upload: &str, host: &str| PackageIndex {
        upload: format!("https://{upload}/legacy/"),
        simple: format!("https://{host}/simple/"),
        trusts: true,
        login: None,
    };
    match repository {
        "pypi" => return Ok(of_pypi("upload.pypi.org", "pypi.org")),
        "testpypi" => return Ok(of_pypi("test.pypi.org", "test.pypi.org")),
        _ => {}
    }
    let parts = repository.split_once("://").and_then(|(scheme, rest)| {
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, host) = match authority.rsplit_once('@') {
            Some((login, host)) => (Some(Secret(login.to_owned())), host),
            None => (None, authority),
        };
        let is_plain =
            |text: &str| text.chars().all(|c| c.is_ascii_graphic() && !"?#\\@".contains(c));
        let is_address = is_plain(host) && is_plain(path) && !name_of(host).is_empty();
        is_address.then(|| (scheme.to_ascii_lowercase(), login, host, path.trim_end_matches('/')))
    });
    let known = parts.filter(|(scheme, ..)| scheme == "https" || scheme == "http");
    let Some((scheme, login, host, path)) = known else {
        // Whatever stands before an `@` may be a password.
        let shown = match repository.rsplit_once('@') {
            Some((_, end)) if !repository.contains("://") => format!("***@{end}"),
            _ => without_login(repository),
        };
        let hint = "name `pypi`, `testpypi`, or an address with `https://`";
        return Err(hinted(format!("`{shown}` is no index"), hint));
    };
    let what =
        format!("`http://{host}` sends passwords and files for everybody to read and change");
    ensure!(scheme == "https" || is_loopback(host), hinted(what, "use `https://`"));
    let base = format!("{scheme}://{host}/{path}");
    let base = base.trim_end_matches('/');
    let (upload, simple) = (format!("{base}/"), format!("{base}/simple/"));
    Ok(PackageIndex { upload, simple, trusts: false, login })
}

impl PackageIndex {
    /// Has uv log in as the address says, if it does.
    pub fn uploading(&self, uv: Command) -> Command {
        let Some(Secret(login)) = &self.login else { return uv };
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let uv = uv.secret("UV_PUBLISH_USERNAME", decoded(user));
        if password.is_empty() { uv } else { uv.secret("UV_PUBLISH_PASSWORD", decoded(password)) }
    }

    /// Has a program ask this index and no other, whatever the configuration of pip says.
    pub fn asking(&self, program: Command) -> Command {
        let none = ["PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX"];
        let program = none.iter().fold(program, |program, name| program.env(*name, ""));
        match &self.login {
            None => program.env("PIP_INDEX_URL", &self.simple),
            Some(Secret(login)) => {
                let (scheme, rest) = self.simple.split_once("://").expect("it is an address");
                program.secret("PIP_INDEX_URL", format!("{scheme}://{login}@{rest}"))
            }
        }
    }
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

fn is_loopback(host: &str) -> bool {
    let name = name_of(host).to_ascii_lowercase();
    name == "localhost" || name == "::1" || name.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback())
}

/// `p%40ss` as what it stands for.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_used_and_shown_to_nobody() {
        let index = index("https://dev:p%40ss@host.example:8080/a/").unwrap();
        assert_eq!(index.upload, "https://host.example:8080/a/");
        assert_eq!(index.simple, "https://host.example:8080/a/simple/");
        let commands = [index.uploading(Command::new("uv")), index.asking(Command::new("python"))];
        let given: Vec<&str> =
            commands.iter().flat_map(|c| &c.secrets).map(|(_, secret)| secret.0.as_str()).collect();
        let simple = "https://dev:p%40ss@host.example:8080/a/simple/";
        assert_eq!(given, ["dev", "p@ss", simple]);
        let shown = format!("{index:?} {commands:?} {} {}", commands[0], commands[1]);
        assert!(!shown.contains("ss@") && !shown.contains("%40"), "{shown}");
    }

    #[test]
    fn a_program_without_login_asks_the_index_that_was_uploaded_to() {
        let command = index("https://host.example").unwrap().asking(Command::new("python"));
        let expected = "PIP_EXTRA_INDEX_URL='' PIP_FIND_LINKS='' PIP_NO_INDEX='' \
                        PIP_INDEX_URL=https://host.example/simple/ python";
        assert_eq!(command.to_string(), expected);
    }

    #[test]
    fn without_encryption_only_this_machine_is_an_index() {
        for address in
            ["http://127.0.0.1:8080", "http://localhost/", "HTTP://LocalHost", "http://[::1]:1/a"]
        {
            assert!(index(address).is_ok(), "{address}");
        }
        for address in [
            "http://index.example",
            "http://localhost.example",
            "http://127.0.0.1.example",
            "http://127.0.0.1@host.example",
            "http://host.example/127.0.0.1",
            "http://0.0.0.0",
            "HTTP://host.example",
        ] {
            let error = index(address).unwrap_err().to_string();
            assert!(error.contains("for everybody to read and change"), "{address}: {error}");
        }
    }

    #[test]
    fn what_is_no_address_is_told_without_its_password() {
        for text in [
            "ftp://dev:hunter2@host",
            "dev:hunter2@host",
            "https://dev:hunter2@",
            "https://dev:hunter2@host/?a",
            "https:/dev:hunter2@host",
            "https://dev:hunt\\er2@ho st",
        ] {
            let error = jobs::shown(&index(text).unwrap_err()).to_string();
            assert!(error.contains("is no index") && !error.contains("er2"), "{error}");
        }
        assert!(index("https://").is_err() && index("pypy").is_err());
    }
}
