// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a Dockerfile's variables
import { expect, test } from '@jest/globals'
import { UNSET } from '@slipway/documents/variables'
import { basesOf, readStages, withArguments } from '@slipway/project/images/dockerfile'

/** Stages as `line: from as name`. */
function stagesOf(text: string): string[] {
  return readStages(text).map(({ line, from, name }) => `${line}: ${from}${name === null ? '' : ` as ${name}`}`)
}

test.each<[string, string, string[]]>([
  ['one stage', 'FROM python:3.11\n', ['1: python:3.11']],
  ['nothing', '', []],
  ['comments only', '# FROM a\n', []],
  ['instructions in any case', 'from a aS B\nFrom b\n', ['1: a as b', '2: b']],
  ['a platform', 'FROM --platform=$BUILDPLATFORM rust:1.85 AS build', ['1: rust:1.85 as build']],
  ['a digest', `FROM a@sha256:${'0'.repeat(64)} AS x`, [`1: a@sha256:${'0'.repeat(64)} as x`]],
  ['blanks, tabs and CRLF', '\uFEFF  FROM\ta \tAS  b  \r\n\r\nRUN x\r\nFROM c\r\n', ['1: a as b', '4: c']],
  ['a continued line', 'FROM \\\n  # why\n\n  a \\\n  AS b\nFROM c', ['1: a as b', '6: c']],
  ['blanks after the escape', 'FROM a \\  \t\n AS b', ['1: a as b']],
  ['an escape that is escaped', 'RUN echo \\\\\nFROM a', ['2: a']],
  ['a last line that is continued', 'FROM a \\', ['1: a']],
  ['FROM in a continued RUN', 'FROM a\nRUN x \\\nFROM b\n', ['1: a']],
  ['another escape', '# escape=`\nFROM a `\n AS b\nRUN dir C:\\\nFROM c', ['2: a as b', '5: c']],
  ['an escape among directives', '#syntax=x/y:1\n# ESCAPE = `\nFROM a `\n AS b', ['3: a as b']],
  ['a directive below a comment', '# about\n# escape=`\nFROM a \\\n AS b', ['3: a as b']],
  ['a directive below an empty line', '\n# escape=`\nFROM a \\\n AS b', ['3: a as b']],
  ['a here-document', 'FROM a\nRUN <<EOF\nFROM x\nEOF\nFROM b', ['1: a', '5: b']],
  ['a here-document with tabs', 'FROM a\nRUN python <<-"E" > /x\nFROM x\n\t\tE\nFROM b', ['1: a', '5: b']],
  ['two here-documents', "FROM a\nCOPY <<A <<'B' /d/\nFROM x\nB\nA\nFROM y\nB\nFROM b", ['1: a', '8: b']],
  ['one with a descriptor', 'FROM a\nRUN cat 3<<E\nFROM x\nE\nFROM b', ['1: a', '5: b']],
  ['one that does not end', 'FROM a\nRUN <<EOF\nFROM x\n', ['1: a']],
  ['no here-document: in quotes', 'FROM a\nRUN echo "x <<EOF"\nFROM b', ['1: a', '3: b']],
  ['no here-document: a string', 'FROM a\nRUN cat <<<x\nFROM b', ['1: a', '3: b']],
  ['no here-document: a label', 'FROM a\nLABEL x=y <<EOF\nFROM b', ['1: a', '3: b']],
])('stages: %s', (_, text, expected) => expect(stagesOf(text)).toEqual(expected))

test.each([
  ['ARG A=x\nFROM $A', 'x'],
  ['ARG A=x\nFROM ${A}', 'x'],
  ['ARG A=x\nFROM r/${A}-$A:$A', 'r/x-x:x'],
  ['ARG A="x" B=\'y\'\nFROM "$A/$B"', 'x/y'],
  ['arg A=x\nARG B=$A-y\nFROM $B', 'x-y'],
  ['ARG A=x\nARG A=y\nFROM $A', 'y'],
  ['FROM ${A:-x}', 'x'],
  ['FROM ${A-x}', 'x'],
  ['ARG A=\nFROM ${A:-x}', 'x'],
  ['ARG A=\nFROM y${A-x}', 'y'],
  ['ARG A=1\nFROM ${A:-x}', '1'],
  ['ARG A=1\nFROM y${A:+x}', 'yx'],
  ['FROM y${A:+x}', 'y'],
  ['ARG A=\nFROM y${A:+x}', 'y'],
  ['ARG A=\nFROM y${A+x}', 'yx'],
  ['ARG B=b\nFROM ${A:-r/${B:-c}:${C:-1}}', 'r/b:1'],
  ['ARG A=1\nFROM ${A:?none}', '1'],
  ['FROM $A', UNSET],
  ['ARG A\nFROM x:$A', `x:${UNSET}`],
  ['FROM ${A:?none}', UNSET],
  ['ARG A=a\nFROM ${A#a}', UNSET],
  ['FROM ${A:-x', UNSET],
  ['FROM ${__proto__}', UNSET],
  ["ARG A=x\nFROM '$A'", '$A'],
  ['ARG A=x\nFROM y AS b\nARG A=z\nFROM $A', 'y'],
])('%j begins from %j', (text, from) => expect(readStages(text)[0]?.from).toBe(from))

test('arguments below the first FROM belong to a stage', () => {
  expect(readStages('ARG A=x\nFROM y\nARG A=z\nFROM $A').map((each) => each.from)).toEqual(['y', 'x'])
})

test('bases are images, each once: no stages, no scratch, nothing unknown or invalid', () => {
  const text = [
    'ARG BASE=python:3.11-slim',
    'FROM rust:1.85 AS Build',
    'FROM build AS more',
    'FROM $BASE AS run',
    'FROM rust:1.85',
    'FROM scratch',
    'FROM $UNKNOWN',
    'FROM Upper/Case',
    'FROM later',
    'FROM a AS later',
    'FROM later',
  ]
  expect(basesOf(readStages(text.join('\n')))).toEqual(['rust:1.85', 'python:3.11-slim', 'later', 'a'])
})

test.each([
  ['one stage', 'FROM a\nRUN b\n', 'FROM a\nARG X=1\nARG Y=2\nRUN b\n'],
  ['stages', 'ARG V\nFROM a AS b\nFROM b', 'ARG V\nFROM a AS b\nARG X=1\nARG Y=2\nFROM b\nARG X=1\nARG Y=2'],
  ['a continued line', 'FROM a \\\n  # why\n  AS b\nRUN c\n', 'FROM a \\\n  # why\n  AS b\nARG X=1\nARG Y=2\nRUN c\n'],
  ['a here-document', 'FROM a\nRUN <<E\nFROM b\nE\n', 'FROM a\nARG X=1\nARG Y=2\nRUN <<E\nFROM b\nE\n'],
  ['no stage', '# FROM a\n', '# FROM a\n'],
])('arguments are added to every stage of a Dockerfile with %s', (_, text, expected) => {
  expect(withArguments(text, { X: '1', Y: '2' })).toBe(expected)
})

test('arguments that double each other do not fill the memory', () => {
  const doubling = Array.from({ length: 200 }, (_, index) => `ARG A${index + 1}=$A${index}$A${index}`)
  expect(readStages(['ARG A0=x', ...doubling, 'FROM $A200'].join('\n'))[0]?.from).toContain(UNSET)
  expect(readStages(['ARG A0=x', ...doubling, 'FROM $A3'].join('\n'))[0]?.from).toBe('x'.repeat(8))
})

test('braces may be nested deeply', () => {
  const text = `FROM ${'$\u007bA:-'.repeat(1000)}x${'}'.repeat(1000)}`
  expect(readStages(text)[0]?.from).toBe('x')
})

test.each([
  ['quotes', `RUN ${'"\'"'.repeat(5e5)}`],
  ['escapes', `RUN ${'\\"'.repeat(1e6)}`],
  ['blanks', `# a = b${' '.repeat(2e6)}c\nRUN x${' '.repeat(2e6)}y`],
  ['continuations', 'RUN a \\\n'.repeat(3e5)],
  ['here-documents', `RUN ${'<<A '.repeat(3e5)}`],
  ['stages', 'FROM a AS b\n'.repeat(3e5)],
  ['braces', `FROM ${'$\u007bA:-'.repeat(5e5)}`],
])('reads a file of nothing but %s', (_, text) => {
  expect(basesOf(readStages(`FROM x\n${text}\n`))).toContain('x')
})
