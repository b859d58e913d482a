import { createRandom } from '../../src/testing/random.ts'
import { explore, type FaultKind, runSchedule } from '../../src/testing/index.ts'
import type { Benchmark, Context, Report } from '../harness/benchmark.ts'
import { createRows, createTarget } from '../harness/rows.ts'
import { findVersion } from '../hit/find-version.ts'
import { SUBJECTS, type Tested } from './subjects.ts'

const SEED = 20
const LENGTH = 16

export const coherence: Benchmark = {
  name: 'coherence',
  summary: 'What caches answer when loads and invalidations overtake one another, under simulated schedules.',
  run: runCoherence,
}

type Outcome = {
  readonly subject: Tested
  readonly counts: ReadonlyMap<FaultKind, number>
  readonly story: string
}

async function runCoherence({ quick, signal, progress }: Context): Promise<Report> {
  const schedules = quick ? 200 : 2_000
  const outcomes: Outcome[] = []
  for (const subject of SUBJECTS) {
    signal.throwIfAborted()
    progress(subject.name)
    outcomes.push(await testSubject(subject, schedules))
  }
  const rows = createRows(
    `of ${schedules.toLocaleString('en-US')} schedules ended with a stale read`,
    outcomes.map(({ subject, counts }) => ({
      name: subject.name,
      values: [counts.get('stale') ?? 0],
      details: {
        version: subject.library === undefined ? '' : (findVersion(subject.library) ?? ''),
        rejected: counts.get('rejected') ?? 0,
        hung: counts.get('hung') ?? 0,
        'not held': counts.get('unheld') ?? 0,
        'not shared': counts.get('unshared') ?? 0,
        other: (counts.get('invented') ?? 0) + (counts.get('leftover') ?? 0),
      },
    })),
  )
  const own = outcomes.find(({ subject }) => subject.name === 'Stalemate')
  const faults = [...(own?.counts.values() ?? [])].reduce((sum, count) => sum + count, 0)
  const stories = outcomes.flatMap(({ subject, story }) =>
    story === '' ? [] : [`${subject.name}: ${story}`],
  )
  const targets = [createTarget('faults of Stalemate', 'at most', 0, faults)]
  return { rows, absent: [], targets, notes: [...NOTES, ...stories] }
}

async function testSubject(subject: Tested, schedules: number): Promise<Outcome> {
  const counts = new Map<FaultKind, number>()
  const next = createRandom(SEED)
  for (let number = 0; number < schedules; number += 1) {
    const steps = 1 + Math.floor(next() * LENGTH)
    const schedule = Array.from({ length: steps }, () => Math.floor(next() * 64))
    const { fault } = await runSchedule(subject, schedule, {
      keys: 1 + Math.floor(next() * 2),
      filled: next() < 0.3,
    })
    if (fault !== undefined) counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + 1)
  }
  if (!counts.has('stale')) return { subject, counts, story: '' }
  const { fault } = await explore(subject, { random: schedules, length: LENGTH, seed: SEED })
  const story = fault === undefined ? '' : `${fault.steps.join('; ')}. Then: ${fault.message}`
  return { subject, counts, story }
}

const NOTES = [
  'Baseline: a map that is filled when a load ends. The map of promises forgets a load at an invalidation; it has neither time to live nor bounds. Each schedule is a random order of reads, writes, reading and ending of loads, and arrivals of changes, the same for all; a run ends with its first fault. An invalidation counts as applied when the call of the library that deletes the key has resolved.',
  'stale - a read that began after an invalidation was applied got a value from before it; rejected - a read failed although its load did not; hung - a read never ended; not held - a key was loaded again although nothing had changed; not shared - two readers caused two loads.',
] as const
