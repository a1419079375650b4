// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a shell's variables
import { expect, test } from '@jest/globals'
import type { Tree } from '../../../trees.ts'
import { expression, reported } from './workflow.ts'

const BY_TAG = 'warning workflow-notes-by-tag'
const NOTES = 'sed -n "/## \\[$TAG\\]/,/^## /p" CHANGELOG.md > notes.md'
const WITH_V = { 'CHANGELOG.md': '# Changelog\n\n## [v1.2.0-rc.1] - 2025-01-02\n\n- New.\n' }
test.each<[string, string, Tree, string[]]>([
  ['the tag', `steps:\n  - run: |\n      TAG=$GITHUB_REF_NAME\n      ${NOTES}`, {}, [`${BY_TAG} :7`]],
  ['the tag by GitHub', `steps:\n  - run: awk "/${expression('github.ref_name')}/" CHANGELOG.md`, {}, [`${BY_TAG} :5`]],
  ['the tag without its v', `steps:\n  - run: |\n      TAG=\${GITHUB_REF_NAME#v}\n      ${NOTES}`, {}, []],
  ['the ref without its v', `steps:\n  - run: |\n      TAG=\${GITHUB_REF#refs/tags/v}\n      ${NOTES}`, {}, []],
  ['the tag, cut', `steps:\n  - run: |\n      TAG=$(echo $GITHUB_REF_NAME | sed 's/^v//')\n      ${NOTES}`, {}, []],
  ['the tag, as headings have it', `steps:\n  - run: |\n      TAG=$GITHUB_REF_NAME\n      ${NOTES}`, WITH_V, []],
  ['something else', `steps:\n  - run: |\n      TAG=Unreleased\n      ${NOTES}`, {}, []],
  ['the tag elsewhere', `steps:\n  - run: |\n      TAG=$GITHUB_REF_NAME\n      sed -n "/$TAG/p" other.md`, {}, []],
])('headings without v, searched for %s', async (_, lines, changes, expected) => {
  expect(await reported(lines, changes)).toEqual(expected)
})

/** Returns a step that assigns and searches for `$VERSION`, and also names the tag. */
const given = (version: string) =>
  `steps:\n  - run: |\n      VERSION=${version}\n      echo "releasing $GITHUB_REF_NAME"\n      ${NOTES.replace('TAG', 'VERSION')}`
test.each([
  '$(echo "$GITHUB_REF_NAME" | cut -d v -f 2)',
  '$(echo $GITHUB_REF_NAME | cut -dv -f2)',
  "$(echo $GITHUB_REF_NAME | sed 's/v//')",
  "$(echo ${GITHUB_REF_NAME} | sed -E 's/^[vV]//')",
  "$(echo $GITHUB_REF_NAME | awk -Fv '{print $2}')",
  "$(echo $GITHUB_REF_NAME | grep -oE '[0-9]+\\.[0-9]+\\.[0-9]+')",
  '${GITHUB_REF_NAME/v/}',
  '${GITHUB_REF##*/v}',
  '${GITHUB_REF##*v}',
  '${GITHUB_REF_NAME#"v"}',
  '${GITHUB_REF_NAME#[vV]}',
  '${GITHUB_REF_NAME#?}',
  '${GITHUB_REF:11}',
  '$(cargo pkgid | cut -d# -f2) # $GITHUB_REF',
  '$GITHUB_REF_NAME; VERSION=${VERSION#v}',
  '$GITHUB_REF_NAME; read -r VERSION < version',
  '$GITHUB_REF_NAME; . ./version.sh',
])('VERSION=%s may have no v', async (version) => {
  expect(await reported(given(version))).toEqual([])
})

test.each([
  '$GITHUB_REF_NAME',
  '"${GITHUB_REF_NAME}"',
  '${GITHUB_REF#refs/tags/}',
  '${GITHUB_REF##*/}',
  '${GITHUB_REF/refs\\/tags\\//}',
  '${GITHUB_REF:10}',
  '$(git describe --tags --abbrev=0)',
  expression('github.event.release.tag_name'),
])('VERSION=%s has the v', async (version) => {
  expect(await reported(given(version))).toEqual([`${BY_TAG} :8`])
})

test.each([
  '$(git describe --tags $(git rev-list --tags --max-count=1))',
  '"$(git describe --tags --abbrev=0 2>/dev/null)"',
  '$(echo "$GITHUB_REF" | sed "s|refs/tags/||")',
  "$(echo $GITHUB_REF | sed -e 's/^refs\\/tags\\///')",
  '$(echo ${GITHUB_REF} | cut -d/ -f3)',
  '$(basename "$GITHUB_REF")',
])('VERSION=%s prints the tag with its v', async (version) => {
  expect(await reported(given(version))).toEqual([`${BY_TAG} :8`])
})

/** Returns a step that sets `$VERSION` in both arms of an `if`, and searches for it. */
const either = (one: string, other: string) =>
  `steps:\n  - run: |\n      if [ "$X" ]; then\n        ${one}\n      else\n        ${other}\n      fi\n      ${NOTES.replace('TAG', 'VERSION')}`
test.each<[string, string, boolean]>([
  ['VERSION=$GITHUB_REF_NAME', 'VERSION=$(cat version)', true],
  ['VERSION=$(cat version)', 'VERSION=$(git describe --tags --abbrev=0)', true],
  ['VERSION=$(cat version)', 'if x; then VERSION=$(y); else VERSION=$GITHUB_REF_NAME; fi', true],
  // The arms tell tags with and without a v apart.
  ['VERSION=${GITHUB_REF_NAME#v}', 'VERSION=$GITHUB_REF_NAME', false],
  ['VERSION=$(echo $GITHUB_REF_NAME | sed s/v//)', 'VERSION=$GITHUB_REF_NAME', false],
  ['VERSION=$GITHUB_REF_NAME', 'VERSION=$(git describe --tags | tr -d v)', false],
  ['VERSION=$(cat version)', 'VERSION=$(cat other)', false],
  ['VERSION=$GITHUB_REF_NAME; VERSION=$(cat version)', 'VERSION=$(cat other)', false],
  ['VERSION=$(cat version)', 'echo $GITHUB_REF_NAME', false],
])('VERSION is set by %p or %p', async (one, other, isReported) => {
  expect(await reported(either(one, other))).toEqual(isReported ? [`${BY_TAG} :11`] : [])
})

test('what only an `if` without `else` changes is not followed', async () => {
  const lines = 'VERSION=$GITHUB_REF_NAME\n      if [[ $VERSION == v* ]]; then VERSION=${VERSION#v}; fi'
  expect(await reported(`steps:\n  - run: |\n      ${lines}\n      ${NOTES.replace('TAG', 'VERSION')}`)).toEqual([])
})

const run = (...lines: string[]) => `  - run: |\n${lines.map((each) => `      ${each}\n`).join('')}`
const AWK = `awk "/^## \\[$TAG\\]/{f=1;next} /^## \\[/{f=0} f" CHANGELOG.md > notes.md`
const BODY = ['  $0 ~ "^## \\\\["ver { p=1; next }', '  /^## / { p=0 }', '  p', "' CHANGELOG.md > notes.md"]
test.each<[string, string, string[]]>([
  [
    "a step's env",
    `steps:\n  - env: {TAG: "${expression('github.ref_name')}"}\n    run: |\n      ${AWK}`,
    [`${BY_TAG} :7`],
  ],
  ["a job's env", `env: {TAG: "${expression('github.ref_name')}"}\nsteps:\n${run(AWK)}`, [`${BY_TAG} :7`]],
  ['an env of another', `env: {TAG: "${expression('inputs.version')}"}\nsteps:\n${run(AWK)}`, []],
  [
    'an output',
    `steps:\n  - id: v\n    run: echo "version=\${GITHUB_REF#refs/tags/}" >> "$GITHUB_OUTPUT"\n${run(AWK.replace('$TAG', expression('steps.v.outputs.version')))}`,
    [`${BY_TAG} :8`],
  ],
  [
    'an output without it',
    `steps:\n  - id: v\n    run: echo "version=\${GITHUB_REF#refs/tags/v}" >> "$GITHUB_OUTPUT"\n${run(AWK.replace('$TAG', expression('steps.v.outputs.version')))}`,
    [],
  ],
  [
    'an output of two values',
    `steps:\n  - id: v\n    run: |\n      echo "version=\${GITHUB_REF#refs/tags/v}" >> "$GITHUB_OUTPUT"\n      echo "version=$GITHUB_REF_NAME" >> "$GITHUB_OUTPUT"\n${run(AWK.replace('$TAG', expression('steps.v.outputs.version')))}`,
    [],
  ],
  [
    'the environment file',
    `steps:\n  - run: echo "TAG=$GITHUB_REF_NAME" >> $GITHUB_ENV\n${run(AWK)}`,
    [`${BY_TAG} :7`],
  ],
  [
    'the environment file, then others',
    `steps:\n  - run: echo "TAG=$GITHUB_REF_NAME" >> $GITHUB_ENV\n  - run: ./version.sh >> $GITHUB_ENV\n${run(AWK)}`,
    [],
  ],
  ["awk's variable", `steps:\n${run(`awk -v ver="$GITHUB_REF_NAME" '`, ...BODY)}`, [`${BY_TAG} :6`]],
  [
    "awk's variable, changed",
    `steps:\n${run(`awk -v ver="$GITHUB_REF_NAME" '`, '  BEGIN { sub(/^v/, "", ver) }', ...BODY)}`,
    [],
  ],
  [
    "awk's variable, printed",
    `steps:\n${run(`awk -v tag="$GITHUB_REF_NAME" '/^## /{n++} n==1{print} END{print tag}' CHANGELOG.md > notes.md`)}`,
    [],
  ],
  [
    'python',
    `steps:\n${run('python - <<EOF', 'import re', 'text = open("CHANGELOG.md").read()', 'print(re.search(r"## \\[$GITHUB_REF_NAME\\].*", text))', 'EOF')}`,
    [`${BY_TAG} :6`],
  ],
  [
    'python, not expanded',
    `steps:\n${run("python - <<'EOF'", 'import re', 'text = open("CHANGELOG.md").read()', 'print(re.search(r"## \\[$GITHUB_REF_NAME\\].*", text))', 'EOF')}`,
    [],
  ],
  [
    'git describe',
    `steps:\n${run('T=$(git describe --tags)', 'sed -n "/$T/,/^## /p" CHANGELOG.md')}`,
    [`${BY_TAG} :7`],
  ],
  ['a pipe', `steps:\n${run('cat CHANGELOG.md | sed -n "/$GITHUB_REF_NAME/,/^## /p" > notes.md')}`, [`${BY_TAG} :6`]],
  ['a variable', `steps:\n${run('NOTES=$(sed -n "/$GITHUB_REF_NAME/,/^## /p" CHANGELOG.md)')}`, [`${BY_TAG} :6`]],
  ['no search', `steps:\n${run('echo "$GITHUB_REF_NAME"', "awk '/^## \\[/{n++} n==1' CHANGELOG.md > notes.md")}`, []],
  ['a replacement', `steps:\n${run('sed "s/Unreleased/$GITHUB_REF_NAME/" CHANGELOG.md > notes.md')}`, []],
  ['an output file', `steps:\n${run('sed -n 1,9p CHANGELOG.md > $GITHUB_REF_NAME.md')}`, []],
  [
    'the first of two searches',
    `steps:\n${run(AWK.replace('TAG', 'GITHUB_REF_NAME'), `[ -s notes.md ] || ${AWK}`)}`,
    [],
  ],
  ['a question', `steps:\n${run('grep -q "$GITHUB_REF_NAME" CHANGELOG.md')}`, []],
  ['a handled failure', `steps:\n${run('sed -n "/$GITHUB_REF_NAME/q1" CHANGELOG.md || exit 1')}`, []],
])('a search for the tag by %s', async (_, lines, expected) => {
  expect(await reported(lines)).toEqual(expected)
})
