import type { FeedName } from '../manifest/manifest.ts'
import { askOne, blame, type Check, fine, type Finding, orFine, warn } from './finding.ts'

const OLDEST = 15
const NEWEST = 18

/** A bug of the server that concerns a feed. */
type Bug = {
  readonly feeds: readonly FeedName[]
  /** By major version: the first minor version that has it, and the first that has it no more. */
  readonly minors: Readonly<Record<number, readonly [since: number, fixed: number]>>
  readonly message: string
}

/** Sources: release notes of PostgreSQL 15.14 and 15.16, and of the versions of the same days. */
const BUGS: readonly Bug[] = [
  {
    feeds: ['notify', 'outbox'],
    minors: { 15: [0, 16], 16: [0, 12], 17: [0, 8], 18: [0, 2] },
    message:
      'LISTEN may fail with "could not access status of transaction" while old notifications are still in the queue',
  },
  {
    feeds: ['wal'],
    minors: { 15: [13, 14], 16: [9, 10], 17: [5, 6] },
    message: 'decoding may end with "invalid memory alloc request size" while tables are altered',
  },
]

/** What is known of a version for a feed. */
export function judgeVersion(number: number, feed: FeedName): readonly Finding[] {
  const major = Math.floor(number / 10_000)
  const minor = number % 10_000
  const version = `${major}.${minor}`
  if (major < OLDEST) {
    const advice = `Upgrade it: ${OLDEST} is the oldest version that is supported.`
    return [blame('version', `PostgreSQL ${version} is too old.`, advice)]
  }
  const bugs = BUGS.flatMap(({ feeds, minors, message }) => {
    const [since, fixed] = minors[major] ?? [0, 0]
    if (!feeds.includes(feed) || minor < since || minor >= fixed) return []
    return [
      warn(
        'version',
        `PostgreSQL ${version} has a bug: ${message}.`,
        `Install ${major}.${fixed} or a later one.`,
      ),
    ]
  })
  const isNew = major > NEWEST
  return orFine(
    bugs,
    'version',
    `PostgreSQL ${version}${isNew ? ', which is newer than what was tested' : ''}.`,
  )
}

export const checkVersion: Check = async ({ query, manifest }) => {
  const { number } = await askOne(query, "SELECT current_setting('server_version_num')::int AS number")
  return judgeVersion(Number(number), manifest.feed)
}

export const checkPrimary: Check = async ({ query }) => {
  const { standby } = await askOne(query, 'SELECT pg_catalog.pg_is_in_recovery() AS standby')
  if (standby !== true) return [fine('primary', 'The server is a primary.')]
  return [
    blame(
      'primary',
      'The server is a standby, which may be behind.',
      'Give the address of the primary, or add target_session_attrs=read-write to the URL.',
    ),
  ]
}
