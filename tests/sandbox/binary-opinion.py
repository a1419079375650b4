"""Says what other tools read in native files: reads paths of wheels as JSON from standard input, writes the answer as JSON.

Native files are read by pyelftools, pefile and macholib, abi3 modules by abi3audit, and Linux wheels by auditwheel."""

import json
import os
import re
import sys
import tempfile
import zipfile
from pathlib import Path

import pefile
from abi3audit._audit import audit
from abi3audit._object import _Dll, _Dylib, _So
from abi3info import DATAS, FUNCTIONS
from abi3info.models import PyVersion
from auditwheel.wheel_abi import analyze_wheel_abi
from delvewheel import _dll_list
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection
from macholib.MachO import MachO
from macholib.mach_o import LC_BUILD_VERSION, LC_VERSION_MIN_MACOSX

NATIVE = re.compile(r"\.(so|pyd|dll|dylib)$|\.so(\.\d+)+$|^[^/]+\.data/scripts/")


def read_elf(path):
    with open(path, "rb") as stream:
        elf = ELFFile(stream)
        needed, minors = [], []
        for section in elf.iter_sections():
            if isinstance(section, DynamicSection):
                needed += [tag.needed for tag in section.iter_tags() if tag.entry.d_tag == "DT_NEEDED"]
            if isinstance(section, GNUVerNeedSection):
                names = [version.name for _, versions in section.iter_versions() for version in versions]
                minors += [int(m[1]) for m in (re.match(r"GLIBC_2\.(\d+)", name) for name in names) if m]
        # The loader of a program is no entry of this section.
        return {"needed": needed, "version": f"2.{max(minors)}" if minors else None}


def read_pe(path):
    pe = pefile.PE(path, fast_load=True)
    pe.parse_data_directories(directories=[pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_IMPORT"]])
    return {"needed": [each.dll.decode() for each in getattr(pe, "DIRECTORY_ENTRY_IMPORT", [])], "version": None}


def read_macho(path):
    slices = []
    for header in MachO(path).headers:
        needed = [name for _, kind, name in header.walkRelocatables() if kind in ("load_dylib", "reexport_dylib")]
        versions = [cmd.minos for load, cmd, _ in header.commands if load.cmd == LC_BUILD_VERSION]
        versions += [cmd.version for load, cmd, _ in header.commands if load.cmd == LC_VERSION_MIN_MACOSX]
        slices.append({"needed": needed, "version": f"{versions[0] >> 16}.{versions[0] >> 8 & 255}" if versions else None})
    return slices


def read_native(path):
    start = Path(path).read_bytes()[:4]
    if start == b"\x7fELF":
        return [read_elf(path)]
    if start[:2] == b"MZ":
        return [read_pe(path)]
    return read_macho(path) if start in (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe") else None


def stable(path):
    """The newest version of the stable ABI that a module uses, and the symbols outside it."""
    kind = {".so": _So, ".pyd": _Dll}[path.suffix]
    if path.read_bytes()[:2] not in (b"MZ", b"\x7fE"):
        kind = _Dylib
    module = kind(_Extractor(path))
    result = audit(module, assume_minimum_abi3=PyVersion(3, 2))
    return {"newest": result.computed.minor, "outside": sorted(each.name for each in result.non_abi3_symbols)}


class _Extractor:
    """What abi3audit's readers want of the place that a file is from."""

    parent = None

    def __init__(self, path):
        self.path = path

    def __iter__(self):
        return iter(())


def policy(wheel):
    """The strictest platform that auditwheel finds a Linux wheel fit for."""
    if "linux_" not in os.path.basename(wheel):
        return None
    options = {"disable_isa_ext_check": False, "allow_graft": False, "args_ldpaths": ""}  # not the libraries of this system
    result = analyze_wheel_abi(None, None, Path(wheel), frozenset(), **options)
    return result.overall_policy.name


def opinion(wheel, folder):
    files, modules = {}, {}
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if not NATIVE.search(name):
                continue
            path = Path(archive.extract(name, folder))
            slices = read_native(str(path))
            if slices is not None:
                files[name] = slices
                if "abi3" in os.path.basename(wheel) and name.endswith((".abi3.so", ".pyd")):
                    modules[name] = stable(path)
    return {"files": files, "modules": modules, "policy": policy(wheel)}


def linux_libraries(libc):
    import auditwheel.policy

    file = Path(auditwheel.policy.__file__).parent / f"{libc}-policy.json"
    return {each["name"]: sorted(each["lib_whitelist"]) for each in json.loads(file.read_text()) if each["priority"]}


wheels = json.load(sys.stdin)
with tempfile.TemporaryDirectory() as folder:
    found = [opinion(wheel, os.path.join(folder, str(index))) for index, wheel in enumerate(wheels)]
json.dump(
    {
        "wheels": found,
        "stable": {each.symbol.name: each.added.minor for each in [*FUNCTIONS.values(), *DATAS.values()]},
        "windows": sorted(set().union(*_dll_list.ignore_names.values())),
        "manylinux": linux_libraries("manylinux"),
        "musllinux": linux_libraries("musllinux"),
    },
    sys.stdout,
)
