/** Returns a basic string of TOML, whose escapes include those of JSON (TOML 1.0.0, "String"). */
export function tomlString(text: string): string {
  return JSON.stringify(text)
}

/** Returns a name as a key of TOML (TOML 1.0.0, "Keys"). */
export function tomlKey(name: string): string {
  return /^[\w-]+$/.test(name) ? name : tomlString(name)
}
