import { createHash } from 'node:crypto'
import { buildManifest } from '../../src/emit/manifest.ts'
import { SCHEMA } from '../../src/emit/installed.ts'
import type { Manifest } from '../../src/manifest/manifest.ts'
import type { Plan, PlanPath, Watch } from '../../src/plan/plan.ts'
import { dollarQuote, type Fragment, identifier, joinSql, literal, sql } from '../../src/sql/fragment.ts'

/**
 * What must not be: triggers of a table that look the params up themselves, in the writer's own snapshot, instead of sending
 * links. `sql` replaces those that the plan's migration has made; `manifest` is the plan's, but takes them for right, so
 * that a runtime trusts them.
 */
export function lookUpInTrigger(
  plan: Plan,
  table: string,
): { readonly sql: string; readonly manifest: Manifest } {
  const manifest = buildManifest(plan)
  const found = plan.tables.find((planned) => planned.table.name === table)
  const statements: string[] = []
  const bodies = new Map<string, string>()
  for (const trigger of found?.triggers ?? []) {
    const { operation } = trigger
    if (operation === 'truncate') continue
    const body = `\n${lookUpBody(plan, table, found?.watches ?? [], operation).toString()}\n`
    bodies.set(trigger.function, createHash('md5').update(body).digest('hex'))
    statements.push(
      sql`
        CREATE OR REPLACE FUNCTION ${identifier(SCHEMA, trigger.function)}() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        AS ${dollarQuote(body)};
      `.toString(),
    )
  }
  const tables = manifest.tables.map((listed) => ({
    ...listed,
    triggers: listed.triggers.map((trigger) => ({
      ...trigger,
      body: bodies.get(trigger.function) ?? trigger.body,
    })),
  }))
  return { sql: statements.join('\n'), manifest: { ...manifest, tables } }
}

function lookUpBody(
  plan: Plan,
  table: string,
  watches: readonly Watch[],
  operation: 'insert' | 'update' | 'delete',
): Fragment {
  const rows = [
    ...(operation === 'insert' ? [] : [sql`old_rows`]),
    ...(operation === 'delete' ? [] : [sql`new_rows`]),
  ]
  const sends = watches.flatMap(({ cache, params, path }) => {
    if (path === undefined || params.some(({ kind }) => kind !== 'hop')) return []
    const names = JSON.stringify([cache, params.map(({ param }) => param)]).slice(0, -1)
    const head = JSON.stringify({ v: 1, t: table, o: operation, d: [] }).slice(0, -2)
    const found = joinSql(
      rows.map((version) => foundSql(params, path, version)),
      '\nUNION ALL\n',
    )
    return [
      sql`
        PERFORM pg_notify(
          ${literal(plan.channel)},
          ${literal(`${head}${names},`)} || json_agg(value) || ']]}'
        )
        FROM (
          ${found}
        ) AS found
        HAVING count(*) > 0;
      `,
    ]
  })
  return sql`
    BEGIN
      ${joinSql(sends, '\n')}
      RETURN NULL;
    END
  `
}

function foundSql(params: Watch['params'], { hops }: PlanPath, rows: Fragment): Fragment {
  const alias = (hop: number): Fragment => identifier(hops[hop]?.alias ?? 'changed_row')
  const values = params.flatMap((source) =>
    source.kind === 'hop' ? [sql`${alias(source.hop)}.${identifier(source.column)}::text`] : [],
  )
  const joins = hops.map(
    ({ table, on }, hop) =>
      sql`JOIN ${identifier(table.schema, table.name)} AS ${alias(hop)} ON ${joinSql(
        on.map(
          ({ column, from }) =>
            sql`${alias(hop)}.${identifier(column)} = ${alias(from.hop)}.${identifier(from.column)}`,
        ),
        ' AND ',
      )}`,
  )
  return sql`
    SELECT value
    FROM ${rows} AS ${alias(-1)}
    ${joinSql(joins, '\n')}
    CROSS JOIN LATERAL unnest(ARRAY[${joinSql(values, ', ')}]) AS value
    WHERE value IS NOT NULL
  `
}
