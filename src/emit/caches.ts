import { isEnumType, type BasicType } from '../key/param.ts'
import type { PlanCache } from '../plan/plan.ts'
import type { QueryLoader } from '../rules/ruleset.ts'
import { bannerLines } from './banner.ts'
import type { Emitter, EmitInput } from './output.ts'
import { rowTypescript } from './row-typescript.ts'

/** `caches.ts`: the manifest as a module, and the types of every cache's params. */
export const cachesOutput: Emitter = { path: 'caches.ts', emit: emitCaches }

const PARAM_TYPESCRIPT: Readonly<Record<BasicType, string>> = {
  uuid: 'string',
  int: 'number',
  bigint: 'bigint | string | number',
  text: 'string',
  boolean: 'boolean',
  date: 'string',
}

function emitCaches({ plan, sources, manifest }: EmitInput): string {
  return `${bannerLines(sources)
    .map((line) => `// ${line}\n`)
    .join('')}
import type { Manifest } from 'stalemate'

/** What the runtime needs to know: pass it to \`createStalemate\`. */
export const manifest: Manifest = ${JSON.stringify(manifest, undefined, 2)}

/** The caches and their params: \`createStalemate<Caches>({ manifest, ... })\`. */
export type Caches = {
${plan.caches.map(emitCache).join('')}}
`
}

function emitCache({ name, key, params, query }: PlanCache): string {
  const fields = params.map(
    (param) =>
      `${propertyName(param.name)}: ${isEnumType(param.type) ? 'string' : PARAM_TYPESCRIPT[param.type]}`,
  )
  return `  /** \`${key.replaceAll('*/', '* /')}\` */
  ${propertyName(name)}: { params: { ${fields.join('; ')} }; ${query === undefined ? 'value: unknown' : emitValue(query)} }
`
}

/** What the cache's query gives, as its loader hands it out. */
function emitValue({ one, row }: QueryLoader): string {
  const fields = row.map(
    ({ name, type, nullable }) =>
      `${propertyName(name)}: ${rowTypescript(type)}${nullable && rowTypescript(type) !== 'unknown' ? ' | null' : ''}`,
  )
  const shape = `{ ${fields.join('; ')} }`
  return `value: ${one ? `${shape} | null` : `${shape}[]`}; query: true`
}

function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
}
