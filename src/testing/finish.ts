import type { Run } from './run.ts'
import { show } from './scene.ts'

/** Lets everything end, and looks at what remains. */
export async function finishRun(run: Run): Promise<void> {
  await run.confidence.restore()
  while (run.database.feed.length > 0) await run.deliver()
  await run.endLoads()
  if (run.waiting.size > 0) run.accuse('hung', `${run.waiting.size} reads never ended.`)
  run.steps.push('all is quiet; each key is read twice')
  for (const key of run.keys) {
    run.read(key)
    run.read(key)
    await run.settle()
    const loads = run.database.loads.length
    if (loads > 1) run.accuse('unshared', `Two readers of ${show(key)} caused ${loads} loads.`)
    await run.endLoads()
    run.read(key)
    await run.settle()
    if (run.database.loads.length > 0) {
      run.accuse('unheld', `${show(key)} was loaded again although nothing had changed.`)
    }
    await run.endLoads()
  }
  await emptyCache(run)
}

/** Takes one key after the other out of a full cache. */
async function emptyCache(run: Run): Promise<void> {
  for (const [place, key] of run.keys.entries()) {
    run.steps.push(`${show(key)} is made wrong`)
    await run.subject.invalidate(key)
    for (const other of run.keys.slice(place + 1)) {
      run.read(other)
      await run.settle()
      if (run.database.loads.length > 0) {
        run.accuse('unheld', `${show(other)} was loaded again, since ${show(key)} was made wrong.`)
      }
      await run.endLoads()
    }
  }
  checkLeftovers(run)
  await run.gap()
  checkLeftovers(run)
}

function checkLeftovers(run: Run): void {
  const leftovers = run.subject.leftovers?.()
  if (leftovers !== undefined) run.accuse('leftover', leftovers)
}
