// The words that inputs choose from. They are apart from the code that obeys them, so that reading inputs does not load it.

/** Whether to release PyPI's file instead of a rebuilt one, if its provenance proves that it is from this commit. */
export const ADOPT = ['published', 'never'] as const

/** Whether to upload attestations; `auto`: if PyPI accepts them and they reveal nothing private. */
export const ATTESTATIONS = ['auto', 'always', 'never'] as const

/** Indexes with a name. */
export const INDEXES = ['pypi', 'testpypi'] as const

/** What to do with a built image: push it with its tags, not at all, or by its digest only. */
export const PUSHES = ['true', 'false', 'digest'] as const

/** Sources to install packages from: the built files, or an index. */
export const SOURCES = ['files', 'testpypi', 'pypi'] as const

/** Whether a job uploads its files for later jobs; `auto`: if the workflow has several jobs. */
export const UPLOADS = ['auto', 'true', 'false'] as const
export type Upload = (typeof UPLOADS)[number]
