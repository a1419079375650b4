import { judgeLogins } from '../trust/judge.ts'
import { workflowLogins } from '../trust/publishing-jobs.ts'
import type { Check } from './check.ts'

/** The logins of the project's own workflows, as far as their files tell. */
export const checkLogins: Check = async ({ folder }) => judgeLogins(await workflowLogins(folder))
