import type { Plan, PlanTable } from '../../plan/plan.ts'
import { triggerBody } from './trigger-body.ts'

/** The bodies of a plan's trigger functions, by the name of the function. */
export type TriggerBodies = ReadonlyMap<string, string>

export function renderBodies(plan: Plan): TriggerBodies {
  return renderTables(plan, plan.tables)
}

/** Tables that are taken at once. */
const TABLES = 20

/**
 * Takes the next tables that nobody has, and gives their bodies; `undefined` where there are no more.
 * @param taken how many are taken, which several threads may share
 */
export function renderNext(plan: Plan, taken: Int32Array): TriggerBodies | undefined {
  const first = Atomics.add(taken, 0, TABLES)
  return first < plan.tables.length ? renderTables(plan, plan.tables.slice(first, first + TABLES)) : undefined
}

/** The bodies of a plan, given those of some of its tables. */
export function renderRest(plan: Plan, bodies: TriggerBodies): TriggerBodies {
  const missing = plan.tables.filter(({ triggers }) =>
    triggers.some(({ function: name }) => !bodies.has(name)),
  )
  return missing.length === 0 ? bodies : new Map([...bodies, ...renderTables(plan, missing)])
}

function renderTables(plan: Plan, tables: readonly PlanTable[]): TriggerBodies {
  return new Map(
    tables.flatMap((table) =>
      table.triggers.map(
        (trigger) => [trigger.function, triggerBody(plan, table, trigger.operation)] as const,
      ),
    ),
  )
}
