//! `cargo xtask develop`: the extension beside the package's own files, for this checkout alone.

use camino::{Utf8Path, Utf8PathBuf};
use jobs::hinted;

use crate::{
    facts::{
        host::{Host, Python},
        project::Project,
    },
    ground::{
        cli::{Develop, OwnStep},
        matrix::{Identifier, Interpreter},
        paths::STATE,
        plan::Job,
    },
    planning::{
        pipeline::Pipeline,
        planned::Planned,
        toolchain::{ExtensionModule, Headers, Toolchain},
    },
};

/// Compiles the working tree, unlike every wheel, which is made from the source archive.
pub fn develop_plan(
    arguments: &Develop,
    host: &Host,
    project: &Project,
) -> anyhow::Result<Planned> {
    let (interpreter, headers) = chosen(host, project)?;
    let target = host
        .own_target()
        .ok_or_else(|| hinted("no extension is built for this machine", "use Linux"))?;
    let toolchain = Toolchain::here(arguments.toolchain, host, project, target, false)?;
    let identifier = Identifier { interpreter, target };
    let folder = &format!("{STATE}/develop");
    let name = identifier.extension_name(&project.extension.module);
    let path = &Utf8PathBuf::from(format!("{folder}/{name}"));
    let here = Utf8Path::new("");
    let headers = Headers { folder: headers, are_foreign: false };
    let extension = ExtensionModule { interpreter, headers, core: folder, folder, path };
    let mut pipeline = Pipeline::new(host, project);
    let provided = pipeline.provide(&toolchain)?;
    let job = Job::new(format!("develop {identifier}"))
        .needs(provided)
        .own(OwnStep::empty([folder]))
        .steps(toolchain.core(here, folder))
        .steps(toolchain.prepare(folder))
        .steps(toolchain.extension(here, &extension))
        .own(OwnStep::promote(path, project.name));
    pipeline.add(job.always());
    Ok(pipeline.into_plan().into())
}

/// The interpreter that the user named, else the newest found, and the folder of its headers. If
/// wheels for it have the stable ABI, so has the extension.
fn chosen<'h>(host: &'h Host, project: &Project) -> anyhow::Result<(Interpreter, &'h Utf8Path)> {
    let usable = |python: &&Python| {
        let is_own = host.target_of(python) == host.own_target();
        is_own && python.include.is_some() && python.interpreter().is_some()
    };
    let python = host.candidates().filter(usable).last().ok_or_else(|| {
        hinted(
            "no CPython with headers was found",
            "install one (`pyenv install 3.13`, `apt-get install python3-dev`), \
             or name it with `--interpreter PATH`",
        )
    })?;
    let exact = python.interpreter().expect("it was filtered");
    let interpreter = project.config.wheel_for(exact).unwrap_or(exact);
    Ok((interpreter, python.include.as_deref().expect("it was filtered")))
}
