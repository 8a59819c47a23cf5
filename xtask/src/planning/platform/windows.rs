//! Containers of Windows: which base an engine runs and how, and what it lacks for hours of work.

use jobs::hinted;

use crate::facts::{config, engine::Engine};

/// What containers are made of and how they are kept apart from their host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base<'c> {
    /// Its build of Windows.
    pub build: u32,
    pub name: &'c str,
    /// `process` is on the host's own kernel, which must be of the same build; `hyperv` on a kernel
    /// of its own, which may be older than the host's.
    pub isolation: &'static str,
}

/// The memory that compilers and the linker need, several at a time.
pub const MEMORY_GIB_MIN: u64 = 4;

const GIB: u64 = 1 << 30;

/// Windows Server 2016, which runs containers on its own kernel only if even the revision is the
/// same; that changes every month.
const BUILD_2016: u32 = 14393;

/// The base to use, if the engine is fit for it; else all that it lacks at once.
pub fn base<'c>(
    engine: &Engine,
    free_bytes: Option<u64>,
    config: &'c config::WindowsImages,
) -> anyhow::Result<Base<'c>> {
    if engine.system != "windows" {
        return Err(hinted(
            format!("the engine runs containers of {}", engine.system),
            "have it run those of Windows: `& \"$Env:ProgramFiles\\Docker\\Docker\\DockerCli.exe\" \
             -SwitchWindowsEngine`; or use `--builder native` or `--builder zig`",
        ));
    }
    let mut lacking = Vec::new();
    let mut remedies = Vec::new();
    let memory = engine.memory_bytes / GIB;
    if memory < MEMORY_GIB_MIN {
        lacking.push(format!("it has {memory} GiB of memory, and {MEMORY_GIB_MIN} are needed"));
        remedies.push("give it more memory");
    }
    if let Some(free) = free_bytes.map(|bytes| bytes / GIB).filter(|gib| *gib < config.disk_gib) {
        let (folder, wanted) = (&engine.folder, config.disk_gib);
        lacking.push(format!("{free} GiB are free at `{folder}`, and {wanted} are needed"));
        remedies.push("`docker system prune` frees space; `disk_gib` says how much is needed");
    }
    let base = choose(engine.windows.as_deref(), config).inspect_err(|reason| {
        lacking.push(reason.clone());
        remedies.push("bases stand in `[windows.bases]` of xtask/xtask.toml");
    });
    match base {
        Ok(base) if lacking.is_empty() => Ok(base),
        _ => {
            remedies.push("or use `--builder native` or `--builder zig`");
            let what = format!("the engine cannot build these wheels: {}", lacking.join("; "));
            Err(hinted(what, remedies.join("; ")))
        }
    }
}

/// The base of the host's own build if there is one; else the newest older one, on a kernel of its
/// own.
fn choose<'c>(
    version: Option<&str>,
    config: &'c config::WindowsImages,
) -> Result<Base<'c>, String> {
    let build = version.and_then(build_of);
    let build = build.ok_or("it does not say which build of Windows it runs on")?;
    let (own, name) = config.bases.range(..=build).next_back().ok_or_else(|| {
        format!("its Windows, build {build}, is older than every base, and a newer one cannot run")
    })?;
    let is_same = *own == build && build != BUILD_2016;
    let isolation = if is_same { "process" } else { "hyperv" };
    Ok(Base { build: *own, name, isolation })
}

/// `20348` of `10.0.20348.2700`, or of `10.0 20348 (20348.1.amd64fre…)`.
fn build_of(version: &str) -> Option<u32> {
    version.split(['.', ' ']).nth(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::engine::parse_engine;
    use expect_test::{Expect, expect};

    fn config() -> config::WindowsImages {
        let bases = [(17763, "base:ltsc2019".to_owned()), (20348, "base:ltsc2022".to_owned())];
        config::WindowsImages { disk_gib: 60, bases: bases.into(), pythons: Vec::new() }
    }

    fn engine() -> Engine {
        parse_engine(include_str!("../../../tests/fixtures/windows/docker_info.json")).unwrap()
    }

    #[track_caller]
    fn check(engine: &Engine, free_gib: Option<u64>, expected: Expect) {
        let said = match base(engine, free_gib.map(|gib| gib * GIB), &config()) {
            Ok(Base { build, name, isolation }) => {
                format!("{build} {name} {}\n", isolation)
            }
            Err(error) => format!("{}\n", jobs::shown(&error)).replace("; ", ";\n    "),
        };
        expected.assert_eq(&said);
    }

    #[test]
    fn the_base_of_the_same_build_shares_the_kernel() {
        check(
            &engine(),
            Some(80),
            expect![[r#"
            20348 base:ltsc2022 process
        "#]],
        );
        // A disk that is elsewhere cannot be asked.
        check(
            &engine(),
            None,
            expect![[r#"
            20348 base:ltsc2022 process
        "#]],
        );
    }

    #[test]
    fn an_older_base_has_a_kernel_of_its_own() {
        let on = |version: &str| Engine { windows: Some(version.to_owned()), ..engine() };
        check(
            &on("10.0.22631.4317"),
            Some(80),
            expect![[r#"
            20348 base:ltsc2022 hyperv
        "#]],
        );
        check(
            &on("10.0.19045.3086"),
            Some(80),
            expect![[r#"
            17763 base:ltsc2019 hyperv
        "#]],
        );
    }

    #[test]
    fn a_base_that_is_newer_than_the_host_cannot_run() {
        let old = Engine { windows: Some("10.0.14393.1715".to_owned()), ..engine() };
        check(
            &old,
            Some(80),
            expect![[r#"
                the engine cannot build these wheels: its Windows, build 14393, is older than every base, and a newer one cannot run
                hint: bases stand in `[windows.bases]` of xtask/xtask.toml;
                    or use `--builder native` or `--builder zig`
            "#]],
        );
    }

    #[test]
    fn all_that_an_engine_lacks_is_told_at_once() {
        let small = Engine { memory_bytes: 2 * GIB, windows: None, ..engine() };
        check(
            &small,
            Some(12),
            expect![[r#"
                the engine cannot build these wheels: it has 2 GiB of memory, and 4 are needed;
                    12 GiB are free at `C:\ProgramData\docker`, and 60 are needed;
                    it does not say which build of Windows it runs on
                hint: give it more memory;
                    `docker system prune` frees space;
                    `disk_gib` says how much is needed;
                    bases stand in `[windows.bases]` of xtask/xtask.toml;
                    or use `--builder native` or `--builder zig`
            "#]],
        );
    }

    #[test]
    fn an_engine_for_linux_is_told_how_to_switch() {
        check(
            &Engine { system: "linux".to_owned(), ..engine() },
            Some(80),
            expect![[r#"
            the engine runs containers of linux
            hint: have it run those of Windows: `& "$Env:ProgramFiles\Docker\Docker\DockerCli.exe" -SwitchWindowsEngine`;
                or use `--builder native` or `--builder zig`
        "#]],
        );
    }

    #[test]
    fn the_same_build_of_server_2016_is_not_enough() {
        let mut config = config();
        config.bases.insert(14393, "base:ltsc2016".to_owned());
        let chosen = choose(Some("10.0.14393.1715"), &config).unwrap();
        assert_eq!((chosen.name, chosen.isolation), ("base:ltsc2016", "hyperv"));
    }
}
