import type { Step } from '../plan/diff-installed.ts'
import { type Fragment, joinSql, rawSql, sql } from '../sql/fragment.ts'
import type { Pieces } from '../sql/pieces.ts'
import { commentBanner } from './comment-banner.ts'
import { coverTable } from './cover-function.ts'
import { renderStep } from './render-step.ts'

/** The SQL of a migration that takes steps. */
export function emitUp(steps: readonly Step[], sources: readonly string[], news: Fragment): Pieces {
  const own = [...steps.map(renderStep), ...coverTables(steps)]
  const parts: readonly Fragment[] = [commentBanner(sources), ...own, news]
  return joinSql([joinSql(parts, '\n\n'), rawSql('')], '\n').toPieces()
}

/** Gives new triggers to partitions too. */
export function coverTables(steps: readonly Step[]): readonly Fragment[] {
  const bound = steps.flatMap(({ kind, object }) =>
    object.kind === 'trigger' && (kind === 'create' || kind === 'rebind') ? [object] : [],
  )
  if (bound.length === 0) return []
  const calls = new Map(
    bound.map(({ schema, table }) => {
      const call = coverTable(schema, table)
      return [call.toString(), call]
    }),
  )
  return [
    sql`
      -- What is written straight to a partition, or to a table that inherits, fires only triggers of its own.
      ${joinSql([...calls.values()], '\n')}
    `,
  ]
}
