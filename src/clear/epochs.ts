import { StalemateError } from '../errors.ts'
import { createControl } from '../feed/create-control.ts'
import { broadcast } from '../feed/broadcast.ts'
import type { Query } from '../feed/publish.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { encodeControl } from '../wire/decode.ts'

/** What an emergency clear gives up: everything of the ruleset, or one cache. */
export type ClearScope = 'all' | { readonly cache: string }

/** The epochs of a ruleset in the database: by cache, and by the empty name that of all. */
export type Epochs = ReadonlyMap<string, number>

const READ = 'SELECT cache, epoch::text AS epoch FROM stalemate.epochs WHERE ruleset = $1'

const RAISE = `INSERT INTO stalemate.epochs AS held (ruleset, cache, epoch, reason) VALUES ($1, $2, 1, $3)
  ON CONFLICT (ruleset, cache) DO UPDATE
  SET epoch = held.epoch + 1, reason = excluded.reason, raised_at = pg_catalog.now()
  WHERE $4::bigint IS NULL OR held.epoch = $4::bigint
  RETURNING epoch::text AS epoch`

/** SQLSTATE of a table that is not there: no migration has made it, so nobody has raised an epoch. */
const UNDEFINED_TABLE = '42P01'

export async function readEpochs(query: Query, ruleset: string): Promise<Epochs> {
  try {
    const { rows } = await query(READ, [ruleset])
    return new Map(rows.map(({ cache, epoch }) => [String(cache), Number(epoch)]))
  } catch (error) {
    if ((error as { code?: unknown }).code === UNDEFINED_TABLE) return new Map()
    throw error
  }
}

/**
 * Raises the epoch of a scope for every runtime of the ruleset, also for those that are away, and tells those that are
 * connected to look.
 *
 * @param expected the epoch that is to be raised; `undefined` is returned, and nothing is done, where it is another one
 * @throws StalemateError `cache-unknown`; or what the database threw, and then the epoch may not have been raised
 */
export async function raiseEpoch(
  query: Query,
  { ruleset, feed, channel, caches }: Pick<Manifest, 'ruleset' | 'feed' | 'channel' | 'caches'>,
  scope: ClearScope,
  reason: string,
  expected?: number,
): Promise<number | undefined> {
  checkScope(caches, scope)
  const { rows } = await query(RAISE, [ruleset, scope === 'all' ? '' : scope.cache, reason, expected ?? null])
  if (rows.length === 0) return undefined
  await broadcast(query, feed, channel, encodeControl(createControl('clear')))
  return Number(rows[0]?.['epoch'])
}

/** @throws StalemateError `option-invalid` */
export function checkReason(reason: unknown): void {
  if (typeof reason === 'string' && reason.trim() !== '') return
  throw new StalemateError('option-invalid', 'An emergency clear needs a reason.', {
    hint: 'Say why: it is kept with the epoch.',
  })
}

/** @throws StalemateError `cache-unknown` */
export function checkScope(caches: object, scope: ClearScope): void {
  if (scope === 'all' || Object.hasOwn(caches, scope.cache)) return
  throw new StalemateError('cache-unknown', `There is no cache ${JSON.stringify(scope.cache)}.`, {
    hint: `There is: ${Object.keys(caches).join(', ')}.`,
  })
}
