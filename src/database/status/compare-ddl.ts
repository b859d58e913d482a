import { DDL_OBJECT, type DdlTrigger, ddlTriggers, makeTriggers } from '../../emit/ddl/ddl-object.ts'
import type { InstalledObject } from '../../plan/installed.ts'
import type { Plan } from '../../plan/plan.ts'
import { identifier, sql } from '../../sql/fragment.ts'
import type { Drift } from './finding.ts'
import type { Actual, ActualEventTrigger } from './read-actual.ts'

/** Compares the event triggers, where the migrations make some. */
export function compareDdl(
  plan: Plan,
  objects: readonly InstalledObject[],
  { eventTriggers }: Actual,
): readonly Drift[] {
  if (!objects.some((object) => object.kind === 'shared' && object.name === DDL_OBJECT)) return []
  const found = new Map(eventTriggers.map((trigger) => [trigger.name, trigger]))
  return ddlTriggers(plan).flatMap((expected) => compareOne(plan, expected, found.get(expected.name)))
}

function compareOne(
  plan: Plan,
  { name, event, tags }: DdlTrigger,
  actual: ActualEventTrigger | undefined,
): readonly Drift[] {
  const object = `event trigger ${name}`
  const make = makeTriggers(plan).toString()
  if (actual === undefined) {
    const message = 'It is missing: only a superuser can make it, and until then DDL goes unnoticed.'
    return [{ kind: 'trigger-missing', object, message, repair: [make] }]
  }
  const own = identifier(name)
  if (actual.function !== name || actual.event !== event || actual.tags.join() !== tags.join()) {
    const message =
      'It is called at another time, for other commands, or calls another function than was compiled.'
    return [
      {
        kind: 'trigger',
        object,
        message,
        repair: [sql`DROP EVENT TRIGGER IF EXISTS ${own};`.toString(), make],
      },
    ]
  }
  if (actual.enabled === 'O' || actual.enabled === 'A') return []
  const message = actual.enabled === 'D' ? 'It is disabled.' : 'It is enabled for replicas only.'
  return [{ kind: 'disabled', object, message, repair: [sql`ALTER EVENT TRIGGER ${own} ENABLE;`.toString()] }]
}
