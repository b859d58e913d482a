import { triggerBody } from '../emit/trigger/trigger-body.ts'
import { SCHEMA } from '../emit/installed.ts'
import { renderKey } from '../key/render.ts'
import { type Effect, listEffects } from '../plan/effects.ts'
import { showKeys, showPath, showSource } from '../plan/show-watch.ts'
import { showName } from '../rules/identifier.ts'
import { findSubjects, isSame, type Found } from './find-subjects.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Plan } from '../plan/plan.ts'
import type { CacheRule, Ruleset } from '../rules/ruleset.ts'
import type { Answer, Explanation, Reason, Routine, Subject } from './explanation.ts'

export type ExplainInput = {
  readonly ruleset: Ruleset
  readonly plan: Plan
  /** Knows tables and columns that no rule names. */
  readonly catalog?: Catalog | undefined
  /** Whether the answer has the triggers' SQL; not unless said otherwise. */
  readonly sql?: boolean | undefined
}

/**
 * Explains a table, a column (`calls.status`), a cache, a key or a pattern: what a change there makes wrong, or which
 * changes make it wrong, and by which rules.
 */
export function explainTarget(
  target: string,
  { ruleset, plan, catalog, sql = false }: ExplainInput,
): Explanation {
  const effects = listEffects(ruleset)
  const found = findSubjects(target, { ruleset, effects, catalog })
  if ('message' in found) return { ok: false, ...found }
  const answers = found.map((subject): Answer => {
    const concerned = effects.filter((effect) => concerns(effect, subject))
    return {
      subject: describeSubject(subject),
      reasons: concerned.map((effect) => toReason(effect, subject, ruleset.caches)),
      sql: sql ? listRoutines(plan, concerned, subject) : [],
    }
  })
  return { ok: true, answers }
}

function concerns({ table, watch }: Effect, subject: Found): boolean {
  switch (subject.kind) {
    case 'table':
      return isSame(table, subject.table)
    case 'column': {
      const { operations, columns } = watch
      const isRead = columns === 'all' || columns.includes(subject.column)
      return isSame(table, subject.table) && operations.includes('update') && isRead
    }
    case 'cache':
      return watch.cache === subject.cache.name
    case 'key':
      return (
        watch.cache === subject.cache.name &&
        watch.params.every((source) => {
          const value = subject.params[source.param]
          return source.kind !== 'text' || value === undefined || value === source.text
        })
      )
  }
}

function describeSubject(subject: Found): Subject {
  switch (subject.kind) {
    case 'table':
      return { kind: 'table', table: showName(subject.table) }
    case 'column':
      return { kind: 'column', table: showName(subject.table), column: subject.column }
    case 'cache':
      return { kind: 'cache', cache: subject.cache.name, key: subject.cache.template.source }
    case 'key': {
      const { cache, params } = subject
      return { kind: 'key', cache: cache.name, key: renderKey(cache.template, params), params }
    }
  }
}

function toReason({ rule, table, watch }: Effect, subject: Found, caches: readonly CacheRule[]): Reason {
  const template = caches.find(({ name }) => name === watch.cache)?.template
  const params = subject.kind === 'key' ? subject.params : {}
  return {
    cache: watch.cache,
    keys: template === undefined ? '' : showKeys(template, table, watch),
    table: showName(table),
    rule: rule.at,
    ruleTable: showName(rule.table),
    action: watch.action,
    operations: subject.kind === 'column' ? ['update'] : watch.operations,
    columns: watch.columns,
    when: watch.when?.sql,
    ...(rule.derived === undefined ? {} : { widened: rule.derived.widened }),
    via: showPath(table, watch),
    rows: watch.params.flatMap((source) => {
      const value = params[source.param]
      return value === undefined || source.kind === 'text'
        ? []
        : [`${showSource(source, table, watch)} = ${value}`]
    }),
  }
}

/** The functions of the triggers that see the changes; each tells of all rules of its table. */
function listRoutines(plan: Plan, effects: readonly Effect[], subject: Found): readonly Routine[] {
  return plan.tables.flatMap((planned) => {
    const own = effects.filter(({ table }) => isSame(table, planned.table))
    return planned.triggers
      .filter(({ operation }) =>
        subject.kind === 'column'
          ? own.length > 0 && operation === 'update'
          : own.some(({ watch }) => watch.operations.includes(operation)),
      )
      .map((trigger) => ({
        name: `${SCHEMA}.${trigger.function}`,
        body: triggerBody(plan, planned, trigger.operation),
      }))
  })
}
