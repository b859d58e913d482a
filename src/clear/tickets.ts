import { createHash, timingSafeEqual } from 'node:crypto'
import { StalemateError } from '../errors.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { Query } from '../feed/publish.ts'
import { checkReason, checkScope, type ClearScope, raiseEpoch, readEpochs } from './epochs.ts'
import { TOKEN_LIFE } from './tokens.ts'

/** What a token of a command stands for. */
type Ticket = {
  readonly scope: ClearScope
  readonly reason: string
  /** The epoch that is to be raised: once it is, the token confirms nothing. */
  readonly epoch: number
  /** When it was asked for, in milliseconds of the database's clock. */
  readonly at: number
}

type Ruleset = Pick<Manifest, 'ruleset' | 'feed' | 'channel' | 'caches'>

const NOW = 'SELECT (pg_catalog.date_part($1, pg_catalog.clock_timestamp()) * 1000)::bigint::text AS now'

/**
 * Asks for an emergency clear without a runtime: nothing is kept of it but the token, which says what it confirms.
 * It protects from mistakes, not from whoever may write the epochs: they need no token.
 *
 * @throws StalemateError `cache-unknown`, `option-invalid`; or what the database threw
 */
export async function requestByToken(
  query: Query,
  ruleset: Ruleset,
  scope: ClearScope,
  reason: string,
): Promise<{ readonly token: string; readonly validFor: number; readonly epoch: number }> {
  checkScope(ruleset.caches, scope)
  checkReason(reason)
  const epoch = await readEpoch(query, ruleset, scope)
  const ticket: Ticket = { scope, reason, epoch, at: await readNow(query) }
  const text = Buffer.from(JSON.stringify(ticket)).toString('base64url')
  const token = `${text}.${digest(ruleset, text).toString('base64url')}`
  return { token, validFor: TOKEN_LIFE, epoch }
}

/**
 * Does what a token confirms, once, for a minute.
 *
 * @throws StalemateError `clear-refused`; or what the database threw, and then the epoch may not have been raised
 */
export async function clearByToken(
  query: Query,
  ruleset: Ruleset,
  token: string,
): Promise<{ readonly scope: ClearScope; readonly reason: string; readonly epoch: number }> {
  const ticket = readTicket(ruleset, token)
  if (ticket === undefined || (await readNow(query)) >= ticket.at + TOKEN_LIFE) throw refused()
  const { scope, reason } = ticket
  const epoch = await raiseEpoch(query, ruleset, scope, reason, ticket.epoch)
  if (epoch === undefined) throw refused()
  return { scope, reason, epoch }
}

function readTicket(ruleset: Ruleset, token: string): Ticket | undefined {
  const [text = '', given = ''] = token.split('.')
  const [expected, received] = [digest(ruleset, text), Buffer.from(given, 'base64url')]
  if (expected.length !== received.length || !timingSafeEqual(expected, received)) return undefined
  return JSON.parse(Buffer.from(text, 'base64url').toString()) as Ticket
}

/** So that a token that was cut short, or is another ruleset's, is no token. */
function digest({ ruleset, channel }: Ruleset, text: string): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([ruleset, channel, text]))
    .digest()
    .subarray(0, 12)
}

async function readEpoch(query: Query, { ruleset }: Ruleset, scope: ClearScope): Promise<number> {
  return (await readEpochs(query, ruleset)).get(scope === 'all' ? '' : scope.cache) ?? 0
}

async function readNow(query: Query): Promise<number> {
  const { rows } = await query(NOW, ['epoch'])
  return Number(rows[0]?.['now'])
}

function refused(): StalemateError {
  return new StalemateError(
    'clear-refused',
    'This token confirms nothing: it is unknown, spent or too old.',
    {
      hint: 'Ask for another one with `stalemate clear --reason`; it confirms once, for a minute.',
    },
  )
}
