"""Says what PyPI's own libraries say: reads a request as JSON from standard input, writes the answer as JSON.

The rules are those of warehouse/forklift/metadata.py and warehouse/utils/wheel.py, on the same libraries."""

import configparser
import contextlib
import email.utils
import json
import os
import re
import sys
import tarfile
import zipfile

import email_validator
import rfc3986
from docutils.parsers.rst import roles
from docutils.parsers.rst.languages import en
from packaging.metadata import Metadata
from packaging.requirements import Requirement
from packaging.tags import cpython_tags, mac_platforms
from packaging.utils import canonicalize_name
from readme_renderer import rst
from twine.commands.check import check
from trove_classifiers import all_classifiers, classifiers, deprecated_classifiers


def is_url(text):
    validator = rfc3986.validators.Validator().allow_schemes("http", "https").require_presence_of("scheme")
    validator.check_validity_of("scheme", "host", "port", "path", "query")
    try:
        validator.validate(rfc3986.uri_reference(text).normalize())
        return True
    except rfc3986.exceptions.RFC3986Exception:
        return False


def is_rendered(text):
    roles._roles.clear()
    return rst.render(text) is not None


def own_rules(meta):
    """What PyPI demands beside the core metadata specification."""
    if meta.version.local or len(meta.summary or "") > 512 or (meta.license and meta.license_expression):
        return False
    for text in (meta.author_email, meta.maintainer_email):
        # Since Python 3.13, which PyPI has, a list of several addresses gives none.
        address = email.utils.parseaddr(text or "")[1]
        if address and len(email.utils.getaddresses([text])) == 1:
            try:
                email_validator.validate_email(address, check_deliverability=False)
            except email_validator.EmailNotValidError:
                return False
    if set(meta.classifiers or []) - set(classifiers):
        return False
    urls = [url for url in (meta.home_page, meta.download_url) if url is not None]
    for label, url in (meta.project_urls or {}).items():
        if not label or len(label) > 32:
            return False
        urls.append(url)
    if not all(map(is_url, urls)) or any(each.url for each in meta.requires_dist or []):
        return False
    if any(each.replace("-", "_") == "dynamic" for each in meta.dynamic or []):
        return False
    kind = (meta.description_content_type or "text/x-rst").split(";")[0].strip().lower()
    return kind != "text/x-rst" or not meta.description or is_rendered(meta.description)


def accepts_metadata(content):
    try:
        return own_rules(Metadata.from_email(content))
    except Exception:
        return False


def accepts_value(field, text):
    raw = {"metadata_version": "2.5", "name": "a", "version": "1"}
    names = {"classifier": "classifiers", "license_file": "license_files", "import_name": "import_names"}
    name = field.lower().replace("-", "_")
    value = [text]
    if name == "project_url":
        name, value = "project_urls", {text.partition(",")[0].strip(): text.partition(",")[2].strip()}
    elif name in ("summary", "name", "version", "home_page", "author_email", "license_expression", "requires_python", "description_content_type"):
        value = text
    raw[names.get(name, name)] = value
    try:
        return own_rules(Metadata.from_raw(raw))
    except Exception:
        return False


def are_entry_points_valid(text):
    parser = configparser.ConfigParser(delimiters=("=",))
    parser.optionxform = str
    try:
        parser.read_string(text)
    except configparser.Error:
        return False
    programs = [each for group in ("console_scripts", "gui_scripts") if group in parser for each in parser[group]]
    return all(re.fullmatch(r"[\w.-]+", each) for each in programs)


def accepts_file(path):
    """Whether PyPI accepts metadata, entry points and name of a file; None if the file cannot be read that far."""
    name = os.path.basename(path)
    try:
        if name.endswith(".whl"):
            distribution, version = name.split("-")[:2]
            archive = zipfile.ZipFile(path)
            paths = archive.namelist()
            content = archive.read(f"{distribution}-{version}.dist-info/METADATA")
            licenses = f"{distribution}-{version}.dist-info/licenses"
            entry_points = f"{distribution}-{version}.dist-info/entry_points.txt"
            if entry_points in paths and not are_entry_points_valid(archive.read(entry_points).decode()):
                return False
        else:
            archive = tarfile.open(path)
            paths = archive.getnames()
            licenses = name[: -len(".tar.gz")]
            content = archive.extractfile(f"{licenses}/PKG-INFO").read()
        if not accepts_metadata(content):
            return False
        meta = Metadata.from_email(content)
    except Exception:
        return None
    if any(f"{licenses}/{each}" not in paths for each in meta.license_files or []):
        return False
    normal = canonicalize_name(meta.name).replace("-", "_")
    if name.endswith(".whl"):
        return name.startswith(f"{normal}-{version}-") and str(meta.version) == version
    return name == f"{normal}-{meta.version}.tar.gz"


def twine_accepts(path):
    """What `twine check --strict` says."""
    with contextlib.redirect_stdout(sys.stderr):
        try:
            return not check([path], strict=True)
        except Exception:
            return False


request = json.load(sys.stdin)
answer = {
    "values": {field: [accepts_value(field, each) for each in texts] for field, texts in request["values"].items()},
    "readmes": [is_rendered(each) for each in request["readmes"]],
    "files": [accepts_file(each) for each in request["files"]],
    "twine": [twine_accepts(each) for each in request["files"]],
    "classifiers": sorted(classifiers),
    "deprecated": dict(deprecated_classifiers),
    "directives": sorted(en.directives),
    "roles": sorted(en.roles),
    "tags": sorted({str(tag) for minor in request["minors"] for abi in (f"cp3{minor}", f"cp3{minor}t") for tag in cpython_tags((3, minor), [abi], ["any"])}),
    "macos": sorted({each for major in request["macos"] for each in mac_platforms((major, 0), "arm64")}),
}
json.dump(answer, sys.stdout)
