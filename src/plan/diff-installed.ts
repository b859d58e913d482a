import { compareText } from './compare-text.ts'
import { type InstalledObject, objectKey, type SharedObject, type TriggerObject } from './installed.ts'

/** One thing that a migration does, as data. */
export type Step =
  /** Makes a shared object, or makes it anew. */
  | { readonly kind: 'share'; readonly object: SharedObject }
  /** Removes a function with its trigger, which takes ACCESS EXCLUSIVE on the table. */
  | { readonly kind: 'drop'; readonly object: TriggerObject }
  /** Makes a function and its trigger, which blocks writers of the table for a moment. */
  | { readonly kind: 'create'; readonly object: TriggerObject }
  /** Gives a function another body: locks no table. */
  | { readonly kind: 'replace'; readonly object: TriggerObject }
  /** Defines a trigger anew without removing it, which blocks writers of the table for a moment. */
  | { readonly kind: 'rebind'; readonly object: TriggerObject }
  /** Removes a shared object that nothing uses any more. */
  | { readonly kind: 'unshare'; readonly object: SharedObject }

/** Names are free before they are taken, and what is shared is there before it is used. */
const ORDER: readonly Step['kind'][] = ['share', 'drop', 'create', 'replace', 'rebind', 'unshare']

const FUNCTION_PARTS = ['head', 'body', 'comment'] as const
const TRIGGER_PARTS = ['trigger', 'event', 'triggerComment'] as const

/**
 * The steps that bring a database from one set of objects to another, in the order in which they work. The other
 * way round it gives those that take it back.
 */
export function diffInstalled(
  before: readonly InstalledObject[],
  after: readonly InstalledObject[],
): readonly Step[] {
  const old = new Map(before.map((object) => [objectKey(object), object]))
  const now = new Set(after.map(objectKey))
  const steps = [
    ...before.filter((object) => !now.has(objectKey(object))).map(removeObject),
    ...after.flatMap((object) => changeObject(old.get(objectKey(object)), object)),
  ]
  return ORDER.flatMap((kind) => steps.filter((step) => step.kind === kind))
}

function removeObject(object: InstalledObject): Step {
  return object.kind === 'shared' ? { kind: 'unshare', object } : { kind: 'drop', object }
}

function changeObject(old: InstalledObject | undefined, object: InstalledObject): readonly Step[] {
  if (object.kind === 'shared') {
    const same = old?.kind === 'shared' && old.create === object.create
    return same ? [] : [{ kind: 'share', object }]
  }
  if (old?.kind !== 'trigger') return [{ kind: 'create', object }]
  const steps: Step[] = []
  if (FUNCTION_PARTS.some((part) => old[part] !== object[part])) steps.push({ kind: 'replace', object })
  if (TRIGGER_PARTS.some((part) => old[part] !== object[part])) steps.push({ kind: 'rebind', object })
  return steps
}

const MAX_NAME = 40

/** A name for a migration by what it does: `watch_orders`, `unwatch_orders`, `change_orders_and_2_more`. */
export function nameSteps(steps: readonly Step[]): string {
  const labels = (kinds: readonly Step['kind'][]): readonly string[] => {
    const tables = steps.flatMap(({ kind, object }) =>
      object.kind === 'trigger' && kinds.includes(kind) ? [toWord(object)] : [],
    )
    return [...new Set(tables)].sort(compareText)
  }
  const all = labels(['drop', 'create', 'replace', 'rebind'])
  const [first] = all
  if (first === undefined) return 'shared'
  const is = (kinds: readonly Step['kind'][]): boolean => labels(kinds).length === all.length
  const only = (kind: Step['kind']): boolean =>
    is([kind]) && steps.every((step) => step.kind === kind || step.object.kind === 'shared')
  const verb = only('create') ? 'watch' : only('drop') ? 'unwatch' : 'change'
  const rest = all.length > 1 ? `_and_${all.length - 1}_more` : ''
  return `${verb}_${first}`.slice(0, MAX_NAME).replace(/_+$/, '') + rest
}

function toWord({ schema, table }: TriggerObject): string {
  const label = schema === 'public' ? table : `${schema}_${table}`
  const word = label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')
  return word.replaceAll(/^_+|_+$/g, '') || 'table'
}
