import type { Step } from '../plan/diff-installed.ts'
import { type Fragment, joinSql, sql } from '../sql/fragment.ts'
import { commentBanner } from './comment-banner.ts'
import { renderStep } from './render-step.ts'

/** The SQL of a migration that takes steps. */
export function emitUp(steps: readonly Step[], sources: readonly string[], news: Fragment): string {
  const parts: readonly Fragment[] = [commentBanner(sources), ...steps.map(renderStep), news]
  return `${sql`${joinSql(parts, '\n\n')}`.toString()}\n`
}
