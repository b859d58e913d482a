import { DEFAULTS, PRIORITY_NAMES, VALUE_NAMES, WHEN_UNTRUSTED_NAMES } from './defaults.ts'
import { DURATION_PATTERN, parseDuration } from './duration.ts'
import { parseSize, SIZE_PATTERN } from './size.ts'
import { entriesOf, entryOf, valueOf, textOf, type YamlNode } from './yaml-node.ts'
import type { Draft } from './merge-files.ts'
import type { Report } from './report.ts'
import type { CacheRule } from './ruleset.ts'
import type { Source } from './source.ts'

/** What a cache may say of its entries, and `defaults` for all caches. */
export type EntrySettings = Pick<
  CacheRule,
  | 'ttl'
  | 'jitter'
  | 'max'
  | 'priority'
  | 'refresh'
  | 'maxKeys'
  | 'staleIfError'
  | 'negativeTtl'
  | 'maxSize'
  | 'values'
  | 'whenUntrusted'
  | 'untrustedFor'
>

const NEEDED = {
  version: 'Write version: 1 in one of the files.',
  name: 'Write a name, as in name: callcentre, in one of the files.',
} as const

/** Says what the ruleset as a whole lacks. */
export function checkNeeded(
  draft: Draft,
  files: readonly { source: Source; root: YamlNode }[],
  report: Report,
): void {
  const first = files.find(({ root }) => root.kind === 'map' && root.entries.size > 0) ?? files[0]
  const readable = files.every(
    ({ root }) => root.kind === 'map' || (root.kind === 'scalar' && root.value === null),
  )
  if (first === undefined || !readable) return
  const span = entriesOf(first.root)[0]?.key ?? { start: 0, end: 0 }
  for (const [key, hint] of Object.entries(NEEDED)) {
    if (!draft.settings.has(key))
      report.error(first.source, span, 'missing-key', `The ruleset needs "${key}".`, hint)
  }
}

/** The settings of a cache, or of `defaults`; what is not said or not valid is taken from `base`. */
export function readSettings(
  source: Source,
  node: YamlNode | undefined,
  base: EntrySettings | undefined,
  report: Report,
): EntrySettings {
  const { ttl, jitter, max, priority, refresh, maxKeys, staleIfError, negativeTtl } = base ?? DEFAULTS
  const { values, whenUntrusted, untrustedFor } = base ?? DEFAULTS
  return {
    ttl: readDuration(source, valueOf(node, 'ttl'), report) ?? ttl,
    jitter: readShare(valueOf(node, 'jitter')) ?? jitter,
    max: readNumber(valueOf(node, 'max')) ?? max,
    priority: readChoice(valueOf(node, 'priority'), PRIORITY_NAMES) ?? priority,
    refresh: readRefresh(valueOf(node, 'refresh')) ?? refresh,
    maxKeys: readNumber(valueOf(node, 'max-keys')) ?? maxKeys,
    staleIfError: readDuration(source, valueOf(node, 'stale-if-error'), report) ?? staleIfError,
    negativeTtl: readDuration(source, valueOf(node, 'negative-ttl'), report) ?? negativeTtl,
    maxSize: readSize(source, valueOf(node, 'max-size'), report) ?? base?.maxSize,
    values: readChoice(valueOf(node, 'values'), VALUE_NAMES) ?? values,
    whenUntrusted: readChoice(valueOf(node, 'when-untrusted'), WHEN_UNTRUSTED_NAMES) ?? whenUntrusted,
    untrustedFor: readDuration(source, valueOf(node, 'untrusted-for'), report) ?? untrustedFor,
  }
}

/** Warns of a bound that a cache gives to what it does not do. */
export function checkBounds(
  source: Source,
  node: YamlNode,
  { whenUntrusted }: EntrySettings,
  report: Report,
): void {
  const bound = entryOf(node, 'untrusted-for')
  if (bound === undefined || whenUntrusted === 'serve') return
  report.warn(
    source,
    bound.key,
    'useless-key',
    '"untrusted-for" bounds what `when-untrusted: serve` allows, and this cache does not say that.',
    'Write `when-untrusted: serve` beside it, or leave it out.',
  )
}

/** Milliseconds of a duration; one that has a unit and cannot be is reported. */
export function readDuration(source: Source, node: YamlNode | undefined, report: Report): number | undefined {
  const text = textOf(node)
  if (text === undefined) return undefined
  const duration = parseDuration(text.value)
  if (duration === undefined && new RegExp(DURATION_PATTERN).test(text.value)) {
    report.error(
      source,
      text,
      'wrong-value',
      `Expected a duration from 1ms to 365 days, got ${JSON.stringify(text.value.slice(0, 60))}.`,
      'A value that is never to be kept needs no cache.',
    )
  }
  return duration
}

/** Bytes of a size; one that has a unit and cannot be is reported. */
function readSize(source: Source, node: YamlNode | undefined, report: Report): number | undefined {
  const text = textOf(node)
  if (text === undefined) return undefined
  const size = parseSize(text.value)
  if (size === undefined && new RegExp(SIZE_PATTERN).test(text.value)) {
    const message = `Expected a size from 1b to 1024gb, got ${JSON.stringify(text.value.slice(0, 60))}.`
    report.error(source, text, 'wrong-value', message)
  }
  return size
}

/** The one of some names that stands there. */
export function readChoice<T extends string>(
  node: YamlNode | undefined,
  choices: readonly T[],
): T | undefined {
  const text = textOf(node)?.value
  return choices.find((choice) => choice === text)
}

function readRefresh(node: YamlNode | undefined): number | 'off' | undefined {
  return textOf(node)?.value === 'off' ? 'off' : readShare(node)
}

function readShare(node: YamlNode | undefined): number | undefined {
  const digits = /^(\d{1,3})%$/.exec(textOf(node)?.value ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits) / 100
}

export function readBoolean(node: YamlNode | undefined): boolean | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : undefined
}

export function readNumber(node: YamlNode | undefined): number | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'number' ? node.value : undefined
}
