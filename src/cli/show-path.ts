import { relative, resolve, sep } from 'node:path'

/** A path as people and machines see it: relative to the working folder, with `/`. */
export function showPath(path: string, cwd: string): string {
  return relative(cwd, resolve(cwd, path)).split(sep).join('/') || '.'
}
