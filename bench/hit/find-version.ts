import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** The version of an installed package, also of one that does not export its `package.json`. */
export function findVersion(name: string): string | undefined {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? []
  const path = folders.map((folder) => join(folder, name, 'package.json')).find(existsSync)
  if (path === undefined) return undefined
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
