// Runs Pyodide in node as `python` would run: `-S -m MODULE …` or `-S SCRIPT …`, here, with PYTHONPATH.
// usage: node run-pyodide.mjs FOLDER-OF-PYODIDE -S …
import process from "node:process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, , ...argv] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(resolve(folder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({
  stdout: (line) => process.stdout.write(`${line}\n`),
  stderr: (line) => process.stderr.write(`${line}\n`),
});

// The whole machine, so that relative paths lead to where they lead here.
pyodide.mountNodeFS("/host", "/");
const main = `
import os, runpy, sys

def run(argv, folder, paths):
    os.chdir("/host" + folder)
    sys.path[:0] = [path if path[:1] != "/" else "/host" + path for path in paths.split(":")]
    is_module = argv[0] == "-m"
    sys.argv = argv[1:] if is_module else argv
    try:
        if is_module:
            runpy.run_module(argv[1], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(argv[0], run_name="__main__")
    except SystemExit as error:
        return error.code or 0
    return 0

run
`;
const run = pyodide.runPython(main);
const status = run(pyodide.toPy(argv), process.cwd(), process.env.PYTHONPATH ?? "");
process.exit(typeof status === "number" ? status : 1);
