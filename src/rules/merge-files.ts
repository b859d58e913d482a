import { entriesOf, entryOf, itemsOf, type YamlEntry, type YamlNode } from './yaml-node.ts'
import type { Report } from './report.ts'
import type { Source, Span } from './source.ts'

/** A piece of a rule file, and the file that it stands in. */
export type Placed<T> = { readonly source: Source; readonly node: T }

/** What all files of a ruleset say together, put side by side and not checked yet. */
export type Draft = {
  readonly settings: ReadonlyMap<string, Placed<YamlEntry>>
  readonly caches: ReadonlyMap<string, Placed<YamlEntry>>
  readonly tables: readonly { readonly entry: Placed<YamlEntry>; readonly rules: readonly YamlNode[] }[]
  readonly warming: ReadonlyMap<string, Placed<YamlEntry>>
}

export const SETTINGS = ['version', 'name', 'feed', 'ddl', 'defaults'] as const

/** Puts files together; what may stand once and stands in two of them is reported. */
export function mergeFiles(files: readonly { source: Source; root: YamlNode }[], report: Report): Draft {
  const settings = new Map<string, Placed<YamlEntry>>()
  const caches = new Map<string, Placed<YamlEntry>>()
  const warming = new Map<string, Placed<YamlEntry>>()
  const tables: { entry: Placed<YamlEntry>; rules: readonly YamlNode[] }[] = []

  const define = (
    into: Map<string, Placed<YamlEntry>>,
    source: Source,
    entry: YamlEntry,
    what: string,
  ): void => {
    const { name } = entry.key
    const before = into.get(name)
    if (before === undefined) into.set(name, { source, node: entry })
    else {
      report.error(
        source,
        entry.key,
        'duplicate-definition',
        `${what} is defined twice.`,
        `It is defined first in ${placeName(before.source, before.node.key)}.`,
      )
    }
  }

  for (const { source, root } of files) {
    for (const name of SETTINGS) {
      const entry = entryOf(root, name)
      if (entry !== undefined) define(settings, source, entry, `"${name}"`)
    }
    for (const entry of entriesOf(entryOf(root, 'caches')?.value)) {
      define(caches, source, entry, `The cache ${JSON.stringify(entry.key.name)}`)
    }
    for (const entry of entriesOf(entryOf(root, 'warming')?.value)) {
      define(warming, source, entry, `The warming set ${JSON.stringify(entry.key.name)}`)
    }
    for (const entry of entriesOf(entryOf(root, 'tables')?.value)) {
      tables.push({ entry: { source, node: entry }, rules: itemsOf(entry.value) })
    }
  }
  return { settings, caches, tables, warming }
}

export function placeName(source: Source, span: Span): string {
  return `${source.file}:${source.lines.linePos(span.start).line}`
}
