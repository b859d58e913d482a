import { type InstalledObject, objectKey, type SharedObject, type TriggerObject } from '../plan/installed.ts'
import type { Plan, PlanTable, PlanTrigger } from '../plan/plan.ts'
import { tableLabel } from '../plan/table-label.ts'
import { dollarQuote, type Fragment, identifier, literal, sql } from '../sql/fragment.ts'
import type { Operation } from '../wire/change.ts'
import { COVER_FUNCTION, coverFunction } from './cover-function.ts'
import { dropEmitFunction, emitFunction } from './emit-function.ts'
import { DDL_OBJECT, ddlObject, watchesDdl } from './ddl/ddl-object.ts'
import { epochsObject } from './epochs.ts'
import { FEED_OBJECTS } from './former-feeds.ts'
import { habitsObject } from './habits.ts'
import { SCHEMA } from './installed.ts'
import { makeOutbox, removeOutbox } from './outbox/objects.ts'
import { makePublication, removePublication } from './publication.ts'
import { schedulesObject } from './schedules.ts'
import type { TriggerBodies } from './trigger/render-bodies.ts'

const IDLE_BODY = `
BEGIN
  -- No rule looks for this operation any more.
  RETURN NULL;
END
`

/**
 * The objects that a database has once the plan is installed over those of `before`: the plan's, and what stays although
 * the plan has no use for it. A trigger whose operation left the rules stays and does nothing, since to drop it would lock the
 * table; it goes with its table. What is shared stays, since statements that run now, and other rulesets, may use it; not so the
 * event triggers, which are the ruleset's own.
 */
export function describeInstalled(
  plan: Plan,
  bodies: TriggerBodies,
  before: readonly InstalledObject[],
): readonly InstalledObject[] {
  const wanted = [...sharedObjects(plan), ...triggerObjects(plan, bodies)]
  const keys = new Set(wanted.map(objectKey))
  const tables = new Set(plan.tables.map(({ table }) => JSON.stringify([table.schema, table.name])))
  // An idle trigger gives way where its place is taken, or the name of its function is: two tables may spell one name.
  const triggers = wanted.filter((object) => object.kind === 'trigger')
  const taken = new Set(triggers.flatMap((object) => [placeOf(object), object.function]))
  const stays = before.flatMap((object): readonly InstalledObject[] => {
    if (keys.has(objectKey(object))) return []
    if (object.kind === 'shared') return object.name === DDL_OBJECT ? [] : [object]
    const table = JSON.stringify([object.schema, object.table])
    const free = !taken.has(placeOf(object)) && !taken.has(object.function)
    return tables.has(table) && free ? [makeIdle(plan.ruleset, object)] : []
  })
  return [...wanted, ...stays]
}

function placeOf({ schema, table, operation }: TriggerObject): string {
  return JSON.stringify([schema, table, operation])
}

function makeIdle(ruleset: string, object: TriggerObject): TriggerObject {
  const label = tableLabel({ schema: object.schema, name: object.table })
  const comment = `stalemate, ruleset ${ruleset}: ${object.operation} of ${label} makes nothing wrong`
  return { ...object, body: IDLE_BODY, comment }
}

function sharedObjects(plan: Plan): readonly SharedObject[] {
  const schema = identifier(SCHEMA)
  const create = sql`
    CREATE SCHEMA IF NOT EXISTS ${schema};
    COMMENT ON SCHEMA ${schema} IS ${literal('stalemate: triggers that say which cached values a change made wrong')};
  `
  return [
    // The schema goes with the first migration, if it is empty then.
    { kind: 'shared', name: SCHEMA, create: create.toString(), drop: '' },
    // So does this function.
    { kind: 'shared', name: COVER_FUNCTION, create: coverFunction().toString(), drop: '' },
    epochsObject(),
    ...(plan.warming.some(({ params }) => params.kind === 'learned') ? [habitsObject()] : []),
    ...(plan.warming.some(({ schedule }) => schedule !== undefined) ? [schedulesObject()] : []),
    feedObject(plan),
    ...(watchesDdl(plan) ? [ddlObject(plan)] : []),
  ]
}

function feedObject(plan: Plan): SharedObject {
  switch (plan.feed) {
    case 'notify':
      return emitObject()
    case 'outbox':
      return blockObject(FEED_OBJECTS.outbox, makeOutbox(plan), removeOutbox(plan))
    case 'wal':
      return blockObject(FEED_OBJECTS.wal, makePublication(plan), removePublication(plan))
  }
}

function emitObject(): SharedObject {
  return {
    kind: 'shared',
    name: FEED_OBJECTS.notify,
    create: emitFunction().toString(),
    drop: dropEmitFunction().toString(),
  }
}

function blockObject(name: string, create: Fragment, remove: Fragment): SharedObject {
  const block = sql`
    BEGIN
      ${remove}
    END
  `
  return {
    kind: 'shared',
    name,
    create: create.toString(),
    drop: sql`DO ${dollarQuote(`\n${block.toString()}\n`)};`.toString(),
  }
}

function triggerObjects(plan: Plan, bodies: TriggerBodies): readonly TriggerObject[] {
  return plan.tables.flatMap((table) =>
    table.triggers.map((trigger) => triggerObject(plan, table, trigger, bodies.get(trigger.function) ?? '')),
  )
}

function triggerObject(
  plan: Plan,
  table: PlanTable,
  { operation, trigger, function: name }: PlanTrigger,
  body: string,
): TriggerObject {
  const on = identifier(table.table.schema, table.table.name)
  const watches = table.watches.filter((watch) => watch.operations.includes(operation))
  const caches = [...new Set(watches.map(({ cache }) => cache))].join(', ')
  const purpose = `stalemate, ruleset ${plan.ruleset}: ${operation} of ${tableLabel(table.table)}`
  return {
    kind: 'trigger',
    schema: table.table.schema,
    table: table.table.name,
    operation,
    function: name,
    head: 'RETURNS trigger\nLANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp',
    body,
    comment: `${purpose} makes entries wrong in: ${caches}`,
    trigger,
    event: sql`AFTER ${keyword[operation]} ON ${on}${referencing[operation]}`.toString(),
    triggerComment: `${purpose}; the comment of its function says what for`,
  }
}

const keyword = {
  insert: sql`INSERT`,
  update: sql`UPDATE`,
  delete: sql`DELETE`,
  truncate: sql`TRUNCATE`,
} as const satisfies Record<Operation, unknown>

const referencing = {
  insert: sql` REFERENCING NEW TABLE AS new_rows`,
  update: sql` REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows`,
  delete: sql` REFERENCING OLD TABLE AS old_rows`,
  truncate: sql``,
} as const satisfies Record<Operation, unknown>
