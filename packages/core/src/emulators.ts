/** The emulators of other systems and processors that can execute wheels. */
export const EMULATORS = ['qemu', 'wine'] as const

/** The name of an emulator. */
export type EmulatorName = (typeof EMULATORS)[number]
