//! What each CPython is built with on macOS: the OpenSSL that it can use, and options.

use std::sync::LazyLock;

use camino::Utf8PathBuf;
use serde::Deserialize;

use crate::{
    facts::host::Host,
    ground::matrix::{Architecture, Platform, Release},
};

/// A row of `recipes.toml`, which says what is in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    until: Option<(u32, u32)>,
    openssl: Vec<String>,
    #[serde(default)]
    with_openssl: bool,
    configure: Option<String>,
    #[serde(default)]
    only_x86_64: bool,
}

#[derive(Deserialize)]
struct Table {
    recipe: Vec<Recipe>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("recipes.toml")).expect("tests read all of the file")
});

fn recipe(release: &Release) -> &'static Recipe {
    let version = (release.version[0], release.version[1]);
    let is_for = |recipe: &&Recipe| recipe.until.is_none_or(|last| version <= last);
    TABLE.recipe.iter().find(is_for).expect("the last one is for all")
}

/// Whether a release cannot be built for this machine's own processor.
pub fn needs_rosetta(host: &Host, release: &Release) -> bool {
    host.platform == Platform::Macos
        && host.architecture == Architecture::Aarch64
        && recipe(release).only_x86_64
}

/// Why a release cannot be built here, known beforehand.
pub fn refuses(host: &Host, release: &Release) -> Option<String> {
    let has_rosetta = host.macos.as_ref().is_some_and(|macos| macos.rosetta);
    let needs = needs_rosetta(host, release) && !has_rosetta;
    needs.then(|| {
        format!("CPython {release} and its OpenSSL 1.0.2 know no arm64, and Rosetta is not here")
    })
}

/// The formula and folder of Homebrew's OpenSSL that a release is built with on macOS; none if
/// pyenv builds one for it.
pub fn openssl<'h>(host: &'h Host, release: &Release) -> Option<(&'static str, &'h Utf8PathBuf)> {
    // Homebrew's libraries are for the processor; under Rosetta they are of no use.
    let macos = host.macos.as_ref().filter(|_| !needs_rosetta(host, release))?;
    let folder = |formula: &'static String| Some((&**formula, macos.openssl.get(formula)?));
    recipe(release).openssl.iter().find_map(folder)
}

/// The variables of the environment that a release is built in: on Linux none, where OpenSSL is the
/// system's.
pub fn environment(host: &Host, release: &Release) -> Vec<(&'static str, String)> {
    if host.platform != Platform::Macos {
        return Vec::new();
    }
    let recipe = recipe(release);
    let installed = openssl(host, release);
    // Without it, older ones would be built with whatever Homebrew calls plain `openssl`.
    let formula = installed.map_or(&*recipe.openssl[0], |(formula, _)| formula);
    let mut variables = vec![("PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA", formula.to_owned())];
    let mut configure: Vec<String> = recipe.configure.iter().cloned().collect();
    if let Some((_, openssl)) = installed {
        if recipe.with_openssl {
            configure.push(format!("--with-openssl={openssl}"));
        } else {
            variables.push(("CPPFLAGS", format!("-I{openssl}/include")));
            variables.push(("LDFLAGS", format!("-L{openssl}/lib")));
        }
        variables.push(("PKG_CONFIG_PATH", format!("{openssl}/lib/pkgconfig")));
    } else if needs_rosetta(host, release) {
        variables.push(("PYTHON_BUILD_SKIP_HOMEBREW", "1".to_owned()));
    }
    if !configure.is_empty() {
        variables.push(("PYTHON_CONFIGURE_OPTS", configure.join(" ")));
    }
    variables
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::facts::host::{MacosFacts, Pyenv};
    use expect_test::{Expect, expect};

    /// A Mac with Homebrew's OpenSSLs of these formulas.
    pub fn mac(architecture: Architecture, formulas: &[&str]) -> Host {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/without_python.json");
        let openssl = formulas.iter().map(|f| (f.to_string(), format!("/brew/{f}").into()));
        Host {
            platform: Platform::Macos,
            architecture,
            pyenv: Some(Pyenv {
                program: "/brew/bin/pyenv".into(),
                root: "/Users/dev/.pyenv".into(),
                release: "2.6.30".into(),
                versions: vec!["3.6.15".into()],
            }),
            macos: Some(MacosFacts { openssl: openssl.collect(), ..MacosFacts::default() }),
            ..Host::recorded(path.into()).unwrap()
        }
    }

    /// The variables of the line that installs a release.
    #[track_caller]
    fn check(host: &Host, releases: &[&str], expected: Expect) {
        let mut found = String::new();
        for release in releases {
            let variables = environment(host, &release.parse().unwrap());
            let line = |(name, value)| format!("    {name}={value}\n");
            let variables: String = variables.into_iter().map(line).collect();
            found.push_str(&format!("{release}\n{variables}"));
        }
        expected.assert_eq(&found);
    }

    const EACH: &[&str] = &["2.7.18", "3.4.10", "3.5.10", "3.8.20", "3.9.25", "3.11.13"];

    #[test]
    fn each_version_is_built_with_the_best_openssl_that_it_can_use() {
        let all = mac(Architecture::X86_64, &["openssl@1.0", "openssl@1.1", "openssl@3"]);
        check(
            &all,
            EACH,
            expect![[r#"
            2.7.18
                PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA=openssl@1.1
                CPPFLAGS=-I/brew/openssl@1.1/include
                LDFLAGS=-L/brew/openssl@1.1/lib
                PKG_CONFIG_PATH=/brew/openssl@1.1/lib/pkgconfig
                PYTHON_CONFIGURE_OPTS=--disable-toolbox-glue
            3.4.10
                PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA=openssl@1.0
                CPPFLAGS=-I/brew/openssl@1.0/include
                LDFLAGS=-L/brew/openssl@1.0/lib
                PKG_CONFIG_PATH=/brew/openssl@1.0/lib/pkgconfig
            3.5.10
                PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA=openssl@1.1
                CPPFLAGS=-I/brew/openssl@1.1/include
                LDFLAGS=-L/brew/openssl@1.1/lib
                PKG_CONFIG_PATH=/brew/openssl@1.1/lib/pkgconfig
            3.8.20
                PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA=openssl@1.1
                PKG_CONFIG_PATH=/brew/openssl@1.1/lib/pkgconfig
                PYTHON_CONFIGURE_OPTS=--with-openssl=/brew/openssl@1.1
            3.9.25
                PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA=openssl@1.1
                PKG_CONFIG_PATH=/brew/openssl@1.1/lib/pkgconfig
                PYTHON_CONFIGURE_OPTS=--with-openssl=/brew/openssl@1.1
            3.11.13
                PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA=openssl@3
                PKG_CONFIG_PATH=/brew/openssl@3/lib/pkgconfig
                PYTHON_CONFIGURE_OPTS=--with-openssl=/brew/openssl@3
        "#]],
        );
    }

    #[test]
    fn where_there_is_only_openssl_3_older_ones_do_not_take_it_and_pyenv_builds_its_own() {
        check(
            &mac(Architecture::Aarch64, &["openssl@3"]),
            EACH,
            expect![[r#"
            2.7.18
                PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA=openssl@1.1
                PYTHON_CONFIGURE_OPTS=--disable-toolbox-glue
            3.4.10
                PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA=openssl@1.0
                PYTHON_BUILD_SKIP_HOMEBREW=1
            3.5.10
                PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA=openssl@1.1
            3.8.20
                PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA=openssl@1.1
            3.9.25
                PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA=openssl@3
                PKG_CONFIG_PATH=/brew/openssl@3/lib/pkgconfig
                PYTHON_CONFIGURE_OPTS=--with-openssl=/brew/openssl@3
            3.11.13
                PYTHON_BUILD_HOMEBREW_OPENSSL_FORMULA=openssl@3
                PKG_CONFIG_PATH=/brew/openssl@3/lib/pkgconfig
                PYTHON_CONFIGURE_OPTS=--with-openssl=/brew/openssl@3
        "#]],
        );
    }

    #[test]
    fn on_linux_openssl_is_the_affair_of_the_system() {
        let linux = Host { platform: Platform::Linux, ..mac(Architecture::X86_64, &[]) };
        check(
            &linux,
            &["2.7.18"],
            expect![[r#"
            2.7.18
        "#]],
        );
    }
}
