import type { Events } from '../observe/events.ts'
import { parseTemplate } from '../key/template.ts'
import type { KeyTemplate } from '../key/template.ts'
import { renderKey } from '../key/render.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { Invalidation } from '../route/route-target.ts'
import { StalemateError } from '../errors.ts'
import type { Entry } from './hot-set.ts'

/** What applied changes made wrong. */
export type Effects = {
  /** Keys, `*` for a param that may be anything. */
  readonly keys: readonly string[]
  /** Those of the hot entries that the keys cover. */
  readonly entries: readonly Entry[]
  /** Entries that were held and are gone. */
  readonly dropped: number
  readonly messages: number
  /** When the last of them was gone; `undefined` when nothing was made wrong. */
  readonly goneAt: number | undefined
}

/** Reads what the runtime tells in the light of its manifest. */
export class EffectReader {
  readonly #templates: ReadonlyMap<string, KeyTemplate>
  readonly #manifest: Manifest

  constructor(manifest: Manifest) {
    this.#manifest = manifest
    this.#templates = new Map(
      Object.entries(manifest.caches).map(([name, { key }]) => [name, readTemplate(key)]),
    )
  }

  renderKey(cache: string, params: Entry['params']): string {
    const template = this.#templates.get(cache)
    if (template === undefined) {
      throw new StalemateError('cache-unknown', `The rules of the demo lack the cache ${cache}.`)
    }
    return renderKey(template, params)
  }

  read(events: readonly Events['change'][], entries: readonly Entry[]): Effects {
    const keys = new Set<string>()
    const covered = new Set<Entry>()
    for (const invalidation of events.flatMap((event) => event.invalidations)) {
      for (const params of this.#bindings(invalidation)) {
        keys.add(this.renderKey(invalidation.cache, params))
        for (const entry of entries) if (covers(invalidation.cache, params, entry)) covered.add(entry)
      }
    }
    return {
      keys: [...keys].sort(),
      entries: [...covered].sort((a, b) => (a.key < b.key ? -1 : 1)),
      dropped: events.reduce((sum, event) => sum + event.dropped, 0),
      messages: events.length,
      goneAt: events.at(-1)?.appliedAt,
    }
  }

  *#bindings(invalidation: Invalidation): Generator<Entry['params']> {
    const cache = this.#manifest.caches[invalidation.cache]
    if (invalidation.kind === 'all' || cache === undefined) {
      yield {}
      return
    }
    const names =
      invalidation.kind === 'entries'
        ? cache.params.map((param) => param.name)
        : (cache.partial[invalidation.index] ?? [])
    const { width, values } = invalidation
    for (let row = 0; row < values.length; row += width) {
      yield Object.fromEntries(names.map((name, place) => [name, String(values[row + place])]))
    }
  }
}

function covers(cache: string, params: Entry['params'], entry: Entry): boolean {
  return (
    cache === entry.cache && Object.entries(params).every(([name, value]) => entry.params[name] === value)
  )
}

function readTemplate(key: string): KeyTemplate {
  const parsed = parseTemplate(key)
  if (!parsed.ok) throw new StalemateError('template-invalid', `The key ${key} is malformed.`)
  return parsed.template
}
