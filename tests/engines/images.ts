import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import type { BuildImageOptions } from '@slipway/toolchain/engine/engine'
import { realPorts } from '../unit/toolchain/ports.ts'
import type { Env } from './daemon.ts'
import { programFile } from './harness.ts'

/** The one program of the images here: Debian's static busybox. */
export const BUSYBOX = '/bin/busybox'

/** Two stages, the last without a file of the first; prints its build argument. */
const DOCKERFILE = `FROM scratch AS app
ARG WHO=nobody
ARG DEPLOY_TOKEN
COPY busybox ${BUSYBOX}
RUN ["${BUSYBOX}", "sh", "-c", "echo $WHO > /who; echo of $DEPLOY_TOKEN > /token"]
ENTRYPOINT ["${BUSYBOX}", "false"]
FROM scratch
COPY busybox /other
`

const FAILING = `FROM scratch
COPY busybox ${BUSYBOX}
RUN ["${BUSYBOX}", "sh", "-c", "echo what went wrong; exit 3"]
`

const REACHING = `FROM scratch
ARG PORT
COPY busybox ${BUSYBOX}
RUN ["${BUSYBOX}", "sh", "-c", "${BUSYBOX} wget -q -O /got http://127.0.0.1:$PORT/"]
`

const PLATFORMS = `FROM scratch
ARG TARGETARCH
COPY busybox ${BUSYBOX}
LABEL of=$TARGETARCH
`

/** Writes a folder with the Dockerfiles `Dockerfile`, `Failing`, `Reaching` and `Platforms`. */
export async function plantContext(dir: string): Promise<string> {
  await mkdir(dir, { recursive: true })
  await copyFile(await programFile('busybox'), join(dir, 'busybox'))
  await chmod(join(dir, 'busybox'), 0o755)
  await writeFile(join(dir, 'Dockerfile'), DOCKERFILE)
  await writeFile(join(dir, 'Failing'), FAILING)
  await writeFile(join(dir, 'Reaching'), REACHING)
  await writeFile(join(dir, 'Platforms'), PLATFORMS)
  return dir
}

/** How the image of a folder is built, some of it changed. */
export function options(
  context: string,
  out: string,
  changes: Partial<BuildImageOptions> & { dockerfile?: string } = {},
): BuildImageOptions {
  const { dockerfile = 'Dockerfile', ...rest } = changes
  return {
    context,
    file: join(context, dockerfile),
    buildArgs: {},
    labels: {},
    platforms: [],
    sourceDateEpoch: 1_700_000_000,
    out,
    ...rest,
  }
}

/** Ports that run processes with the variables of a service on top, and collect what is logged. */
export function portsWith(env: Env, told: string[] = []): Ports {
  return {
    ...realPorts({ ...process.env, ...env }),
    log: { info: (line) => told.push(line), debug: () => {}, problem: () => {} },
  }
}
