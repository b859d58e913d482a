import type { Key, Step } from './adapter.ts'
import type { LoadCall } from './database.ts'
import type { Run } from './run.ts'
import { KEYS, LONG, show, SILENCE, TTL } from './scene.ts'

/** What can happen next, in a fixed order: the meaning of a schedule depends on it. */
export function listSteps(run: Run): readonly Step[] {
  const steps: Step[] = []
  const { loads, feed } = run.database
  for (const key of run.keys) steps.push([`read ${show(key)}`, () => run.read(key)])
  for (const key of run.keys) steps.push([`write ${show(key)}`, () => run.write([key]), 'database'])
  for (const load of loads) {
    const name = nameLoad(load)
    if (load.snapshot === undefined) steps.push([`${name} sees the database`, () => load.see(), 'database'])
    else steps.push([`${name} ends`, () => load.end()])
  }
  if (feed.length > 0) steps.push(['the next change arrives', () => run.deliver()])
  for (const key of run.keys) addPeek(run, steps, key)
  for (const group of new Set(run.keys.map((key) => key.group))) {
    steps.push([
      `write all of ${group}`,
      () =>
        run.write(
          KEYS.filter((key) => key.group === group),
          group,
        ),
      'database',
    ])
  }
  if (run.rough) addRough(run, steps)
  steps.push(...(run.subject.steps?.(run.keys) ?? []))
  return steps
}

function addPeek(run: Run, steps: Step[], key: Key): void {
  const { peek } = run.subject
  if (peek === undefined) return
  steps.push([
    `peek ${show(key)}`,
    () => {
      const value = peek(key)
      if (value === undefined) return
      run.judge(`peek ${show(key)}`, 0, value, run.begin([key]))
    },
  ])
}

function addRough(run: Run, steps: Step[]): void {
  const { getMany, refresh } = run.subject
  for (const load of run.database.loads) {
    steps.push([`${nameLoad(load)} fails`, () => load.fail()])
    if (load.keys.length > 1 && load.snapshot !== undefined)
      steps.push([`${nameLoad(load)} ends without the first`, () => load.end(0)])
  }
  if (run.adapter.ownClock !== true) {
    steps.push(['most of their time passes', () => run.confidence.pass(TTL * 0.8)])
    steps.push(['entries expire', () => run.confidence.pass(TTL)])
    steps.push(['a long time passes', () => run.confidence.pass(LONG)])
  }
  steps.push(['everything is made wrong', () => run.gap()])
  if (getMany !== undefined) steps.push(['read all at once', () => run.readMany()])
  if (refresh !== undefined) {
    for (const key of run.keys) {
      steps.push([`refresh ${show(key)}`, () => run.await(`refresh ${show(key)}`, [key], () => refresh(key))])
    }
  }
  if (run.confidence.isTried) addDoubts(run, steps)
}

/** What ends trust, or moves it on. */
function addDoubts(run: Run, steps: Step[]): void {
  const { confidence, subject, adapter } = run
  if (adapter.ownClock !== true) {
    for (const time of confidence.deadlines)
      steps.push([`${time - run.now} ms pass in silence, to the deadline`, () => void (run.now = time)])
    steps.push(['a moment passes', () => void (run.now += SILENCE / 3)])
    steps.push(['a silence passes', () => void (run.now += SILENCE)])
  }
  if (confidence.isCovered) steps.push(['the trigger is dropped', () => void (confidence.isCovered = false)])
  if (confidence.isMissed)
    steps.push(['the trigger is there again', () => void (confidence.isCovered = true)])
  if (confidence.isConnected) {
    steps.push(['life is proven', () => confidence.prove()])
    steps.push(['the feed is lost', () => confidence.lose()])
    return
  }
  steps.push(['the feed is back', () => confidence.regain()])
  if (subject.suspend !== undefined)
    steps.push(['the feed is back and goes on where it was', () => confidence.resume()])
}

function nameLoad({ number, keys }: LoadCall): string {
  return `load ${number} of ${keys.map(show).join(', ')}`
}
