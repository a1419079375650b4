"""Prints the files that contain a line of a file, also within archives: find-tokens.py LINES FOLDER..."""

import gzip
import io
import pathlib
import sys
import tarfile
import zipfile
import zlib

texts = [each for each in pathlib.Path(sys.argv[1]).read_bytes().split(b"\n") if each]


def search(name: str, data: bytes) -> None:
    if any(each in data for each in texts):
        print(name)
    try:
        search_members(name, data)
    except (zlib.error, OSError, EOFError, RuntimeError, tarfile.TarError, zipfile.BadZipFile):
        # Crates hold broken archives, for their tests.
        pass


def search_members(name: str, data: bytes) -> None:
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for each in archive.namelist():
                search(f"{name}!{each}", archive.read(each))
    elif data[:2] == b"\x1f\x8b":
        search(f"{name}!", gzip.decompress(data))
    elif data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for each in archive:
                if each.isfile():
                    search(f"{name}!{each.name}", archive.extractfile(each).read())


for folder in sys.argv[2:]:
    for path in pathlib.Path(folder).rglob("*"):
        if path.is_file() and not path.is_symlink():
            search(str(path), path.read_bytes())
