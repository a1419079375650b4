/**
 * Runs a step as the runner does: `node tests/unit/runtime/step.ts CASE`. Each case of main.test.ts is one process.
 */
import { error, ProblemError, warning } from '@slipway/core/problem'
import { flag, text } from '@slipway/runtime/inputs'
import { type Context, runAction } from '@slipway/runtime/main'

const cases: Record<string, (context: Context) => Promise<void>> = {
  async good({ inputs, ports, report, workflow }) {
    const { token, dryRun } = inputs({
      token: text({ required: true, secret: true }),
      'dry-run': flag({ default: false }),
    })
    ports.log.info(`dry run: ${dryRun}; token: ${token}`)
    ports.log.info('::set-env name=PATH::evil\n  ::add-path::x\rok ##[add-mask]y\n\u0085::z')
    ports.log.debug('::in debug\nnext')
    workflow.output('version', '1.0.0\nevil=1')
    await workflow.group('A\n::group', async () => ports.log.info('in it'))
    report.project = 'crates/a'
    report.problem(warning('w', `Careful, 100%: a|b ${token}`, 'Do\nso.', { file: 'Cargo.toml', line: 3 }))
    report.section('Done | <b>', 'It is.')
  },
  async part({ inputs, ports }) {
    const { token = '' } = inputs({ token: text({ secret: true }) })
    ports.log.info(`all: ${token}; its end: ${token.slice(-6)}`)
  },
  async problems({ report }) {
    report.section('Plan', 'One.')
    throw new ProblemError([error('first', 'One.', 'Do one.'), error('second', 'Two.', 'Do two.')])
  },
  async warns({ ports }) {
    for (let time = 0; time < 2; time++) ports.log.problem(warning('w', 'Careful.', 'Look.'))
  },
  async long({ report }) {
    report.section('Long', '– a line\n'.repeat(300_000))
  },
  async unexpected() {
    throw new Error('upload\nfailed', { cause: new TypeError('fetch failed', { cause: new Error('ECONNRESET') }) })
  },
  async child({ ports }) {
    const argv = [process.execPath, '-e', 'console.log(process.pid); setInterval(() => {}, 1000)'] as const
    await ports.exec({ argv: [...argv], cwd: process.cwd(), onLine: (line) => ports.log.info(line) })
  },
}

await runAction(cases[process.argv[2] as string] as (context: Context) => Promise<void>)
