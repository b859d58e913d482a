import type { Step } from '../plan/diff-installed.ts'
import type { TriggerObject } from '../plan/installed.ts'
import { dollarQuote, type Fragment, identifier, literal, rawSql, sql } from '../sql/fragment.ts'
import { SCHEMA } from './installed.ts'

/** The SQL of one step. */
export function renderStep({ kind, object }: Step): Fragment {
  switch (kind) {
    case 'share':
      return rawSql(object.create)
    case 'drop':
      return dropFunction(object)
    case 'create':
      return sql`
        CREATE ${defineFunction(object)}
        CREATE ${defineTrigger(object)}
      `
    case 'replace':
      return sql`CREATE OR REPLACE ${defineFunction(object)}`
    case 'rebind':
      return sql`CREATE OR REPLACE ${defineTrigger(object)}`
    case 'unshare':
      return rawSql(object.drop)
  }
}

function dropFunction({ function: name }: TriggerObject): Fragment {
  return sql`DROP FUNCTION IF EXISTS ${identifier(SCHEMA, name)}() CASCADE;`
}

function defineFunction({ function: name, head, body, comment }: TriggerObject): Fragment {
  const callee = identifier(SCHEMA, name)
  return sql`
    FUNCTION ${callee}() ${rawSql(head)}
    AS ${dollarQuote(body)};
    COMMENT ON FUNCTION ${callee}() IS ${literal(comment)};
    REVOKE ALL ON FUNCTION ${callee}() FROM PUBLIC;
  `
}

function defineTrigger(object: TriggerObject): Fragment {
  const { schema, table, function: name, trigger, event, triggerComment } = object
  return sql`
    TRIGGER ${identifier(trigger)}
      ${rawSql(event)}
      FOR EACH STATEMENT EXECUTE FUNCTION ${identifier(SCHEMA, name)}();
    COMMENT ON TRIGGER ${identifier(trigger)} ON ${identifier(schema, table)} IS ${literal(triggerComment)};
  `
}
