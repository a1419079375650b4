import { join } from 'node:path'
import { write } from '../sandbox/harness.ts'

const PYPROJECT = `[build-system]
requires = ["maturin>=1.9,<2"]
build-backend = "maturin"
[project]
name = "demo-jansson"
version = "1.2.0"
requires-python = ">=3.9"
[tool.maturin]
module-name = "demo_jansson"
`

const CARGO = `[package]
name = "demo_jansson"
version = "1.2.0"
edition = "2021"
[lib]
crate-type = ["cdylib"]
[dependencies]
pyo3-ffi = { version = "0.27", features = ["abi3-py39", "extension-module"] }
`

/** A module whose only function asks a system library for its version; without PyO3's macros, it compiles in seconds. */
const LIB = `use pyo3_ffi::*;
use std::ffi::c_char;
use std::ptr::null_mut;

#[link(name = "jansson")]
extern "C" {
    fn jansson_version_str() -> *const c_char;
}

unsafe extern "C" fn version(_own: *mut PyObject, _none: *mut PyObject) -> *mut PyObject {
    PyUnicode_FromString(jansson_version_str())
}

static mut METHODS: [PyMethodDef; 2] = [
    PyMethodDef {
        ml_name: c"version".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunction: version },
        ml_flags: METH_NOARGS,
        ml_doc: null_mut(),
    },
    PyMethodDef::zeroed(),
];

static mut MODULE: PyModuleDef = PyModuleDef {
    m_base: PyModuleDef_HEAD_INIT,
    m_name: c"demo_jansson".as_ptr(),
    m_doc: null_mut(),
    m_size: 0,
    m_methods: &raw mut METHODS as *mut PyMethodDef,
    m_slots: null_mut(),
    m_traverse: None,
    m_clear: None,
    m_free: None,
};

#[no_mangle]
pub unsafe extern "C" fn PyInit_demo_jansson() -> *mut PyObject {
    PyModule_Create(&raw mut MODULE)
}
`

/** The files of a package that links libjansson, which Debian's Python does not come with. */
export const JANSSON: Record<string, string> = {
  '.gitignore': 'target/\ndist*/\n',
  'pyproject.toml': PYPROJECT,
  'Cargo.toml': CARGO,
  'src/lib.rs': LIB,
}

/** Writes the Dockerfile of an image with a C compiler, and Debian's packages of the library, not installed yet. */
export function writeDockerfile(folder: string, base: string): string {
  const install = 'DEBIAN_FRONTEND=noninteractive apt-get -qqy install --no-install-recommends gcc libc6-dev'
  const download = 'mkdir /debs && cd /debs && apt-get -qq download libjansson4 libjansson-dev'
  write(folder, { Dockerfile: `FROM ${base}\nRUN apt-get -qq update && ${install} >/dev/null && ${download}\n` })
  return join(folder, 'Dockerfile')
}
