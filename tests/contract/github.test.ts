import { afterAll } from '@jest/globals'
import { githubRemote, githubRoute } from './github-remote.ts'
import { openBench } from './sandbox.ts'
import { contract, record } from './suite.ts'

const bench = await openBench()
afterAll(() => bench.close())

const open = () => githubRemote(bench)
contract('a GitHub release', open, await record(open, githubRoute), githubRoute)
