import { setTimeout as pause } from 'node:timers/promises'
import { formatStale } from './format-stale.ts'
import { formatStep } from './format-step.ts'
import type { StaleRead } from './oracle.ts'
import { runStep, type Step, type StepTools } from './run-step.ts'
import type { Screen } from './screen.ts'
import { formatNumber, type Paint } from './text.ts'
import type { Verdict } from './verdict.ts'
import { Witness } from './witness.ts'
import { KINDS } from './writer/deal.ts'
import type { Wish } from './writer/message.ts'

/** Milliseconds between two transactions, if the show is long enough. */
const PACE = 500
const MIN_PACE = 100
/** Transactions shown at least, as far as the pace allows. */
const STEPS = 50
/** Milliseconds without a transaction after the sabotage: more than the oracle tolerates. */
const SABOTAGE_PAUSE = 900
/** Milliseconds in which what the burst made wrong is read and so held again. */
const REFILL = 100
const MAX_EVIDENCE = 5

export type PhaseTools = StepTools & {
  readonly verdict: Verdict
  readonly witness: Witness
  readonly screen: Screen
  readonly paint: Paint
  readonly signal: AbortSignal
}

/**
 * Lets the writer commit one transaction after the other and shows each, for a time in milliseconds, but at
 * least until there was one of each kind.
 */
export async function runShow(
  tools: PhaseTools,
  duration: number,
  onStep: (step: Step, number: number) => void,
): Promise<void> {
  const { verdict, witness, screen, paint, signal } = tools
  const pace = Math.min(PACE, Math.max(MIN_PACE, duration / STEPS))
  const end = performance.now() + duration
  for (let [next, done] = [performance.now(), 0]; next < end || done < KINDS; next += pace, done++) {
    await pause(Math.max(next - performance.now(), 0), undefined, { signal })
    const step = await runStep(tools)
    const number = verdict.observe(step.written, await witness.observe())
    screen.print(...formatStep(number, step, screen.width(), paint))
    judgeReads(tools)
    onStep(step, number)
  }
}

/** Lets the writer change what the runtime is not told of, and gives the reader time to be answered wrong. */
export async function runSabotaged(tools: PhaseTools, wishes: readonly Wish[]): Promise<readonly Step[]> {
  const { verdict, witness, screen, paint, signal } = tools
  const steps: Step[] = []
  for (const wish of wishes) {
    const step = await runStep(tools, wish)
    const number = verdict.observe(step.written, await witness.observe())
    screen.print(...formatStep(number, step, screen.width(), paint))
    steps.push(step)
  }
  await pause(SABOTAGE_PAUSE, undefined, { signal })
  judgeReads(tools)
  return steps
}

/**
 * Lets the writer commit without waiting for anybody, stops reading, and compares everything that is held
 * with the database. Then the oracle repeats the burst on copies of the tables, so that it has the states in
 * between as well, and judges what was read meanwhile.
 */
export async function runBurst(tools: PhaseTools, count: number, connectionString: string): Promise<void> {
  const { app, reader, writer, entries, verdict, witness, screen, signal } = tools
  await using copies = await Witness.open(connectionString, entries)
  await copies.copy()
  const written = await writer.burst(count)
  await pause(REFILL, undefined, { signal })
  await reader.stop()
  await app.sync()
  const states = await witness.observe()
  const held = entries.flatMap((entry) => reader.peek(entry) ?? [])
  let repeated = states
  for (const [index, one] of written.entries()) {
    signal.throwIfAborted()
    screen.setStatus(` the oracle repeats the burst: ${formatNumber(index + 1)} of ${formatNumber(count)}`)
    await copies.replay(one.statement)
    repeated = await copies.observe()
    verdict.observe(one, repeated)
  }
  for (const [key, state] of states) {
    if (repeated.get(key) !== state)
      throw new Error(`The oracle's copies differ from the database at ${key}.`)
  }
  judgeReads(tools)
  printEvidence(tools, verdict.judgeHeld(held, states))
}

function judgeReads(tools: PhaseTools): void {
  printEvidence(tools, tools.verdict.judge(tools.reader.take()))
}

function printEvidence({ verdict, screen, paint }: PhaseTools, found: readonly StaleRead[]): void {
  const room = Math.max(MAX_EVIDENCE - (verdict.evidence.length - found.length), 0)
  for (const stale of found.slice(0, room)) screen.print(...formatStale(stale, screen.width(), paint))
}
