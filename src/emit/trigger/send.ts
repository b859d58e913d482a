import type { Plan } from '../../plan/plan.ts'
import { type Fragment, identifier, joinSql, literal, sql } from '../../sql/fragment.ts'
import { EMIT_FUNCTION, SCHEMA } from '../installed.ts'
import { OUTBOX_FUNCTION } from '../outbox/names.ts'
import { type Frame, NO_FRAME } from './frame.ts'

/** The end of a message, after its targets. */
export const TAIL = ']}'

/**
 * The call that sends a change.
 *
 * @param head the message up to its targets
 * @param targets JSON without brackets
 */
export function sendSql(plan: Plan, head: Fragment, targets: Fragment): Fragment {
  if (plan.feed !== 'notify') return sendMessage(plan, sql`${head} || ${targets} || ${literal(TAIL)}`)
  return callSql(identifier(SCHEMA, EMIT_FUNCTION), [literal(plan.channel), head, targets])
}

/** What stands around the targets of a change in the text that {@link sendFramed} sends. */
export function frameOf({ feed }: Plan, head: string): Frame {
  return feed === 'notify' ? NO_FRAME : { open: head, close: TAIL }
}

/** The call that sends a change whose targets stand in their frame. */
export function sendFramed(plan: Plan, head: string, text: Fragment): Fragment {
  return plan.feed === 'notify' ? sendSql(plan, literal(head), text) : sendMessage(plan, text)
}

function sendMessage({ feed, channel: name }: Plan, message: Fragment): Fragment {
  const channel = literal(name)
  if (feed === 'wal') return callSql(sql`pg_logical_emit_message`, [sql`true`, channel, message])
  const bell = literal(identifier(SCHEMA, name).toString())
  return callSql(identifier(SCHEMA, OUTBOX_FUNCTION), [bell, channel, message])
}

function callSql(name: Fragment, args: readonly Fragment[]): Fragment {
  return sql`${name}(
  ${joinSql(args, ',\n')}
)`
}
