"""Fetches the wheels that audits are compared on, each the very file that the list has.

usage: fetch-wheels.py FOLDER
       fetch-wheels.py --lock

With `--lock` it makes the list anew: the newest wheels of the same packages.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

LIST = Path(__file__).parent.parent / "tests/audits/wheels.txt"

# Compiled and much used, by many tools: setuptools, meson, maturin, CMake; with libraries of
# others in them and without; for one version of CPython and for the stable ABI.
PACKAGES = [
    "aiohttp",
    "bcrypt",
    "cffi",
    "contourpy",
    "coverage",
    "cryptography",
    "greenlet",
    "h5py",
    "lxml",
    "markupsafe",
    "numpy",
    "orjson",
    "pandas",
    "pillow",
    "protobuf",
    "psutil",
    "pydantic-core",
    "pynacl",
    "pyyaml",
    "pyzmq",
    "regex",
    "rpds-py",
    "shapely",
    "tornado",
    "zstandard",
]
# Those with wheels for less common machines too.
EVERYWHERE = ["cryptography", "lxml", "numpy", "pillow"]

# pip knows the older versions of macOS itself, and those of manylinux that have names of old.
OF_GLIBC = ["_2_28", "_2_27", "_2_26", "_2_24", "_2_17", "2014"]
PLATFORMS = {
    "manylinux_x86_64": [f"manylinux{n}_x86_64" for n in OF_GLIBC],
    "manylinux_aarch64": [f"manylinux{n}_aarch64" for n in OF_GLIBC],
    "musllinux_x86_64": ["musllinux_1_2_x86_64", "musllinux_1_1_x86_64"],
    "macosx_arm64": ["macosx_13_0_arm64"],
    "macosx_x86_64": ["macosx_13_0_x86_64"],
    "win_amd64": ["win_amd64"],
    "win32": ["win32"],
    "win_arm64": ["win_arm64"],
}
COMMON = ["manylinux_x86_64", "musllinux_x86_64", "macosx_arm64", "win_amd64"]


def pip(command: str, platform: str, *arguments: str) -> subprocess.CompletedProcess:
    """Have pip look for wheels of a platform, whatever this one is."""
    words = [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check"]
    words += ["--no-deps", "--only-binary", ":all:", "--implementation", "cp"]
    words += ["--python-version", "3.12"]
    for tag in PLATFORMS[platform]:
        words += ["--platform", tag]
    return subprocess.run([*words, *arguments], check=False, stdout=subprocess.PIPE, text=True)


def fetch(folder: str) -> None:
    """Download what the list has; pip compares the hashes."""
    wanted: dict[str, list[str]] = {}
    for line in LIST.read_text().splitlines():
        if not line.startswith("#"):
            platform, requirement = line.split(" ", 1)
            wanted.setdefault(platform, []).append(requirement)
    for platform, requirements in wanted.items():
        with tempfile.TemporaryDirectory() as temporary:
            path = Path(temporary, "requirements.txt")
            path.write_text("\n".join(requirements))
            flags = ["--require-hashes", "--dest", folder, "--requirement", str(path)]
            if pip("download", platform, *flags).returncode:
                sys.exit(f"pip could not fetch the wheels of `{LIST}` for {platform}")


def lock() -> None:
    """Write the list: for each platform and package what pip would install there today."""
    lines = [
        "# Wheels that audits are compared on: for which platform, which version, which file.",
        "# Made by build-scripts/fetch-wheels.py --lock",
    ]
    for platform in PLATFORMS:
        for package in PACKAGES if platform in COMMON else EVERYWHERE:
            flags = ["--dry-run", "--ignore-installed", "--target", "nowhere", "--report", "-"]
            found = pip("install", platform, *flags, package)
            if found.returncode:
                print(f"{package} has no wheel for {platform}", file=sys.stderr)
                continue
            (item,) = json.loads(found.stdout)["install"]
            name, version = item["metadata"]["name"], item["metadata"]["version"]
            sha256 = item["download_info"]["archive_info"]["hashes"]["sha256"]
            lines.append(f"{platform} {name.lower()}=={version} --hash=sha256:{sha256}")
    LIST.write_text("\n".join(lines) + "\n")


def main() -> None:
    """Fetch or lock."""
    (what,) = sys.argv[1:]
    if what == "--lock":
        lock()
    else:
        fetch(what)


if __name__ == "__main__":
    main()
