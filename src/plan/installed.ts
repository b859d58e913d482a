import type { PlanTrigger } from './plan.ts'

/** What every ruleset of a database uses: made where it is missing, removed once nothing uses it. */
export type SharedObject = {
  readonly kind: 'shared'
  readonly name: string
  /** SQL that makes it, or makes it anew where it is there. */
  readonly create: string
  /** SQL that removes it unless something still uses it. */
  readonly drop: string
}

/** A trigger with the function that only it calls, as SQL made them. */
export type TriggerObject = {
  readonly kind: 'trigger'
  readonly schema: string
  readonly table: string
  readonly operation: PlanTrigger['operation']
  /** Name in schema `stalemate`. */
  readonly function: string
  /** What stands between the function's name and its body. */
  readonly head: string
  readonly body: string
  readonly comment: string
  readonly trigger: string
  /** What stands between the trigger's name and the function that it calls. */
  readonly event: string
  /** Does not tell what the function does: a new comment on a trigger locks its table. */
  readonly triggerComment: string
}

/**
 * Something that a migration makes. It holds the SQL itself and not what it was made of, so that another version of
 * Stalemate can restore it to the byte.
 */
export type InstalledObject = SharedObject | TriggerObject

/** What names an object, whatever is known of it. */
export type ObjectName =
  | Pick<SharedObject, 'kind' | 'name'>
  | Pick<TriggerObject, 'kind' | 'schema' | 'table' | 'operation' | 'function'>

/** Names an object among those of a ruleset: objects of the same key are versions of one. */
export function objectKey(object: ObjectName): string {
  return object.kind === 'shared'
    ? `shared ${object.name}`
    : JSON.stringify([object.schema, object.table, object.operation, object.function])
}

/** How to come back to the objects that were there before. */
export type Undo<O extends ObjectName> = {
  /** Keys of the objects that were there, in their order. */
  readonly keys: readonly string[]
  /** Those of them that are not there now, or not as they were. */
  readonly restore: readonly O[]
}

/** What takes `after` back to `before`. */
export function makeUndo<O extends ObjectName>(before: readonly O[], after: readonly O[]): Undo<O> {
  const now = new Map(after.map((object) => [objectKey(object), JSON.stringify(object)]))
  return {
    keys: before.map(objectKey),
    restore: before.filter((object) => now.get(objectKey(object)) !== JSON.stringify(object)),
  }
}

/** The objects that were there before. */
export function undoObjects<O extends ObjectName>(
  after: readonly O[],
  { keys, restore }: Undo<O>,
): readonly O[] {
  const known = new Map([...after, ...restore].map((object) => [objectKey(object), object]))
  return keys.flatMap((key) => known.get(key) ?? [])
}
