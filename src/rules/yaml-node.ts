import type { Span } from './source.ts'

/** What a rule file says, with the place of each piece; nothing of it is checked yet. */
export type YamlNode = YamlScalar | YamlMap | YamlList

export type YamlScalar = Span & {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  readonly style: 'plain' | 'single' | 'double' | 'block'
}

export type YamlEntry = { readonly key: YamlText & { readonly name: string }; readonly value: YamlNode }

export type YamlMap = Span & { readonly kind: 'map'; readonly entries: ReadonlyMap<string, YamlEntry> }

export type YamlList = Span & { readonly kind: 'list'; readonly items: readonly YamlNode[] }

/** A scalar that is known to hold a text. */
export type YamlText = YamlScalar & { readonly value: string }

export function entriesOf(node: YamlNode | undefined): readonly YamlEntry[] {
  return node?.kind === 'map' ? [...node.entries.values()] : []
}

export function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'list' ? node.items : []
}

export function entryOf(node: YamlNode | undefined, key: string): YamlEntry | undefined {
  return node?.kind === 'map' ? node.entries.get(key) : undefined
}

export function valueOf(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return entryOf(node, key)?.value
}

export function textOf(node: YamlNode | undefined): YamlText | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? (node as YamlText) : undefined
}

/** Where to point to for an entry's value: the key, where nothing is written after it. */
export function spanOfValue(entry: YamlEntry): Span {
  return entry.value.start === entry.value.end ? entry.key : entry.value
}

/** The same as plain data without prototypes, as a validator wants it. */
export function toPlain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(toPlain)
  const plain = Object.create(null) as Record<string, unknown>
  for (const [name, entry] of node.entries) plain[name] = toPlain(entry.value)
  return plain
}
