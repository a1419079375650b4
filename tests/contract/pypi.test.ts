import { afterAll } from '@jest/globals'
import { pypiRemote, pypiRoute } from './pypi-remote.ts'
import { openBench } from './sandbox.ts'
import { contract, record } from './suite.ts'

const bench = await openBench()
afterAll(() => bench.close())

const open = () => pypiRemote(bench)
contract('a package index', open, await record(open, pypiRoute), pypiRoute)
