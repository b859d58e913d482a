import type { Adapter, Step } from './adapter.ts'
import { finishRun } from './finish.ts'
import { type Fault, type Limits, Run, type Schedule } from './run.ts'
import { listSteps } from './steps.ts'

/** How a schedule ended. */
export type Outcome = {
  readonly fault: Fault | undefined
  /** How many steps were possible at each place of the schedule, as far as it was played. */
  readonly widths: readonly number[]
}

/** Runs a schedule on a fresh cache. Nothing depends on time or chance, so a schedule always ends alike. */
export async function runSchedule(
  adapter: Adapter,
  schedule: Schedule,
  limits: Limits = {},
): Promise<Outcome> {
  const run = new Run(adapter, limits)
  await run.open()
  try {
    const widths: number[] = []
    await play(run, schedule.length, (steps, place) => {
      widths.push(steps.length)
      return (schedule[place] as number) % steps.length
    })
    return { fault: run.fault ?? run.unshared, widths }
  } finally {
    await run.close()
  }
}

/** Runs the steps that are called so, or whose names begin so, each of which must be possible then. */
export async function runSteps(
  adapter: Adapter,
  names: readonly string[],
  limits: Limits = {},
): Promise<Fault | undefined> {
  const run = new Run(adapter, limits)
  await run.open()
  try {
    await play(run, names.length, (steps, place) => {
      const name = names[place] ?? ''
      const found = steps.findIndex(([text]) => text === name || text.startsWith(`${name} `))
      if (found >= 0) return found
      const possible = steps.map(([text]) => text).join('; ')
      throw new TypeError(`Expected one of these steps, got ${JSON.stringify(name)}: ${possible}.`)
    })
    return run.fault ?? run.unshared
  } finally {
    await run.close()
  }
}

async function play(
  run: Run,
  length: number,
  choose: (steps: readonly Step[], place: number) => number,
): Promise<void> {
  if (run.filled !== false) await run.fill()
  for (let place = 0; place < length; place += 1) {
    const steps = listSteps(run)
    const [text, act] = steps[choose(steps, place)] as Step
    run.steps.push(text)
    await act()
    await run.settle()
    run.checkSharing()
    if (run.fault !== undefined) return
  }
  await finishRun(run)
}
