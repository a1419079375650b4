/** Facts about a job, by the names of GitHub's claims (GitHub, "OpenID Connect reference"). All are strings. */
export type Claims = Record<string, string>

/**
 * Returns the claims of a job: the known ones, and fitting values for the others. `workflow_ref` is the workflow that
 * started the run; in a called workflow, `job_workflow_ref` is the called file.
 */
export function claimsOf(known: Readonly<Claims>): Claims {
  const { repository = 'someone/project', ref = 'refs/tags/v1.0.0', environment } = known
  const { sha = '0'.repeat(40), event_name = 'push' } = known
  const owner = repository.split('/')[0] as string
  const workflow = `${repository}/.github/workflows/release.yml@${ref}`
  const workflow_ref = known.workflow_ref ?? workflow
  const workflow_sha = known.workflow_sha ?? sha
  const job_workflow_ref = known.job_workflow_ref ?? workflow_ref
  return {
    sub: `repo:${repository}:${context(event_name, ref, environment)}`,
    repository,
    repository_id: '2',
    repository_owner: owner,
    repository_owner_id: '1',
    repository_visibility: 'public',
    actor: owner,
    actor_id: '1',
    ref,
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: 'false',
    head_ref: '',
    base_ref: '',
    sha,
    event_name,
    workflow: 'Release',
    workflow_ref,
    workflow_sha,
    job_workflow_ref,
    job_workflow_sha: isOwn(job_workflow_ref, workflow_ref) ? workflow_sha : '1'.repeat(40),
    run_id: '1',
    run_number: '1',
    run_attempt: '1',
    check_run_id: '1',
    ...(environment !== undefined && { environment_node_id: 'EN_1' }),
    runner_environment: 'github-hosted',
    ...known,
  }
}

/** Returns the second part of the subject: the environment, the pull request or the ref, in that order. */
function context(event: string, ref: string, environment: string | undefined): string {
  if (environment !== undefined) return `environment:${environment.replaceAll(':', '%3A')}`
  return event === 'pull_request' ? 'pull_request' : `ref:${ref}`
}

/** Whether a called workflow has the caller's repository and ref, and therefore its commit. */
function isOwn(called: string, caller: string): boolean {
  const [from, by] = [called, caller].map((each) => /^([^/]+\/[^/]+)\/.*?@(.*)$/s.exec(each)?.slice(1).join('@'))
  return called === caller || (from !== undefined && from === by)
}
