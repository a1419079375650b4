import { type Bad, CHANGELOG, crate, members } from './pieces.ts'

/** Returns two crates, the second of which needs the first. @param publish of the first @param version of the dependency */
function withSibling(publish: string, version: string): Bad['files'] {
  return {
    'Cargo.toml': members(['a', 'b']),
    ...crate('a', 'a', `publish = ${publish}\n`, ''),
    ...crate('b', 'b', `[dependencies]\na = { path = "../a"${version} }\n`, ''),
    'CHANGELOG.md': CHANGELOG,
  }
}

const VERSION = ', version = "1.2.0"'

/** Mistakes in manifests of crates. */
export const BAD_CRATES: Record<string, Bad> = {
  'a published crate that needs one with `publish = []`': {
    files: withSibling('[]', VERSION),
    problems: ['error private-dependency b/Cargo.toml:8'],
  },
  'a published crate that needs a private one by its path alone, which a version would not help': {
    files: withSibling('false', ''),
    problems: ['error private-dependency b/Cargo.toml:8'],
  },
  'a crate for crates.io that needs one of a private registry': {
    files: withSibling('["ours"]', VERSION),
    problems: ['error private-dependency b/Cargo.toml:8'],
  },
}
