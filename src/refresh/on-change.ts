import type { Sight } from '../cache/sight.ts'
import { CALL, type Why } from '../cache/why.ts'
import { joinValues } from '../cache/identity.ts'
import type { ParamValue } from '../key/param.ts'
import type { ManifestRefresh } from '../manifest/manifest.ts'
import type { Clock } from '../options.ts'
import type { Invalidation } from '../route/route-target.ts'
import type { Reloads, Subject } from './reloads.ts'

/** A cache, and the places in its params of the sets that a change may bind. */
export type ChangeSubject = Subject & { readonly places: readonly (readonly number[])[] }

export type OnChange = {
  /** Applies what a change makes wrong by a `refresh` rule. Returns how many entries are gone. */
  readonly apply: (
    subject: ChangeSubject,
    invalidation: Invalidation,
    rule: ManifestRefresh,
    why?: Why,
  ) => number
  readonly close: () => void
}

type Values = readonly ParamValue[]
type Rule = ManifestRefresh & { readonly why: Why }

/**
 * Reloads held entries that a change has made wrong, where someone reads them; the others are dropped.
 *
 * With `meanwhile: wait` the value is gone at once and a read before the reload loads by itself, so that nothing stale is
 * served; with `serve` it is served until the reload has ended, well or badly. All changes of an entry within `debounce`
 * make one reload, which begins after the last of them was applied.
 *
 * @param debounce milliseconds from the first change of a burst to its reload
 * @param limit entries that one change of many reloads at most; the others are dropped
 */
export function createOnChange(reloads: Reloads, clock: Clock, debounce: number, limit: number): OnChange {
  const pausing = new Map<string, () => void>()

  /** Whether a reload follows anyway. */
  const isExpected = (subject: Subject, values: Values): boolean =>
    pausing.has(idOf(subject, values)) || reloads.has(subject, values)

  const reload = (subject: Subject, values: Values, rate: number, rule: Rule): void => {
    const id = idOf(subject, values)
    if (pausing.has(id)) return
    const begin = (): void => {
      pausing.delete(id)
      const { background } = subject.cache
      const state = background.look(values).state
      // A reader was faster, and there is nothing wrong to replace.
      if (state === 'fresh') return
      reloads.cancel(subject, values)
      reloads.add({
        subject,
        values,
        cause: 'change',
        priority: rule.priority,
        rate,
        isWanted: () => background.look(values).state !== 'fresh',
        ended: () => {
          // The time in which it may be served is over, however the reload has ended.
          if (!isExpected(subject, values) && background.look(values).state === 'wrong') {
            subject.cache.invalidateEntry(values, rule.why)
          }
        },
      })
    }
    pausing.set(id, clock.after(debounce, begin))
  }

  /** Whether the entry is to be reloaded, by what was known of it before the change. */
  const isWanted = (subject: Subject, values: Values, sight: Sight, rule: Rule): boolean =>
    isExpected(subject, values) ||
    (sight.state !== 'absent' && (sight.isRead || rule.priority === 'critical'))

  const applyOne = (subject: Subject, values: Values, rule: Rule): number => {
    const { cache } = subject
    const sight = cache.background.look(values)
    const wanted = isWanted(subject, values, sight, rule)
    const served = wanted && rule.meanwhile === 'serve' && cache.background.mark(values, rule.why)
    const dropped = served ? 0 : cache.invalidateEntry(values, rule.why)
    if (wanted) reload(subject, values, sight.rate, rule)
    return dropped
  }

  /** What shares the values of some params, or everything. */
  const applyMany = (
    subject: ChangeSubject,
    rule: Rule,
    set?: { readonly index: number; readonly values: Values },
  ): number => {
    const { cache } = subject
    const members = cache.background.members(limit + 1, set)
    if (rule.meanwhile === 'serve' && set !== undefined && members.length <= limit) {
      cache.background.fenceMembers((values) => isMember(subject, values, set))
      return members.reduce((dropped, { values }) => dropped + applyOne(subject, values, rule), 0)
    }
    const running = reloads
      .running(subject)
      .filter((values) => set === undefined || isMember(subject, values, set))
    const dropped =
      set === undefined
        ? cache.invalidateAll(rule.why)
        : cache.invalidateGroup(set.index, set.values, rule.why)
    for (const { values, rate, ...sight } of members.slice(0, limit)) {
      if (isWanted(subject, values, { rate, ...sight }, rule)) reload(subject, values, rate, rule)
    }
    for (const values of running) reload(subject, values, 0, rule)
    return dropped
  }

  return {
    apply(subject, invalidation, how, why = CALL) {
      const rule: Rule = { ...how, why }
      if (invalidation.kind === 'all')
        return subject.params.length === 0 ? applyOne(subject, [], rule) : applyMany(subject, rule)
      let dropped = 0
      const { width, values } = invalidation
      for (let row = 0; row < values.length; row += width) {
        const own = values.slice(row, row + width)
        dropped +=
          invalidation.kind === 'entries'
            ? applyOne(subject, own, rule)
            : applyMany(subject, rule, { index: invalidation.index, values: own })
      }
      return dropped
    },
    close() {
      for (const stop of pausing.values()) stop()
      pausing.clear()
    },
  }
}

function isMember(
  { places }: ChangeSubject,
  values: Values,
  { index, values: bound }: { readonly index: number; readonly values: Values },
): boolean {
  return (places[index] ?? []).every((place, number) => values[place] === bound[number])
}

function idOf({ cache }: Subject, values: Values): string {
  return `${cache.name}\0${joinValues(values)}`
}
