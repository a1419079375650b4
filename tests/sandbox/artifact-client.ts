import { DefaultArtifactClient } from '@actions/artifact'

/** A method call to the real client, in the environment of a job. */
interface ClientCall {
  env: Record<string, string>
  method: string
  args: unknown[]
}

const client = new DefaultArtifactClient() as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
delete process.env.GITHUB_SERVER_URL

/** Answers each message of the parent with `{result}` or `{error}`. */
process.on('message', async ({ env, method, args }: ClientCall) => {
  Object.assign(process.env, env)
  try {
    process.send?.({ result: await client[method]?.(...args) })
  } catch (error) {
    process.send?.({ error: (error as Error).message })
  }
})
