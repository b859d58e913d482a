import type { Params } from './identity.ts'

/** Reads one named param of what the caller gave; `undefined` where there is none. */
export type ReadParam = (params: Params, name: string) => unknown

/**
 * The same function many times over. Each learns the shape of objects and the name of the param by itself, so
 * that reading a param costs the same in an application with one cache and with twenty.
 */
const READERS: readonly ReadParam[] = [
  (params, name) => params?.[name],
  (params, name) => params?.[name],
  (params, name) => params?.[name],
  (params, name) => params?.[name],
  (params, name) => params?.[name],
  (params, name) => params?.[name],
  (params, name) => params?.[name],
  (params, name) => params?.[name],
  (params, name) => params?.[name],
  (params, name) => params?.[name],
  (params, name) => params?.[name],
  (params, name) => params?.[name],
  (params, name) => params?.[name],
  (params, name) => params?.[name],
  (params, name) => params?.[name],
  (params, name) => params?.[name],
  (params, name) => params?.[name],
]

/** The reader for a name; names that share one make it slower, never wrong. */
export function chooseReader(name: string): ReadParam {
  let hash = 0
  for (let index = 0; index < name.length; index += 1) hash = (hash * 31 + name.charCodeAt(index)) | 0
  return READERS[Math.abs(hash) % READERS.length] as ReadParam
}
