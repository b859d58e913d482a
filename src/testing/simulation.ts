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
    await play(run, schedule, widths)
    return { fault: run.fault, widths }
  } finally {
    await run.close()
  }
}

async function play(run: Run, schedule: Schedule, widths: number[]): Promise<void> {
  if (run.filled) await run.fill()
  for (const choice of schedule) {
    const steps = listSteps(run)
    widths.push(steps.length)
    const [text, act] = steps[choice % steps.length] as Step
    run.steps.push(text)
    await act()
    await run.settle()
    if (run.fault !== undefined) return
  }
  await finishRun(run)
}
