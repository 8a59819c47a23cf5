//! What is still to be asked once the plan is known.

use super::{downloads, examined_build::ExaminedBuild, programs};
use crate::doctor::examination::{Questions, Source};

/// Programs whose versions are told whatever the plan is.
const ALWAYS: &[&str] = &["cargo", "rustc", "git", "c++"];

pub fn questions(build: &ExaminedBuild) -> Questions {
    let host = build.host;
    let mut names: Vec<String> = ALWAYS.iter().map(|name| name.to_string()).collect();
    let mut sources: Vec<Source> = Vec::new();
    if let Some(planned) = build.planned() {
        names.extend(programs::programs(&planned.plan, host).into_keys());
        sources.extend(downloads::open(&planned.plan, build).0.into_keys());
    }
    // It answers no `--version`, and is Windows' own.
    names.retain(|name| name != "cmd");
    let found = |name: &String| {
        let (name, path) = host.programs.iter().find(|(n, p)| *n == name || *p == name)?;
        (!host.only_asks_for_tools(path)).then(|| (name.clone(), path.clone()))
    };
    let engine = host.containers.as_ref().and_then(|containers| containers.engine().ok());
    let local = engine.filter(|engine| host.kernel.is_some() && engine.kernel == host.kernel);
    Questions {
        root: build.project.root.clone(),
        programs: names.iter().filter_map(found).collect(),
        python: host.tool_python().ok().map(|python| python.executable.clone()),
        sources,
        package: build.project.zig_version().map(|version| ("ziglang".into(), version.into())),
        engine_folder: local.map(|engine| engine.folder.clone().into()),
    }
}
