import type { Plan } from '../../plan/plan.ts'
import { triggerBody } from './trigger-body.ts'

/** The bodies of a plan's trigger functions, by the name of the function. */
export type TriggerBodies = ReadonlyMap<string, string>

export function renderBodies(plan: Plan): TriggerBodies {
  return new Map(
    plan.tables.flatMap((table) =>
      table.triggers.map(
        (trigger) => [trigger.function, triggerBody(plan, table, trigger.operation)] as const,
      ),
    ),
  )
}
