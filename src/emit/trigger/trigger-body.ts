import type { Plan, PlanTable } from '../../plan/plan.ts'
import { tableLabel } from '../../plan/table-label.ts'
import { type Fragment, onLines, sql } from '../../sql/fragment.ts'
import { type Operation, WIRE_VERSION } from '../../wire/change.ts'
import { fitSql, isShort } from './fit.ts'
import { type Frame, framedText } from './frame.ts'
import { type Group, groupWatches } from './group.ts'
import { manyRows } from './many-rows.ts'
import { rowsQueries } from './rows-body.ts'
import { mergeGroups } from './search.ts'
import { frameOf, sendFramed, TAIL } from './send.ts'
import { broadTargets } from './target.ts'
import { updateQueries } from './update-body.ts'

/** The body of a trigger function, to the byte as the database will hold it in `pg_proc.prosrc`. */
export function triggerBody(plan: Plan, table: PlanTable, operation: Operation): string {
  const groups = groupWatches(table, operation)
  const head = headOf(table, operation)
  const frame = frameOf(plan, head)
  const send = (text: Fragment): Fragment => sendFramed(plan, head, text)
  const body =
    operation === 'truncate'
      ? truncateBody(groups, frame, send)
      : statementBody(plan, table, groups, operation, frame, send)
  return onLines(body)
}

/** A message up to its targets. */
function headOf({ table }: PlanTable, operation: Operation): string {
  const message = JSON.stringify({ v: WIRE_VERSION, t: tableLabel(table), o: operation, d: [] })
  return message.slice(0, -TAIL.length)
}

type Send = (text: Fragment) => Fragment

function truncateBody(groups: readonly Group[], frame: Frame, send: Send): Fragment {
  return sql`
    BEGIN
      PERFORM ${send(framedText(frame, broadTargets(groups, 'truncate')))};
      RETURN NULL;
    END
  `
}

function statementBody(
  plan: Plan,
  table: PlanTable,
  groups: readonly Group[],
  operation: 'insert' | 'update' | 'delete',
  frame: Frame,
  send: Send,
): Fragment {
  const rows = operation === 'insert' ? sql`new_rows` : sql`old_rows`
  const searches = mergeGroups(plan, groups, operation)
  const queries =
    operation === 'update'
      ? updateQueries(plan, table, searches, frame)
      : rowsQueries(plan, table, searches, rows, frame)
  const message = sql`stalemate_message`
  // The function that notifies sends as many messages as it needs.
  const splits = plan.feed === 'notify'
  const short = splits || isShort(plan, searches, frame)
  const fit = fitSql(message, groups, frame)
  return sql`
    #variable_conflict use_column
    DECLARE
      ${message} text;
    BEGIN
      -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
      BEGIN
        -- Most statements change one row. That there are others is an error, since to look for them costs more.
        -- A key stands between the texts that it separates: without one there is nothing to say.
        ${queries.one}
        INTO STRICT ${message};
      EXCEPTION WHEN OTHERS THEN
        IF NOT EXISTS (SELECT FROM ${rows}) THEN
          RETURN NULL;
        END IF;
        ${manyRows(queries, searches, rows, frame, message, short && !splits ? fit : undefined)}
      END;
      IF ${message} IS NOT NULL THEN
        -- An assignment spares the query that PERFORM would be.
        ${message} := ${send(short ? message : fit)};
      END IF;
      RETURN NULL;
    END
  `
}
