/** Labels of images (OCI image specification, "Pre-Defined Annotation Keys"). */
const KEY = 'org.opencontainers.image'

/** The label with the version of the software in an image. */
export const VERSION_LABEL = `${KEY}.version`

/** The label with the commit that an image was built from. */
export const REVISION_LABEL = `${KEY}.revision`
