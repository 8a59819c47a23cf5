"""Prints what the build must know of the interpreter that runs it, as JSON; 2.7 reads it too."""

import json
import os
import platform
import struct
import sys
import sysconfig

suffix = getattr(sys, "abiflags", "")
if sys.version_info[0] == 2:
    suffix = "m" + ("u" if sys.maxunicode > 0xFFFF else "")
elif sysconfig.get_config_var("Py_GIL_DISABLED") and "t" not in suffix:
    suffix += "t"

include = sysconfig.get_paths()["include"]
has_headers = os.path.exists(os.path.join(include, "Python.h"))


# What it must have to install tools; some builds lack it. Of older ones it is not asked.
needed = ["_ssl", "zlib", "pyexpat", "venv", "ensurepip"]
lacks = []
for module in needed if sys.version_info >= (3, 10) else []:
    try:
        __import__(module)
    except ImportError:
        lacks.append(module.lstrip("_"))


def slashes(path):
    """Plans write paths alike on every platform."""
    return path.replace(os.sep, "/")


print(
    json.dumps(
        {
            "executable": slashes(sys.executable),
            "implementation": platform.python_implementation(),
            "version": list(sys.version_info[:3]),
            "release": platform.python_version(),
            "abi_suffix": suffix,
            "include": slashes(include) if has_headers else None,
            "pointer_bits": 8 * struct.calcsize("P"),
            "platform": sysconfig.get_platform(),
            "lacks": lacks,
        }
    )
)
