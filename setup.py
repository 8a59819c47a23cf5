"""Builds esig with setuptools, from 2.7's to the newest: metadata is in setup.cfg, and what there
is to know about compiling the extension in esig/extension.json.
"""

import io
import json
import os
import platform
import sys
import sysconfig

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = os.path.dirname(os.path.abspath(__file__))


def read(path):
    with io.open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def version():
    namespace = {}
    exec(read("esig/_version.py"), namespace)
    return namespace["__version__"]


def has_limited_api(manifest):
    """The stable ABI that we need begins with buffers in 3.11; free threading has none yet."""
    return (
        platform.python_implementation() == "CPython"
        and sys.hexversion >= int(manifest["limited_api"], 16)
        and not sysconfig.get_config_var("Py_GIL_DISABLED")
    )


def extension(manifest):
    parts = (manifest["core"], manifest["binding"])
    include = [folder for part in parts for folder in part["include"]]
    headers = [
        os.path.join(folder, name)
        for top in sorted(set(include))
        for folder, _, names in os.walk(os.path.join(ROOT, top))
        for name in names
        if name.endswith(".h")
    ]
    arguments = {
        "sources": [str(source) for part in parts for source in part["sources"]],
        "include_dirs": sorted(set(include)),
        "depends": sorted(headers),
        # Links with the C compiler: the library needs no C++ runtime.
        "language": "c",
    }
    if has_limited_api(manifest):
        arguments["define_macros"] = [("Py_LIMITED_API", manifest["limited_api"])]
        arguments["py_limited_api"] = True
    return Extension(str(manifest["module"]), **arguments)


def flags_of_processor(dialect):
    """gcc computes with 80 bits on 32-bit x86, and rounds as it stores, unless told not to."""
    is_x86 = platform.machine().lower() in ("i386", "i586", "i686", "x86_64", "amd64")
    is_32_bit = sys.maxsize < 2**32
    return ["-msse2", "-mfpmath=sse"] if dialect == "gnu" and is_x86 and is_32_bit else []


class build_ext_by_dialect(build_ext):
    """Gives the compiler its flags once it is known which language of flags it speaks."""

    def build_extensions(self):
        dialect = "msvc" if self.compiler.compiler_type == "msvc" else "gnu"
        for ext in self.extensions:
            ext.extra_compile_args = MANIFEST["compile"][dialect] + flags_of_processor(dialect)
            ext.extra_link_args = MANIFEST["link"][dialect]
        build_ext.build_extensions(self)


def wheel_options(manifest):
    """`cp311` from 0x030B0000: the tag that a wheel for the stable ABI carries."""
    if not has_limited_api(manifest):
        return {}
    number = int(manifest["limited_api"], 16)
    return {"bdist_wheel": {"py_limited_api": "cp%d%d" % (number >> 24, number >> 16 & 0xFF)}}


MANIFEST = json.loads(read("esig/extension.json"))

setup(
    version=version(),
    ext_modules=[extension(MANIFEST)],
    cmdclass={"build_ext": build_ext_by_dialect},
    options=wheel_options(MANIFEST),
)
