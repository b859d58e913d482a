import type { Client } from 'pg'
import type { Manifest, ManifestPath } from '../../src/manifest/manifest.ts'
import { distinctLinks } from '../../src/route/distinct-links.ts'
import type { Target } from '../../src/wire/change.ts'
import { decodeMessage } from '../../src/wire/decode.ts'

/** One thing that is wrong: the params that are bound, by name; none for a whole cache. */
export type Wrong = { readonly cache: string; readonly params: Readonly<Record<string, string>> }

/** What messages make wrong, their links looked up by the SQL of the manifest's paths. */
export async function resolvePayloads(
  client: Client,
  manifest: Manifest,
  payloads: readonly string[],
): Promise<readonly Wrong[]> {
  const wrong: Wrong[] = []
  for (const payload of payloads) {
    const message = decodeMessage(payload)
    if (message.kind !== 'change') continue
    for (const target of message.targets) wrong.push(...(await resolveTarget(client, manifest, target)))
  }
  return wrong
}

/** `dashboard user_id=u1`, or `dashboard!` for a whole cache: sorted, without duplicates. */
export function describeWrong(wrong: readonly Wrong[]): readonly string[] {
  const lines = wrong.map(({ cache, params }) => {
    const pairs = Object.entries(params).map(([name, value]) => `${name}=${value}`)
    return pairs.length === 0 ? `${cache}!` : `${cache} ${pairs.join(',')}`
  })
  return [...new Set(lines)].sort()
}

async function resolveTarget(client: Client, manifest: Manifest, target: Target): Promise<readonly Wrong[]> {
  const { cache } = target
  if (target.kind === 'all') return [{ cache, params: {} }]
  if (target.kind === 'bindings')
    return rowsOf(target.values, target.params.length).map((row) => ({
      cache,
      params: Object.fromEntries(target.params.map((name, index) => [name, row[index] ?? ''])),
    }))
  const path = manifest.paths[target.path]
  if (path === undefined) throw new Error(`no path ${target.path}`)
  const links = distinctLinks(path, target.values)
  const arrays = Array.from({ length: path.joins }, (_, index) => links.map((link) => link[index] ?? ''))
  const { rows } = await client.query({ text: path.sql, values: arrays, rowMode: 'array' })
  return rows.map((row) => ({ cache, params: bindRow(path, links, row) }))
}

function bindRow(
  { params, columns, joins }: ManifestPath,
  links: readonly (readonly string[])[],
  row: readonly unknown[],
): Readonly<Record<string, string>> {
  const link = columns > joins ? links[Number(row[0]) - 1] : undefined
  return Object.fromEntries(
    params.map((param) => {
      const value =
        param.kind === 'text' ? param.text : param.kind === 'sent' ? link?.[param.index] : row[param.index]
      if (typeof value !== 'string') throw new Error(`no value for ${param.name}`)
      return [param.name, value]
    }),
  )
}

function rowsOf(values: readonly string[], width: number): readonly (readonly string[])[] {
  return Array.from({ length: values.length / width }, (_, row) =>
    values.slice(row * width, (row + 1) * width),
  )
}
