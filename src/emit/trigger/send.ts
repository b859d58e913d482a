import type { Plan } from '../../plan/plan.ts'
import { type Fragment, identifier, joinSql, literal, sql } from '../../sql/fragment.ts'
import { EMIT_FUNCTION, SCHEMA } from '../installed.ts'
import { OUTBOX_FUNCTION } from '../outbox/names.ts'

/**
 * The call that sends a change.
 *
 * @param head the message up to its targets
 * @param targets JSON without brackets
 */
export function sendSql({ feed, channel: name }: Plan, head: Fragment, targets: Fragment): Fragment {
  const channel = literal(name)
  const message = sql`${head} || ${targets} || ']}'`
  switch (feed) {
    case 'outbox': {
      const bell = literal(identifier(SCHEMA, name).toString())
      return callSql(identifier(SCHEMA, OUTBOX_FUNCTION), [bell, channel, message])
    }
    case 'wal':
      return callSql(sql`pg_logical_emit_message`, [sql`true`, channel, message])
    case 'notify':
      return callSql(identifier(SCHEMA, EMIT_FUNCTION), [channel, head, targets])
  }
}

function callSql(name: Fragment, args: readonly Fragment[]): Fragment {
  return sql`${name}(
  ${joinSql(args, ',\n')}
)`
}
