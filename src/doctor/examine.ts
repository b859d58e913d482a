import type { ClientConfig } from 'pg'
import { withSession } from '../database/session.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { checkNotify, checkQueue } from './check-notify.ts'
import { checkOutbox } from './check-outbox.ts'
import { checkPooler } from './check-pooler.ts'
import { checkRights } from './check-rights.ts'
import { checkClock, checkTimeouts, checkTransactions } from './check-server.ts'
import { checkTriggers } from './check-triggers.ts'
import { checkPrimary, checkVersion } from './check-version.ts'
import { checkWal } from './check-wal.ts'
import { blame, type Check, type Finding, type Patient, type Query, type Subject } from './finding.ts'

export type ExamineSettings = {
  readonly connection: ClientConfig
  readonly manifest: Manifest
} & Partial<Pick<Patient, 'now' | 'pause' | 'longTransaction'>>

/** What can be asked of any server, and what only a primary answers. */
const ANYWHERE: readonly (readonly [Subject, Check])[] = [
  ['version', checkVersion],
  ['primary', checkPrimary],
]
const ON_PRIMARY: readonly (readonly [Subject, Check])[] = [
  ['pooler', checkPooler],
  ['connection', checkTimeouts],
  ['clock', checkClock],
  ['transactions', checkTransactions],
  ['rights', checkRights],
  ['triggers', checkTriggers],
  ['notify', checkQueue],
  ['notify', checkNotify],
  ['outbox', checkOutbox],
  ['wal', checkWal],
]

/**
 * Looks at everything about a database that a runtime of these rules depends on. Changes nothing; where the feed is `notify`,
 * some empty transactions are committed to see how long that takes.
 *
 * @throws StalemateError `connection-failed`
 */
export async function examine({
  connection,
  manifest,
  now = Date.now,
  pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  longTransaction = 60_000,
}: ExamineSettings): Promise<readonly Finding[]> {
  const config = { application_name: 'stalemate doctor', ...connection }
  return await withSession(config, async (own) =>
    withSession(config, async (second) => {
      const query: Query = (text, values) => own.query(text, values)
      const other: Query = (text, values) => second.query(text, values)
      const patient = { query, other, manifest, now, pause, longTransaction }
      const findings = await look(ANYWHERE, patient)
      const isStandby = findings.some(({ subject, level }) => subject === 'primary' && level === 'problem')
      return isStandby ? findings : [...findings, ...(await look(ON_PRIMARY, patient))]
    }),
  )
}

/** What fails is a finding too: of what could not be seen nobody knows that it is fine. */
async function look(
  checks: readonly (readonly [Subject, Check])[],
  patient: Patient,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const [subject, check] of checks) {
    try {
      findings.push(...(await check(patient)))
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      findings.push(
        blame(
          subject,
          `It cannot be looked at: ${message}.`,
          'Grant the role what the message names, or use one that may.',
        ),
      )
    }
  }
  return findings
}
