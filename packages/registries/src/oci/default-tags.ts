/** Default tags of an image, in addition to the version tag. */
export const DEFAULT_TAGS = ['{major}.{minor}', 'latest'] as const
