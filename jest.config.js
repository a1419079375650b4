/** Tests that need a POSIX shell, signals, file modes, links or paths, and are therefore skipped on Windows. */
const POSIX = [
  'artifacts/oci-docker-archive',
  'bump/bump',
  'cli/export-tree',
  'cli/lock',
  'cli/workflow-isolation',
  'plan/checks/crates/contents',
  'plan/plan',
  'project/discover',
  'project/images/images',
  'project/settings/settings',
  'release/build/build',
  'release/init/init',
  'release/plan/plan',
  'runtime/main',
  'toolchain/build-python',
  'toolchain/build-wheel',
  'toolchain/engine',
  'toolchain/executor/container-python',
  'toolchain/executor/wine',
  'toolchain/python',
  'toolchain/rust',
].map((file) => `<rootDir>/tests/unit/${file}\\.test\\.ts$`)

/** Node strips the types itself; nothing is transformed. */
export default {
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  testPathIgnorePatterns: [
    // These take long: run them with `npm run acts`.
    ...(process.env.SLIPWAY_ACTS ? [] : ['<rootDir>/tests/acts/']),
    ...(process.platform === 'win32' ? POSIX : []),
  ],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  moduleFileExtensions: ['ts', 'js', 'json'],
  reporters: ['default', '<rootDir>/tests/minutes.js'],
  // Most of the time is spent in cargo, pip and other processes.
  maxWorkers: 2,
  // Long enough for a rehearsal that compiles everything on a busy machine. No test sets another limit.
  testTimeout: 900_000,
  // A failed test may leave a process behind, which must not keep the run from ending.
  forceExit: true,
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
}
