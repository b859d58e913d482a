import type { Key, Step } from './adapter.ts'
import { KEYS, LONG, type Run, show, TTL } from './run.ts'

/** What can happen next, in a fixed order: the meaning of a schedule depends on it. */
export function listSteps(run: Run): readonly Step[] {
  const steps: Step[] = []
  const { loads, feed } = run.database
  for (const key of run.keys) steps.push([`read ${show(key)}`, () => run.read(key)])
  for (const key of run.keys) steps.push([`write ${show(key)}`, () => run.write([key])])
  for (const load of loads) {
    const name = `load ${load.number} of ${show(load.key)}`
    if (load.snapshot === undefined) steps.push([`${name} sees the database`, () => load.see()])
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
  const { getMany, refresh, distrust, trust } = run.subject
  for (const load of run.database.loads) {
    steps.push([`load ${load.number} of ${show(load.key)} fails`, () => load.fail()])
  }
  if (run.adapter.ownClock !== true) {
    steps.push(['most of their time passes', () => void (run.now += TTL * 0.8)])
    steps.push(['entries expire', () => void (run.now += TTL)])
    steps.push(['a long time passes', () => void (run.now += LONG)])
  }
  steps.push(['everything is made wrong', () => run.gap()])
  if (getMany !== undefined) steps.push(['read all at once', () => run.readMany()])
  if (refresh !== undefined) {
    for (const key of run.keys) {
      steps.push([`refresh ${show(key)}`, () => run.await(`refresh ${show(key)}`, [key], () => refresh(key))])
    }
  }
  if (distrust === undefined || trust === undefined) return
  steps.push(
    run.trusted
      ? ['the feed is lost', () => run.lose(distrust)]
      : ['the feed is back', () => run.regain(trust)],
  )
}
