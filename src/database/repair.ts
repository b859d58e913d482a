import type { ClientConfig } from 'pg'
import { announce } from '../emit/announce.ts'
import { withSession } from './session.ts'
import type { Drift } from './status/finding.ts'
import { compare, type StatusOptions } from './status/status.ts'
import { DEFAULT_LOCK_TIMEOUT, noticeOurEnd, withLock } from './with-lock.ts'

export type RepairOptions = StatusOptions & {
  readonly connection: ClientConfig
  /** Milliseconds to wait for a lock, 3,000 unless given. */
  readonly lockTimeout?: number
  /** Only say what would be mended. */
  readonly dryRun?: boolean
}

export type Repair = {
  /** What was mended or, with `dryRun`, would be. */
  readonly mended: readonly Drift[]
  /** What is left, for people to decide. */
  readonly left: readonly Drift[]
  /** SQL that tells running instances, after what mends: for who runs that by other means. */
  readonly news: string
}

/** What is made anew may belong to somebody else, or be seen only then. */
const ROUNDS = 4

/**
 * Mends what {@link compare} finds and touches nothing else: each thing in a transaction of its own, so that a table is
 * locked as shortly as can be. Running instances are told.
 *
 * @throws StalemateError `lock-timeout`, `migration-failed`, `connection-failed`; what was mended by then stays so
 */
export async function repairDrift({
  connection,
  lockTimeout = DEFAULT_LOCK_TIMEOUT,
  dryRun = false,
  ...options
}: RepairOptions): Promise<Repair> {
  return await withSession(connection, async (session) => {
    const mended: Drift[] = []
    const { plan, objects } = options.desired
    const news = announce(plan, 'repair', objects, objects).toString()
    await noticeOurEnd(session)
    for (let round = 0; ; round += 1) {
      const { drifts } = await compare(session, options)
      const mendable = drifts.filter(({ repair }) => repair.length > 0)
      if (dryRun) return { mended: mendable, left: drifts.filter((drift) => !mendable.includes(drift)), news }
      if (mendable.length === 0 || round === ROUNDS) return { mended, left: drifts, news }
      const done = new Set<string>()
      for (const drift of mendable) {
        const statements = drift.repair.filter((statement) => !done.has(statement))
        if (statements.length === 0) continue
        await withLock(session, `The repair of ${drift.object}`, lockTimeout, async () => {
          for (const statement of statements) await session.query(statement)
        })
        for (const statement of statements) done.add(statement)
      }
      mended.push(...mendable)
      await session.query(news)
    }
  })
}
