import { type Fragment, joinSql, sql } from '../../sql/fragment.ts'
import { DOUBT, mayDoubt } from './doubt.ts'
import { type Frame, framed, framedText } from './frame.ts'
import type { Queries } from './queries.ts'
import { sampleFirst } from './sample.ts'
import type { Search } from './search.ts'
import { broadTargets } from './target.ts'

const TARGETS = sql`stalemate_targets`

/**
 * What is done where the query of one row has raised: there are more rows, or a condition or a column has raised. It sets the
 * message, or leaves it NULL. What a condition or a column that raises would have said is not known, so all of it may be wrong.
 *
 * @param message the variable of the message
 * @param fit makes a message fit, where that is not done when it is sent
 */
export function manyRows(
  queries: Queries,
  searches: readonly Search[],
  rows: Fragment,
  frame: Frame,
  message: Fragment,
  fit: Fragment | undefined,
): Fragment {
  const { variables, statements } = sampleFirst(queries, searches, rows, TARGETS)
  const look = sql`
    ${statements}
    IF ${TARGETS} <> '' THEN
      ${joinSql([sql`${message} := ${framed(frame, TARGETS)};`, ...(fit === undefined ? [] : [sql`${message} := ${fit};`])], '\n')}
    END IF;
  `
  const giveUp = sql`${message} := ${framedText(
    frame,
    broadTargets(
      searches.flatMap(({ groups }) => groups),
      'error',
    ),
  )};`
  if (!mayDoubt(searches)) {
    return sql`
      DECLARE
        ${joinSql([sql`${TARGETS} text;`, ...variables], '\n')}
      BEGIN
        ${look}
      EXCEPTION WHEN OTHERS THEN
        -- A condition or a column raised.
        ${giveUp}
      END;
    `
  }
  return sql`
    DECLARE
      ${DOUBT} boolean := SQLSTATE NOT IN ('P0002', 'P0003');
      ${joinSql([sql`${TARGETS} text;`, ...variables], '\n')}
    BEGIN
      LOOP
        BEGIN
          ${look}
          EXIT;
        EXCEPTION WHEN OTHERS THEN
          -- A condition or a column raised. What needs no condition may be told exactly.
          IF ${DOUBT} THEN
            ${giveUp}
            EXIT;
          END IF;
          ${DOUBT} := true;
        END;
      END LOOP;
    END;
  `
}
