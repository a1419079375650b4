import { expect, test } from '@jest/globals'
import { isOfModule, readsOf } from '@slipway/project/cargo/included-files'

const paths = (text: string) => readsOf('src/lib.rs', text).reads.map(({ line, path }) => `${line} ${path}`)

test.each<[string, string, string[]]>([
  ['each of the macros', 'include!("a"); include_str!("b");\ninclude_bytes!("c")', ['1 a', '1 b', '2 c']],
  ['a path on the next line', 'const A: &str = include_str!(\n    "a.txt"\n);', ['1 a.txt']],
  ['brackets', 'include_str!["a"] include_str!{ "b" }', ['1 a', '1 b']],
  ['what is made of parts', 'include!(concat!(env!("OUT_DIR"), "/a.rs")); my_include_str!("a")', []],
  ['comments', '// include_str!("a")\n/* include_str!("b") /* */ include_str!("c") */ include_str!("d")', ['2 d']],
  ['a comment without an end', '/* /* */ include_str!("a")', []],
  ['strings', '"include_str!(" "\\" include_str!(\\"a\\")" r#"include_str!("a")"# include_str!("b")', ['1 b']],
  ['characters and lifetimes', `fn f<'a>(x: &'a str) { '"'; '\\''; '\\u{22}'; b'"'; include_str!("a") }`, ['1 a']],
  ['a condition', '#[cfg(feature = "x")]\nconst A: &str = include_str!("a");', ['2 a']],
  ['documentation', '#![doc = include_str!("../README.md")]', ['1 ../README.md']],
  ['documentation on docs.rs', '#![cfg_attr(docsrs, doc = include_str!("a"))]', ['1 a']],
  ['documentation that is only tested', '#![cfg_attr(doctest, doc = include_str!("a"))]\ninclude!("b");', ['2 b']],
  ['what is only tested', 'include!("a");\n#[cfg(doctest)]\n#[doc = include_str!("b")]\nstruct Readme;', ['1 a']],
  ['unit tests', '#[cfg(all(test, unix))]\nmod tests { const A: &str = include_str!("a"); }', []],
  ['what is not for tests', '#[cfg(not(test))]\nconst A: &str = include_str!("a");', ['2 a']],
  ['what follows a module of tests', '#[cfg(test)]\nmod tests;\ninclude!("a");', ['3 a']],
])('the files that a source includes: %s', (_, text, expected) => {
  expect(paths(text)).toEqual(expected)
})

test.each<[string, string, string[]]>([
  ['src/lib.rs', '#[cfg(test)]\nmod tests;\n#[cfg(test)] pub(crate) mod r#more;', ['src/tests', 'src/more']],
  ['src/a/mod.rs', '#[cfg(test)] mod tests;', ['src/a/tests']],
  ['src/a.rs', '#[cfg(test)] mod tests;', ['src/a/tests']],
  ['src/a.rs', '#[cfg(test)] #[path = "a_test.rs"] mod tests;', ['src/a_test']],
  ['src/a.rs', '#[cfg(unix)] mod unix; mod tests;', []],
])('the modules for tests only, of %s: %s', (source, text, expected) => {
  expect(readsOf(source, text).testModules).toEqual(expected)
})

test('whether a source belongs to a module', () => {
  const sources = ['src/tests.rs', 'src/tests/mod.rs', 'src/tests/deep/a.rs', 'src/tests2.rs', 'src/lib.rs']
  expect(sources.filter((each) => isOfModule(each, ['src/tests']))).toEqual(sources.slice(0, 3))
})

test.each([
  '"\\"'.repeat(500_000),
  'r#"'.repeat(500_000),
  '/*'.repeat(1_000_000),
  'include!('.repeat(300_000),
  '#[cfg(test'.repeat(300_000),
  "'\\u{".repeat(300_000),
  `include!(${' '.repeat(2_000_000)}`,
  'include!("a");\n'.repeat(100_000),
])('reads a hostile source at once: %.20s', (text) => {
  expect(readsOf('src/lib.rs', `include!("x");\n${text}`).reads[0]).toEqual({ line: 1, path: 'x' })
})
