import endpoints from './endpoints.json' with { type: 'json' }

/** Where the public registries are: the one place that knows. */
export const ENDPOINTS = endpoints
