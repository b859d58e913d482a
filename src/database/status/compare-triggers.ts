import { renderStep } from '../../emit/render-step.ts'
import { identifier, sql } from '../../sql/fragment.ts'
import type { Drift } from './finding.ts'
import type { Expected, ExpectedTrigger } from './expected.ts'
import type { Actual, ActualTable, ActualTrigger } from './read-actual.ts'

/** Compares the triggers of the watched tables, their partitions and the tables that inherit from them. */
export function compareTriggers(expected: Expected, actual: Actual): readonly Drift[] {
  const names = tablesOf(expected)
  const byTable = new Map(names.map((name): [string, ActualTable[]] => [nameOf(name.schema, name.name), []]))
  for (const table of actual.tables) {
    const root = names[table.number]
    if (root !== undefined) byTable.get(nameOf(root.schema, root.name))?.push(table)
  }
  const installed = new Map<string, ActualTrigger>()
  for (const trigger of actual.triggers) installed.set(keyOf(trigger.relation, trigger.function), trigger)
  const used = new Set<ActualTrigger>()
  const functions = new Set(expected.functions.map(({ name }) => name))
  const drifts = expected.triggers.flatMap((one) => {
    const relations = byTable.get(nameOf(one.object.schema, one.object.table)) ?? []
    return relations.flatMap((relation) => {
      const found = installed.get(keyOf(relation.relation, one.object.function))
      if (found !== undefined) used.add(found)
      return compareTrigger(one, relation, found)
    })
  })
  const missing = names
    .filter((name) => byTable.get(nameOf(name.schema, name.name))?.length === 0)
    .map(({ schema, name }): Drift => ({
      kind: 'table-missing',
      object: `table ${schema}.${name}`,
      message: 'It is missing, dropped or renamed: change the rules, or rename it back.',
      repair: [],
    }))
  const orphans = actual.triggers.filter((trigger) => functions.has(trigger.function) && !used.has(trigger))
  return [...missing, ...drifts, ...orphans.map(orphan)]
}

/** The tables that have triggers, once each, in an order that is always the same. */
export function tablesOf({
  triggers,
}: Expected): readonly { readonly schema: string; readonly name: string }[] {
  const names = triggers.map(({ object }) => ({ schema: object.schema, name: object.table }))
  return [...new Map(names.map((name) => [nameOf(name.schema, name.name), name])).values()]
}

function compareTrigger(
  expected: ExpectedTrigger,
  { schema, table, is_root: isRoot, is_foreign: isForeign }: ActualTable,
  actual: ActualTrigger | undefined,
): readonly Drift[] {
  const { object: wanted } = expected
  const object = `trigger ${actual?.name ?? wanted.trigger} on ${schema}.${table}`
  if (isForeign) {
    const message =
      'It is a foreign table, for which PostgreSQL has no such trigger: detach it, or watch another table.'
    return [{ kind: 'partition', object, message, repair: [] }]
  }
  const bind = [bindTo(expected, schema, table)]
  if (actual === undefined) {
    return isRoot
      ? [{ kind: 'trigger-missing', object, message: 'It is missing.', repair: bind }]
      : [
          {
            kind: 'partition',
            object,
            message: 'It is missing: what is written straight to this partition is missed.',
            repair: bind,
          },
        ]
  }
  const drifts: Drift[] = []
  const same =
    actual.type === expected.type &&
    actual.plain &&
    actual.old_table === expected.oldTable &&
    actual.new_table === expected.newTable
  if (!same) {
    const message =
      'It fires at another time, for other events or on a condition, or sees other rows than was compiled.'
    drifts.push({ kind: 'trigger', object, message, repair: actual.name === wanted.trigger ? bind : [] })
  } else if (actual.comment !== wanted.triggerComment) {
    drifts.push({ kind: 'comment', object, message: 'Its comment is not what was compiled.', repair: bind })
  }
  if (actual.enabled === 'D' || actual.enabled === 'R') {
    const message = actual.enabled === 'D' ? 'It is disabled.' : 'It is enabled for replicas only.'
    const enable = sql`ALTER TABLE ${identifier(schema, table)} ENABLE TRIGGER ${identifier(actual.name)};`
    drifts.push({ kind: 'disabled', object, message, repair: [enable.toString()] })
  }
  return drifts
}

/** The trigger's SQL for its table, a partition of it, or a table that inherits. */
function bindTo({ object }: ExpectedTrigger, schema: string, table: string): string {
  const event = object.event.replace(identifier(object.schema, object.table).toString(), () =>
    identifier(schema, table).toString(),
  )
  return renderStep({ kind: 'rebind', object: { ...object, schema, table, event } }).toString()
}

function orphan({ schema, table, name }: ActualTrigger): Drift {
  return {
    kind: 'orphan',
    object: `trigger ${name} on ${schema}.${table}`,
    message: 'It calls a function of these rules, which do not watch this table.',
    repair: [sql`DROP TRIGGER IF EXISTS ${identifier(name)} ON ${identifier(schema, table)};`.toString()],
  }
}

function nameOf(schema: string, name: string): string {
  return JSON.stringify([schema, name])
}

function keyOf(relation: string, name: string): string {
  return `${relation} ${name}`
}
