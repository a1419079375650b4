import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram } from '@slipway/toolchain/command'
import { call, type Daemon, type Env, freePort, startDaemon } from './daemon.ts'

/** What a Dockerfile's FROM names in these tests; its root file system is the tarball SLIPWAY_TEST_BASE. */
export const BASE = 'python:3.11-slim-bookworm'

/** Where a program is. Throws when it is nowhere. */
export async function programFile(program: string): Promise<string> {
  const file = await findProgram(process.env, program)
  if (file === null) throw new Error(`no ${program} on PATH`)
  return file
}

/**
 * Starts Docker's daemon with a separate store, without network for containers. The client knows it by DOCKER_HOST,
 * and has no plugins and no logins.
 * @param dir folder for all of it, made here; short, since a socket's path is
 */
export async function startDocker(dir: string): Promise<Daemon> {
  const [socketPath, exec, config] = [join(dir, 'sock'), join(dir, 'exec'), join(dir, 'config')]
  await mkdir(config, { recursive: true })
  await writeFile(join(config, 'config.json'), '{}')
  const stop = await startDaemon(
    [
      'dockerd',
      ...['--data-root', join(dir, 'data'), '--exec-root', exec, '--pidfile', join(dir, 'pid')],
      ...['--host', `unix://${socketPath}`],
      ...['--iptables=false', '--ip6tables=false', '--bridge=none'],
    ],
    { socketPath },
    join(dir, 'log'),
  )
  return {
    env: { DOCKER_HOST: `unix://${socketPath}`, DOCKER_CONFIG: config },
    async close() {
      await stop()
      // What the daemon may leave mounted: its store, where the file system around it is shared with others, and a namespace.
      for (const mounted of [join(exec, 'netns', 'default'), join(dir, 'data')]) {
        await call({}, 'umount', mounted).catch(() => {})
      }
    },
  }
}

/**
 * Starts BuildKit's daemon and makes it the builder of a client that has the buildx plugin.
 * @param docker whose client it is
 * @param dir folder for all of it, made here
 * @param mirror `127.0.0.1:PORT` of a registry that is asked instead of Docker Hub
 * @returns variables that are to be laid over the client's
 */
export async function startBuildkit(docker: Env, dir: string, mirror?: string): Promise<Daemon> {
  const [socketPath, config, plugins] = [join(dir, 'sock'), join(dir, 'buildkitd.toml'), join(dir, 'config')]
  await mkdir(join(plugins, 'cli-plugins'), { recursive: true })
  await symlink(await programFile('docker-buildx'), join(plugins, 'cli-plugins', 'docker-buildx'))
  await writeFile(join(plugins, 'config.json'), '{}')
  await writeFile(
    config,
    mirror ? `[registry."docker.io"]\nmirrors = ["${mirror}"]\n[registry."${mirror}"]\nhttp = true\n` : '',
  )
  const close = await startDaemon(
    [
      'buildkitd',
      ...['--root', join(dir, 'root'), '--addr', `unix://${socketPath}`, '--config', config],
      ...['--oci-worker-net', 'host', '--containerd-worker=false'],
      // As `docker buildx create` starts its own daemon.
      '--allow-insecure-entitlement=network.host',
    ],
    { socketPath },
    join(dir, 'log'),
  )
  const env = { ...docker, DOCKER_CONFIG: plugins, BUILDX_BUILDER: 'slipway-test' }
  const create = ['buildx', 'create', '--name', env.BUILDX_BUILDER, '--driver', 'remote', `unix://${socketPath}`]
  await call({ ...docker, DOCKER_CONFIG: plugins }, 'docker', ...create)
  return { env, close }
}

/**
 * Variables that give buildah a separate store, and isolation that works for root in a container.
 * @param dir folder for all of it, made here
 */
export async function buildahEnv(dir: string): Promise<Env> {
  await mkdir(dir, { recursive: true })
  const conf = join(dir, 'storage.conf')
  const env = { CONTAINERS_STORAGE_CONF: conf, BUILDAH_ISOLATION: 'chroot' }
  const [graph, run] = [join(dir, 'graph'), join(dir, 'run')]
  const use = (driver: string) =>
    writeFile(conf, `[storage]\ndriver = "${driver}"\ngraphroot = "${graph}"\nrunroot = "${run}"\n`)
  // Copying every layer, as vfs does, is slow and works everywhere.
  await use('overlay')
  await call(env, 'buildah', 'images').catch(() => use('vfs'))
  return env
}

/**
 * Starts Debian's registry, which speaks plain HTTP.
 * @param dir folder for all of it, made here
 * @param passwords file of who may do anything, as `htpasswd` writes it; without it everybody may
 * @returns also its `host`, `127.0.0.1:PORT`
 */
export async function startRegistry(dir: string, passwords?: string): Promise<Daemon & { host: string }> {
  await mkdir(dir, { recursive: true })
  const port = await freePort()
  const host = `127.0.0.1:${port}`
  const config = join(dir, 'config.yml')
  const storage = `{ filesystem: { rootdirectory: ${JSON.stringify(join(dir, 'data'))} } }`
  const auth =
    passwords === undefined ? '' : `auth: { htpasswd: { realm: test, path: ${JSON.stringify(passwords)} } }\n`
  await writeFile(
    config,
    `version: 0.1\nlog: { level: error }\nstorage: ${storage}\nhttp: { addr: "${host}" }\n${auth}`,
  )
  const close = await startDaemon(['docker-registry', 'serve', config], { port }, join(dir, 'log'))
  return { env: {}, host, close }
}

/** Puts the base image into the store of Docker's daemon. */
export async function dockerBase(env: Env): Promise<void> {
  await call(env, 'docker', 'import', process.env.SLIPWAY_TEST_BASE as string, BASE)
}

/** Puts the base image into buildah's store. */
export async function buildahBase(env: Env): Promise<void> {
  const container = await call(env, 'buildah', 'from', 'scratch')
  await call(env, 'buildah', 'add', '--quiet', container, process.env.SLIPWAY_TEST_BASE as string, '/')
  await call(env, 'buildah', 'commit', '--quiet', '--rm', container, `docker.io/library/${BASE}`)
}
