"""What stands in for the project, and for the tools that build it: as small and quick as can be."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile

VERSION = "1.0.0"

#: The project: every file that the helper looks at, with as little in it as it takes.
PROJECT = {
    ".gitignore": "target/\nwheelhouse/\n",
    ".github/workflows/ci.yml": "on: push\n",
    "LICENSE": "MIT OR Apache-2.0\n",
    "pyproject.toml": "[project]\nname = 'esig'\n",
    "setup.py": "",
    "xtask/Cargo.toml": "[package]\n",
    "esig/__init__.py": '"""A stand-in."""\n',
    "esig/_version.py": f'__version__ = "{VERSION}"\n',
    "esig/tests/__init__.py": "",
    "esig/tests/__main__.py": """\
import os, sys, time
import esig.tosig, numpy
fault = "../../../../fault"
what = open(fault).read() if os.path.exists(fault) else ""
if what == "test hang":
    time.sleep(600)
if what == "test crash":
    os.abort()
if what == "test silent":
    sys.exit(0)
if what == "test fail":
    print("2 passed, 1 failed, 0 skipped")
    sys.exit(1)
if what == "test flood":
    for _ in range(1 << 11):
        print("x" * (1 << 16))
print("3 passed, 0 failed, 0 skipped")
""",
    "esig/ext/tosig.cpp": "// the binding\n",
    "esig/ext/target_pyconfig.h": "",
    "esig/extension.json": """{
  "about": "a stand-in", "module": "esig.tosig", "limited_api": "0x030B0000",
  "core": {"sources": ["libalgebra/src/one.cpp", "libalgebra/src/two.cpp"],
           "include": ["libalgebra/include"]},
  "binding": {"sources": ["esig/ext/tosig.cpp"], "include": ["libalgebra/include"]},
  "target_config": "esig/ext/target_pyconfig.h",
  "compile": {"gnu": ["-O1"], "msvc": []}, "link": {"gnu": [], "msvc": []}
}
""",
    "libalgebra/CMakeLists.txt": "project(libalgebra VERSION 0.1.0)\n",
    "libalgebra/include/libalgebra/one.h": "#pragma once\n",
    "libalgebra/src/one.cpp": "int one;\n",
    "libalgebra/src/two.cpp": "int two;\n",
    "libalgebra/test/one_test.cpp": "int main() {}\n",
    "build-scripts/check-platform-tag.py": "",
    "build-scripts/compare-values.py": "",
}

CONFIGURATION = """\
interpreters = ["cp39", "cp311-abi3"]
targets = ["manylinux_{architecture}"]
[policies]
manylinux = "manylinux_2_17"
musllinux = "musllinux_1_2"
macosx_arm64 = "macosx_11_0"
macosx_x86_64 = "macosx_10_13"
"""

#: What compiles, archives and links. Its outputs are digests of its inputs, but for the extension
#: module, which is one that works with a digest at its end. `target/fault` says how it fails.
ZIG = r"""#!{python} -SE
import hashlib, os, signal, subprocess, sys, time

words = sys.argv[1:]
output = words[words.index("-o") + 1] if "-o" in words else words[2]
module = output.endswith(".so") and "tosig" in output
inputs = [w for w in words if w != output and w.endswith((".cpp", ".o", ".a", ".s", ".so"))]
digest = hashlib.sha256(" ".join(words).encode())
for name in inputs:
    if not name.startswith("-"):
        digest.update(open(name, "rb").read())
data = digest.hexdigest().encode()
if module:
    template = os.path.join(os.path.dirname(os.path.abspath(__file__)), "module.bin")
    data = open(template, "rb").read() + data
stage = "link" if module else "stub" if words[0] == "cc" else "archive" if words[0] == "ar" else (
    "bind" if "tosig" in output else "core")


def write(content):
    with open(output, "wb") as file:
        file.write(content)


def stay():
    while True:
        time.sleep(100)


told = open("target/fault").read() if os.path.exists("target/fault") else ""
wanted, _, fault = told.partition(" ")
if wanted == stage:
    if fault == "hang":
        stay()
    elif fault == "hang deaf":
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        stay()
    elif fault == "hang in a session":
        if os.fork() == 0:
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            stay()
        stay()
    elif fault == "leave a daemon":
        if os.fork() == 0:
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            stay()
    elif fault == "leave a quiet daemon":
        if os.fork() == 0:
            os.setsid()
            null = os.open(os.devnull, os.O_RDWR)
            [os.dup2(null, number) for number in (0, 1, 2)]
            stay()
    elif fault == "close and stay":
        os.close(1), os.close(2)
        stay()
    elif fault == "half and hang":
        write(data[: len(data) // 2])
        stay()
    elif fault == "half and crash":
        write(data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGSEGV)
    elif fault == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif fault == "abort":
        os.abort()
    elif fault == "fail":
        print("error: no")
        sys.exit(1)
    elif fault == "fail silently":
        sys.exit(77)
    elif fault == "make nothing":
        sys.exit(0)
    elif fault == "make nothing of it":
        write(b"")
        sys.exit(1 if stage != "link" else 0)
    elif fault == "garbage":
        write(bytes(range(256)) * 64)
        sys.exit(0 if stage == "link" else 1)
    elif fault == "half":
        write(data[:100])
        sys.exit(0 if stage == "link" else 1)
    elif fault == "make a folder":
        os.mkdir(output)
        sys.exit(1)
    elif fault == "make a link":
        os.symlink("/etc/passwd", output)
        sys.exit(1)
    elif fault == "flood":
        line = b"x" * 65535 + b"\n"
        for _ in range(300):
            os.write(1, line)
        sys.exit(1)
    elif fault == "one endless line":
        for _ in range(300):
            os.write(1, b"x" * 65536)
        sys.exit(1)
    elif fault == "flood for ever":
        while True:
            os.write(1, b"y\n" * 30000)
    elif fault == "escapes":
        os.write(1, b"\x1b[2J\x1b]0;title\x07\x1b[31mred\x9b5m\xff\xfe\0\x08error: no\x1b[?25l\n")
        sys.exit(1)
    elif fault == "fill the disk":
        with open(output, "wb") as file:
            while True:
                file.write(bytes(1 << 20))
    elif fault == "kill the helper":
        os.kill(os.getppid(), signal.SIGKILL)
        stay()
    elif fault == "interrupt the helper":
        os.kill(os.getppid(), signal.SIGINT)
        stay()
    elif fault == "terminate the helper":
        os.kill(os.getppid(), signal.SIGTERM)
        stay()
    elif fault == "hang up the helper":
        os.kill(os.getppid(), signal.SIGHUP)
        stay()
    elif fault == "interrupt twice":
        os.kill(os.getppid(), signal.SIGINT)
        time.sleep(0.3)
        os.kill(os.getppid(), signal.SIGINT)
        stay()
    elif fault == "interrupt, deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork() == 0:
            os.setsid()
            os.execve(sys.executable, [sys.executable, "-c", "import signal, time\n"
                      "signal.signal(15, 1)\ntime.sleep(600)", os.getcwd()], {{}})
        time.sleep(0.2)
        os.kill(os.getppid(), signal.SIGINT)
        stay()
    else:
        sys.exit("no such fault: " + fault)
write(data)
"""

#: What makes the source archive: all that git tracks, but for the helper's own configuration.
BUILD = f"""\
import os, sys, tarfile

outdir, stage = sys.argv[sys.argv.index("--outdir") + 1], sys.argv[-1]
os.makedirs(outdir, exist_ok=True)
info = os.path.join(outdir, "PKG-INFO")
with open(info, "w") as file:
    file.write("Metadata-Version: 2.4\\nName: esig\\nVersion: {VERSION}\\n"
               "Requires-Python: >=3.11\\nLicense-Expression: MIT OR Apache-2.0\\n"
               "License-File: LICENSE\\nSummary: a stand-in\\n"
               "Description-Content-Type: text/plain\\n\\na stand-in\\n")
with tarfile.open(os.path.join(outdir, "esig-{VERSION}.tar.gz"), "w:gz") as archive:
    archive.add(info, "esig-{VERSION}/PKG-INFO")
    for folder, _, names in os.walk(stage):
        for name in names:
            path = os.path.join(folder, name)
            below = os.path.relpath(path, stage)
            if not below.startswith(("xtask", ".g")):
                archive.add(path, "esig-{VERSION}/" + below)
"""

#: What stands on PATH as the only interpreter: venv without ensurepip, which takes seconds.
PYTHON = """\
#!/bin/sh
case "$*" in
    *'-m venv'*)
        for folder; do :; done
        '{python}' -m venv --without-pip --clear "$folder"
        cp -R '{pip}' "$folder"/lib/python3*/site-packages/ ;;
    *-c*) '{python}' "$@" | sed 's|"executable": "{python}"|"executable": "{itself}"|' ;;
    *) exec '{python}' "$@" ;;
esac
"""

#: What downloads by hash, and what installs from the index, or into a folder.
PIP = r"""
import glob, hashlib, io, os, re, sys, sysconfig, tempfile, urllib.request, zipfile

words = sys.argv[1:]
value = lambda name: words[words.index(name) + 1]
scratch = tempfile.mkdtemp(prefix="pip-")
open(os.path.join(scratch, "piece"), "w").write("x")


def fetched():
    for line in open(value("--requirement")):
        found = re.match(r"(\S+)==(\S+) --hash=sha256:(\w+)", line)
        if not found:
            continue
        name, version, wanted = found.groups()
        base = os.environ["PIP_INDEX_URL"].rsplit("/simple", 1)[0]
        file = "%s-%s-py3-none-any.whl" % (name, version)
        body = urllib.request.urlopen(base + "/files/" + file, timeout=20).read(1 << 26)
        if hashlib.sha256(body).hexdigest() != wanted:
            sys.exit("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE")
        yield file, body


def unpack(wheel, folder):
    archive = zipfile.ZipFile(wheel)
    for member in archive.infolist():
        os.chmod(archive.extract(member, folder), member.external_attr >> 16 & 0o777)


if words[0] == "download":
    for file, body in fetched():
        open(os.path.join(value("--dest"), file), "wb").write(body)
elif "--target" in words:
    for wheel in sorted(glob.glob(os.path.join(value("--find-links"), "*.whl"))):
        unpack(wheel, value("--target"))
else:
    for file, body in fetched():
        unpack(io.BytesIO(body), sysconfig.get_paths()["purelib"])
"""

#: An extension module for the limited API that is empty.
MODULE = """\
typedef struct { long refcount; void *type; void *init; long index; void *copy; const char *name,
                 *doc; long size; void *methods, *slots, *traverse, *clear, *free; } definition;
extern void *PyModule_Create2(definition *, int);
static definition module = {1, 0, 0, 0, 0, "tosig", 0, -1, 0, 0, 0, 0, 0};
__attribute__((visibility("default"))) void *PyInit_tosig(void) {
    return PyModule_Create2(&module, 3);
}
"""


def wheel(name: str, version: str, files: dict[str, bytes]) -> bytes:
    """A wheel of these files; those below `ziglang` may be executed."""
    info = f"{name}-{version}.dist-info"
    files = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},{digest(data)},{len(data)}\n" for path, data in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in files.items():
            member = zipfile.ZipInfo(path, (2020, 2, 2, 0, 0, 0))
            member.external_attr = (0o100755 if path == "ziglang/zig" else 0o100644) << 16
            archive.writestr(member, data)
    return buffer.getvalue()


def digest(data: bytes) -> str:
    """As RECORD has it."""
    hashed = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return f"sha256={hashed.decode().rstrip('=')}"


def packages(python: str, module: bytes) -> dict[str, bytes]:
    """The wheels that the tools and the tests consist of, by their names."""
    zig = ZIG.replace("{python}", python).replace("{{}}", "{}").encode()
    nothing = b""
    return {
        f"{name}-1.0-py3-none-any.whl": wheel(name, "1.0", files)
        for name, files in {
            "ziglang": {"ziglang/zig": zig, "ziglang/module.bin": module},
            "build": {"build/__init__.py": nothing, "build/__main__.py": BUILD.encode()},
            "abi3audit": {"abi3audit/__init__.py": nothing, "abi3audit/__main__.py": nothing},
            "numpy": {"numpy/__init__.py": nothing, "numpy/testing.py": nothing},
        }.items()
    }
