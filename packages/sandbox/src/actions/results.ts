import { type Answer, json, type Service } from '../service.ts'
import { Store } from '../store.ts'
import { blobRoutes, signedUrl } from './blobs.ts'
import { type Call, callOf, checkJob, notFound, refusal, type Setting, stringField, tokenOf } from './call.ts'
import type { Artifact, Job, Sees, State } from './state.ts'

/** The service that stores the artifacts of workflow runs. */
export interface Results {
  service: Service
  /**
   * Sets whether a name used by an earlier attempt is refused like one of the same attempt, as GitHub does at times.
   */
  setConflicts(enabled: boolean): void
  /**
   * Makes the runtime token of a job.
   * @throws Error if its attempt began with another `sees`
   */
  issue(job: Job, sees?: Sees): string
}

/** The methods of `github.actions.results.api.v1.ArtifactService`, as `@actions/artifact` calls them. */
const METHODS: Readonly<Record<string, (call: Call) => Answer>> = {
  CreateArtifact: create,
  FinalizeArtifact: finalize,
  ListArtifacts: list,
  GetSignedArtifactURL: address,
  DeleteArtifact: remove,
}
const PATH = /^\/twirp\/github\.actions\.results\.api\.v1\.ArtifactService\/(?<method>\w+)$/

/** Makes the service, with its state in a folder. `secret` signs runtime tokens and blob addresses. */
export function resultsService({ folder, secret }: { folder: string; secret: string }): Results {
  const store = new Store<State>(folder, { lastId: 0, runs: {}, artifacts: [] })
  const setting: Setting = { store, secret, conflicts: false }
  const badRoute = (path: string) => refusal(404, 'bad_route', `no handler for path ${path}`)
  return {
    service: {
      name: 'results',
      routes: [
        {
          method: 'POST',
          path: PATH,
          handle: (request, { method = '' }) => {
            const answer = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined
            if (!answer) throw badRoute(request.path)
            return answer(callOf(request, setting))
          },
        },
        ...blobRoutes(store, secret),
      ],
      unknown: ({ path }) => badRoute(path).answer,
    },
    setConflicts: (enabled) => {
      setting.conflicts = enabled
    },
    issue: (job, sees) => {
      if (job.attempt > 1) store.change((state) => begin(state, job, sees))
      return tokenOf(store.state, job, secret)
    },
  }
}

/**
 * Begins an attempt unless it exists.
 * @throws Error if it began with another `sees`
 */
function begin({ runs }: State, { run, attempt }: Job, sees: Sees | undefined): void {
  runs[run] ??= {}
  const before = runs[run][attempt]
  if (before && sees && before !== sees) {
    throw new Error(`Attempt ${attempt} of run ${run} began with sees: ${before}.`)
  }
  runs[run][attempt] = before ?? sees ?? 'earlier'
}

/** Whether a job finds an artifact: one of its own attempt, or of an earlier one in its backend run. */
function isSeen({ runId, attempt }: Call, artifact: Artifact): boolean {
  return artifact.runId === runId && artifact.attempt <= attempt
}

function create(call: Call): Answer {
  const { store, secret, conflicts, request, body, runId, jobId, attempt } = call
  checkJob(call)
  const name = stringField(body, 'name')
  return store.change((state) => {
    const before = state.artifacts.filter((each) => isSeen(call, each) && each.name === name)
    if (before.some((each) => each.attempt === attempt || conflicts)) {
      throw refusal(409, 'already_exists', 'an artifact with this name already exists on the workflow run')
    }
    state.lastId += 1
    const artifact: Artifact = {
      id: state.lastId,
      runId,
      jobId,
      attempt,
      name,
      // Clients before version 7 of the request send none.
      mimeType: String(body.mime_type ?? 'application/zip'),
      createdAt: new Date().toISOString(),
      size: 0,
      sha256: null,
      finalized: false,
    }
    state.artifacts.push(artifact)
    return {
      ...json(200, { ok: true, signed_upload_url: signedUrl(request.origin, artifact, 'w', secret) }),
      effect: `artifact ${name} begun`,
    }
  })
}

function finalize(call: Call): Answer {
  const { store, body, jobId } = call
  checkJob(call)
  const name = stringField(body, 'name')
  return store.change((state) => {
    const artifact = state.artifacts.find((each) => each.jobId === jobId && each.name === name)
    if (!artifact) throw notFound()
    // A size of 0 is a default value, which the JSON form omits. This check catches bytes lost on the way.
    const size = Number(body.size ?? 0)
    if (artifact.sha256 === null || artifact.size !== size) {
      throw refusal(400, 'invalid_argument', `${artifact.size} bytes were uploaded, not ${size}`)
    }
    if (body.hash !== undefined && body.hash !== `sha256:${artifact.sha256}`) {
      throw refusal(400, 'invalid_argument', 'hash is not that of the uploaded bytes')
    }
    const effect = artifact.finalized ? undefined : `artifact ${name} uploaded`
    artifact.finalized = true
    return { ...json(200, { ok: true, artifact_id: String(artifact.id) }), effect }
  })
}

/** Lists artifacts, oldest first: a client that wants the newest of a name has to choose it. */
function list(call: Call): Answer {
  const { name_filter: name, id_filter: id } = call.body
  const found = call.store.state.artifacts.filter(
    (each) =>
      each.finalized &&
      isSeen(call, each) &&
      (name === undefined || each.name === name) &&
      (id === undefined || String(each.id) === String(id)),
  )
  return json(200, {
    artifacts: found.map((each) => ({
      workflow_run_backend_id: each.runId,
      workflow_job_run_backend_id: each.jobId,
      database_id: String(each.id),
      name: each.name,
      size: String(each.size),
      created_at: each.createdAt,
      digest: `sha256:${each.sha256}`,
    })),
  })
}

function address(call: Call): Answer {
  const artifact = named(call.store.state, call)
  return json(200, { name: artifact.name, signed_url: signedUrl(call.request.origin, artifact, 'r', call.secret) })
}

function remove(call: Call): Answer {
  return call.store.change((state) => {
    const artifact = named(state, call)
    state.artifacts = state.artifacts.filter((each) => each !== artifact)
    return {
      ...json(200, { ok: true, artifact_id: String(artifact.id) }),
      effect: `artifact ${artifact.name} deleted`,
    }
  })
}

/**
 * Finds the artifact that a request names by its job and its name.
 * @throws Refusal 404
 */
function named(state: Readonly<State>, call: Call): Artifact {
  const { name, workflow_job_run_backend_id: jobId } = call.body
  const found = state.artifacts.find(
    (each) => each.finalized && isSeen(call, each) && each.jobId === jobId && each.name === name,
  )
  if (!found) throw notFound()
  return found
}
