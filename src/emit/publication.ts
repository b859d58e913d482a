import type { Plan } from '../plan/plan.ts'
import { dollarQuote, type Fragment, identifier, literal, sql } from '../sql/fragment.ts'

/** Makes the publication that a reader of the WAL must name. It has no table: messages are in every publication. */
export function makePublication(plan: Plan): Fragment {
  const name = identifier(plan.channel)
  const block = sql`
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = ${literal(plan.channel)}) THEN
        CREATE PUBLICATION ${name};
      END IF;
    END
  `
  return sql`
    -- It publishes no table; readers of the WAL, and the messages in it, only need one to name.
    DO ${dollarQuote(`\n${block.toString()}\n`)};
    COMMENT ON PUBLICATION ${name} IS ${literal(
      `stalemate, ruleset ${plan.ruleset}: what readers of the WAL name; it publishes no table`,
    )};
  `
}

/** Removes it. Stands in a block of PL/pgSQL. */
export function removePublication(plan: Plan): Fragment {
  return sql`DROP PUBLICATION IF EXISTS ${identifier(plan.channel)};`
}
