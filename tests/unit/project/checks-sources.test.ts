import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/project/plan'
import { plant, type Tree, workspace } from './trees.ts'

async function told(changes: Tree): Promise<string[]> {
  const { problems } = await planProject(await plant(workspace(changes)))
  return problems.map(({ severity, code, where }) => `${severity} ${code} ${where?.file}:${where?.line}`)
}

const RUST = 'core/src/lib.rs'
const PYTHON = 'py/python/demo/more.py'
test.each([
  [RUST, 'fn f() {\n    dbg!(1);\n}\n', ['notice debug-code-left core/src/lib.rs:2']],
  [
    RUST,
    'todo!()\nunimplemented!("x")',
    ['notice debug-code-left core/src/lib.rs:1', 'notice debug-code-left core/src/lib.rs:2'],
  ],
  [RUST, '// dbg!(1)\nlet s = "dbg!(1)";\nmy_dbg!(1);\nlet todo = 1;', []],
  [RUST, 'fn f() {}\n#[cfg(test)]\nmod tests {\n  dbg!(1); // TODO\n}', []],
  [RUST, 'fn f() {} // TODO: g\n', ['notice todo-left core/src/lib.rs:1']],
  [RUST, 'let s = "TODO";\nconst TODO: u8 = 1; // todos', []],
  [RUST, "fn f<'a>(x: &'a str) { dbg!(x); } // isn't", ['notice debug-code-left core/src/lib.rs:1']],
  [RUST, 'let s = "\ndbg!(1)', ['notice debug-code-left core/src/lib.rs:2']],
  ['core/src/tests.rs', 'dbg!(1)', []],
  ['core/tests/it.rs', 'dbg!(1)', []],
  ['core/build/x.rs', 'dbg!(1)', []],
  [
    PYTHON,
    'import pdb\n\npdb.set_trace()\nbreakpoint()\n',
    [1, 3, 4].map((line) => `notice debug-code-left ${PYTHON}:${line}`),
  ],
  [PYTHON, "x = 1  # Don't: FIXME\n", [`notice todo-left ${PYTHON}:1`]],
  [PYTHON, 'x = 1  # FIXME\n', [`notice todo-left ${PYTHON}:1`]],
  [PYTHON, 'print("# TODO")\nset_breakpoint()\n# import pdb\n', []],
  ['py/tests/test_x.py', 'breakpoint()', []],
  ['tools/x.py', 'breakpoint()', []],
])('in %s, %p', async (file, text, expected) => {
  expect(await told({ [file]: text })).toEqual(expected)
})

test('what is left many times is counted', async () => {
  const { problems } = await planProject(await plant(workspace({ [RUST]: '// TODO\n'.repeat(12) })))
  expect(problems.map((each) => each.where?.line)).toEqual([1, 2, 3, 4, 5])
  expect(problems[4]?.message).toContain('in 7 other lines')
  expect(problems[3]?.message).not.toContain('other')
})
