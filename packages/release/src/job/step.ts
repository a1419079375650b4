/** Runs one named step and shows its progress. Returns and throws what the step does. */
export type Step = <T>(name: string, act: () => Promise<T>) => Promise<T>

/** Runs a step without showing it. */
export const silentStep: Step = (_name, act) => act()
