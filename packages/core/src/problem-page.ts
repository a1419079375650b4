import { CODES_WITH_PAGE } from './problem-pages.ts'

/** Folder of the pages, relative to the repository of Slipway. */
const FOLDER = 'docs/problems'

/** `owner/name` of a repository. */
const REPOSITORY = /^[\w-][\w.-]*\/[\w-][\w.-]*$/

/** A branch, tag or commit without characters that mean something in an address. */
const REF = /^[\w-][\w.+-]*(?:\/[\w-][\w.+-]*)*$/

/**
 * Returns the address of a problem's page, or null for a code without one, such as that of another action's annotation.
 * In a job, the address is a web page of the action's repository at its ref (GitHub, default environment variables:
 * GITHUB_SERVER_URL, GITHUB_ACTION_REPOSITORY and GITHUB_ACTION_REF). Elsewhere, and where the runner leaves these
 * variables empty (local actions, composite actions), it is the path of the page in Slipway's repository.
 * @param env the environment of an action; left out by the command, since a job's variables name another action
 */
export function problemPage(code: string, env: Readonly<Record<string, string | undefined>> = {}): string | null {
  if (!CODES_WITH_PAGE.has(code)) return null
  const path = `${FOLDER}/${code}.md`
  const { GITHUB_SERVER_URL: server = '', GITHUB_ACTION_REPOSITORY: repository = '', GITHUB_ACTION_REF: ref = '' } = env
  const isKnown = /^https?:\/\//.test(server) && URL.canParse(server) && REPOSITORY.test(repository) && REF.test(ref)
  if (env.GITHUB_ACTIONS !== 'true' || !isKnown) return path
  return new URL(`/${repository}/blob/${ref}/${path}`, server).href
}
