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
  return sql`
    #variable_conflict use_column
    DECLARE
      stalemate_many boolean;
      ${mayDoubt(groups) ? sql`${DOUBT} boolean;\n` : sql``}stalemate_targets text;
    BEGIN
      -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
      LOOP
        BEGIN
          IF stalemate_many THEN
            ${sampleFirst(queries, groups, rows)}
          ELSE
            -- Most statements change one row. That there are others is an error, since to look for them costs more.
            ${queries.one}
            INTO STRICT stalemate_targets;
          END IF;
          EXIT;
        EXCEPTION WHEN OTHERS THEN
          IF NOT EXISTS (SELECT FROM ${rows}) THEN
            RETURN NULL;
          END IF;
          IF stalemate_many IS NULL AND SQLSTATE IN ('P0002', 'P0003') THEN
            stalemate_many := true;
          ${unlessDoubted(groups)}
          END IF;
        END;
      END LOOP;
      IF stalemate_targets <> '' THEN
        ${emit(plan.feed === 'notify' ? sql`stalemate_targets` : fitSql(sql`stalemate_targets`, groups))}
      END IF;
      RETURN NULL;
    END
  `
}

/** What a condition or a column that raised would have said is not known, so all of it may be wrong. */
function unlessDoubted(groups: readonly Group[]): Fragment {
  const broad = sql`
    -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
    stalemate_targets := ${broadTargets(groups, 'error')};
    EXIT;
  `
  if (!mayDoubt(groups)) {
    return sql`
      ELSE
        ${broad}
    `
  }
  return sql`
    ELSIF ${DOUBT} THEN
      ${broad}
    ELSE
      -- What needs no condition may be told exactly.
      ${DOUBT} := true;
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
