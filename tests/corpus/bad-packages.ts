import type { Bad } from './pieces.ts'

/** Mistakes in Python packages. */
export const BAD_PACKAGES: Record<string, Bad> = {}
