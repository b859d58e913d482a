import type { Plan, PlanTable } from '../../plan/plan.ts'
import { tableLabel } from '../../plan/table-label.ts'
import { type Fragment, identifier, integer, literal, sql } from '../../sql/fragment.ts'
import { type Operation, WIRE_VERSION } from '../../wire/change.ts'
import { EMIT_FUNCTION, SCHEMA } from '../installed.ts'
import { OUTBOX_FUNCTION } from '../outbox/names.ts'
import { type Group, groupWatches } from './group.ts'
import { rowsQueries } from './rows-body.ts'
import { MAX_MESSAGE_BYTES } from '../max-message-bytes.ts'
import { sampleFirst } from './sample.ts'
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
  return `\n${body.toString()}\n`
}

function truncateBody(groups: readonly Group[], emit: (targets: Fragment) => Fragment): Fragment {
  return sql`
    BEGIN
      ${emit(broadTargets(groups, 'truncate'))}
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
  const { one, many } =
    operation === 'update' ? updateQueries(plan, table, groups) : rowsQueries(plan, table, groups, rows)
  const others = sampleFirst(many, groups, rows)
  // No pair: either nothing changed, or the only row was swallowed on its way to another partition.
  const unlikeOne = operation === 'update' ? sql`<> 1` : sql`> 1`
  return sql`
    #variable_conflict use_column
    DECLARE
      stalemate_rows bigint;
      stalemate_sample bigint;
      stalemate_targets text;
    BEGIN
      -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
      BEGIN
        -- Most statements change one row.
        ${one}
        INTO stalemate_rows, stalemate_targets;
        IF stalemate_rows ${unlikeOne} THEN
          ${others}
        END IF;
      EXCEPTION WHEN OTHERS THEN
        -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
        IF NOT EXISTS (SELECT FROM ${rows}) THEN
          RETURN NULL;
        END IF;
        stalemate_targets := ${broadTargets(groups, 'error')};
      END;
      IF stalemate_targets <> '' THEN
        ${emit(plan.feed === 'wal' ? fitSql(sql`stalemate_targets`, groups) : sql`stalemate_targets`)}
      END IF;
      RETURN NULL;
    END
  `
}

function emitSql(plan: Plan, { table }: PlanTable, operation: Operation): (targets: Fragment) => Fragment {
  const message = JSON.stringify({ v: WIRE_VERSION, t: tableLabel(table), o: operation, d: [] })
  const head = literal(message.slice(0, -']}'.length))
  const helper = identifier(SCHEMA, EMIT_FUNCTION)
  if (plan.feed === 'outbox') {
    return (targets) => sql`
      PERFORM ${identifier(SCHEMA, OUTBOX_FUNCTION)}(
        ${literal(identifier(SCHEMA, plan.channel).toString())},
        ${literal(plan.channel)},
        ${head},
        ${targets}
      );
    `
  }
  if (plan.feed === 'wal') {
    return (targets) => sql`
      PERFORM pg_logical_emit_message(true, ${literal(plan.channel)}, ${head} || ${targets} || ']}');
    `
  }
  return (targets) => sql`
    PERFORM ${helper}(
      ${literal(plan.channel)},
      ${head},
      ${targets}
    );
  `
}

/** Targets that are too long for one message give way to all caches that they may name. */
function fitSql(targets: Fragment, groups: readonly Group[]): Fragment {
  const broad = broadTargets(groups, 'too-long')
  return sql`
    CASE WHEN octet_length(${targets}) < ${integer(MAX_MESSAGE_BYTES)} THEN ${targets} ELSE ${broad} END
  `
}
