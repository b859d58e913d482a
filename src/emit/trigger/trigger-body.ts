import type { Plan, PlanTable } from '../../plan/plan.ts'
import { tableLabel } from '../../plan/table-label.ts'
import { type Fragment, integer, literal, onLines, sql } from '../../sql/fragment.ts'
import { type Operation, WIRE_VERSION } from '../../wire/change.ts'
import { DOUBT, mayDoubt } from './doubt.ts'
import { type Group, groupWatches } from './group.ts'
import { rowsQueries } from './rows-body.ts'
import { MAX_MESSAGE_BYTES } from '../max-message-bytes.ts'
import { sampleFirst } from './sample.ts'
import { sendSql } from './send.ts'
import { broadTargets } from './target.ts'
import { updateQueries } from './update-body.ts'

/** The body of a trigger function, to the byte as the database will hold it in `pg_proc.prosrc`. */
export function triggerBody(plan: Plan, table: PlanTable, operation: Operation): string {
  const groups = groupWatches(table, operation)
  const emit = emitSql(plan, table, operation)
  const body =
    operation === 'truncate'
      ? truncateBody(groups, emit)
      : statementBody(plan, table, groups, operation, emit)
  return onLines(body)
}

function truncateBody(groups: readonly Group[], emit: (targets: Fragment) => Fragment): Fragment {
  return sql`
    DECLARE
      stalemate_targets text := ${broadTargets(groups, 'truncate')};
    BEGIN
      ${emit(sql`stalemate_targets`)}
      RETURN NULL;
    END
  `
}

function statementBody(
  plan: Plan,
  table: PlanTable,
  groups: readonly Group[],
  operation: 'insert' | 'update' | 'delete',
  emit: (targets: Fragment) => Fragment,
): Fragment {
  const rows = operation === 'insert' ? sql`new_rows` : sql`old_rows`
  const queries =
    operation === 'update' ? updateQueries(plan, table, groups) : rowsQueries(plan, table, groups, rows)
  const others = sampleFirst(queries, groups, rows)
  return sql`
    #variable_conflict use_column
    DECLARE
      stalemate_many boolean;
      ${mayDoubt(groups) ? sql`${DOUBT} boolean;\n` : sql``}stalemate_targets text;
    BEGIN
      -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
      ${tryTwice(
        groups,
        rows,
        sql`
          -- Most statements change one row.
          ${queries.one}
          INTO stalemate_many, stalemate_targets;
          ${
            operation === 'update'
              ? unlessOnePair(others)
              : sql`
            IF stalemate_many THEN
              ${others}
            END IF;
          `
          }
        `,
      )}
      IF stalemate_targets <> '' THEN
        ${emit(plan.feed === 'notify' ? sql`stalemate_targets` : fitSql(sql`stalemate_targets`, groups))}
      END IF;
      RETURN NULL;
    END
  `
}

/** No pair: either nothing changed, or the only row was swallowed on its way to another partition. */
function unlessOnePair(others: Fragment): Fragment {
  return sql`
    IF stalemate_many IS NOT false THEN
      IF stalemate_many IS NULL THEN
        IF NOT EXISTS (SELECT FROM old_rows) THEN
          RETURN NULL;
        END IF;
      END IF;
      ${others}
    END IF;
  `
}

/**
 * Runs it in a block that no error leaves. What a condition or a column that raised would have said is not known, so
 * all of it may be wrong.
 */
function tryTwice(groups: readonly Group[], rows: Fragment, work: Fragment): Fragment {
  const broad = sql`stalemate_targets := ${broadTargets(groups, 'error')};`
  const nothing = sql`
    IF NOT EXISTS (SELECT FROM ${rows}) THEN
      RETURN NULL;
    END IF;
  `
  if (!mayDoubt(groups)) {
    return sql`
      BEGIN
        ${work}
      EXCEPTION WHEN OTHERS THEN
        -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
        ${nothing}
        ${broad}
      END;
    `
  }
  return sql`
    LOOP
      BEGIN
        ${work}
        EXIT;
      EXCEPTION WHEN OTHERS THEN
        -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
        ${nothing}
        IF ${DOUBT} THEN
          ${broad}
          EXIT;
        END IF;
        -- What needs no condition may be told exactly.
        ${DOUBT} := true;
      END;
    END LOOP;
  `
}

function emitSql(plan: Plan, { table }: PlanTable, operation: Operation): (targets: Fragment) => Fragment {
  const message = JSON.stringify({ v: WIRE_VERSION, t: tableLabel(table), o: operation, d: [] })
  const head = literal(message.slice(0, -']}'.length))
  return (targets) => sql`
    -- An assignment spares the query that PERFORM would be.
    stalemate_targets := ${sendSql(plan, head, targets)};
  `
}

/** Targets that are too long for one message give way to all caches that they may name. */
function fitSql(targets: Fragment, groups: readonly Group[]): Fragment {
  const broad = broadTargets(groups, 'too-long')
  return sql`
    CASE WHEN octet_length(${targets}) < ${integer(MAX_MESSAGE_BYTES)} THEN ${targets} ELSE ${broad} END
  `
}
