import type { SandboxDescription } from '@slipway/core/sandbox'
import { columns, terminalOf } from './terminal.ts'

/** Shows where the services are and how to get in: they are local, and their tokens count nowhere else. */
export function showSandbox({ cargo, pypi, testpypi, github, dockerhub, ghcr }: SandboxDescription): void {
  const terminal = terminalOf(process.stdout, process.env)
  const rows = [
    ['service', 'for', 'address', 'token'],
    ['cargo', 'index', cargo.index, cargo.token],
    ['pypi', 'upload', pypi.upload, pypi.token],
    ['pypi', 'install', pypi.simple, ''],
    ['testpypi', 'upload', testpypi.upload, testpypi.token],
    ['testpypi', 'install', testpypi.simple, ''],
    ['github', 'API', github.api, github.token],
    ['dockerhub', `images, as ${dockerhub.username}`, dockerhub.registry, dockerhub.password],
    ['ghcr', `images, as ${ghcr.username}`, ghcr.registry, ghcr.password],
  ]
  terminal.write(columns(terminal, rows))
}
