/** Node strips the types itself; nothing is transformed. */
export default {
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  // They take long: `npm run acts`.
  testPathIgnorePatterns: process.env.SLIPWAY_ACTS ? [] : ['<rootDir>/tests/acts/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  moduleFileExtensions: ['ts', 'js', 'json'],
  reporters: ['default', '<rootDir>/tests/minutes.js'],
  // Most of the time is spent in cargo, pip and other processes.
  maxWorkers: 2,
  // The longest, a rehearsal that compiles everything, fits even on a busy machine. No test sets another limit.
  testTimeout: 900_000,
  // A failed test may leave a process behind, which must not keep the run from its end.
  forceExit: true,
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
}
