/** Runs one named part of a flow; who calls the flow shows its progress. Gives what the part gives, throws what it throws. */
export type Step = <T>(name: string, act: () => Promise<T>) => Promise<T>

/** A step that shows nothing. */
export const silentStep: Step = (_name, act) => act()
