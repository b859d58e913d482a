import type { Manifest } from '../manifest/manifest.ts'

/** Numbers of the partial sets of a cache whose members a `refresh` rule reloads, so that they must be found. */
export function trackedSets({ caches, tables, paths }: Manifest, name: string): readonly number[] {
  const reloaded = tables.flatMap(({ reloads = [] }) => reloads.filter(({ cache }) => cache === name))
  const found = Object.values(paths).filter(({ cache, refresh }) => cache === name && refresh !== undefined)
  const sets = [
    ...reloaded.map(({ params }) => params),
    ...found.map(({ params }) => params.map((param) => param.name)),
  ]
  const ids = new Set(sets.map(setId))
  return (caches[name]?.partial ?? []).flatMap((set, number) => (ids.has(setId(set)) ? [number] : []))
}

function setId(names: readonly string[]): string {
  return [...names].sort().join('\0')
}
