import { parsePythonRequests } from '@slipway/toolchain/python/request'
import {
  checkedNames,
  parseProfile,
  parseRustRequest,
  type RustProfile,
  type RustRequest,
} from '@slipway/toolchain/rust/request'
import { maturinSpecifier } from './maturin.ts'

/** The tools that a job asks for, as the inputs of setup-toolchains spell them. */
export interface ToolchainInputs {
  rust?: string | undefined
  targets?: readonly string[]
  components?: readonly string[]
  profile?: string | undefined
  /** Empty: what `requires-python` allows. */
  python?: readonly string[]
  /** A version or a specifier; by default as pyproject.toml requires. */
  maturin?: string | undefined
  zig: boolean
}

/** The tools that a job asks for, checked. */
export interface ToolchainRequest {
  rust: RustRequest | undefined
  targets: readonly string[]
  components: readonly string[]
  profile: RustProfile | undefined
  pythons: readonly string[]
  maturin: string | undefined
  zig: boolean
}

/**
 * Checks what a job asks for, before anything is installed.
 * @throws ProblemError `rust-request-invalid`, `python-request-invalid`, `input-invalid`
 */
export function parseToolchainRequest(inputs: ToolchainInputs): ToolchainRequest {
  const { rust, targets = [], components = [], profile, python = [], maturin, zig } = inputs
  return {
    rust: rust === undefined ? undefined : parseRustRequest(rust),
    targets: checkedNames('targets', targets),
    components: checkedNames('components', components),
    profile: parseProfile(profile),
    pythons: parsePythonRequests(python),
    maturin: maturin === undefined ? undefined : maturinSpecifier(maturin),
    zig,
  }
}
