import { setTimeout as pause } from 'node:timers/promises'
import test from 'ava'
import { createDashboard } from '../../../src/dashboard/create-dashboard.ts'
import { createFakeApp, readRules } from '../fake-app.ts'
import { waitFor } from '../../helpers/wait.ts'
import { openPage } from './open-page.ts'
import { serve } from './serve.ts'

/** A task that takes longer is felt. */
const LONG = 50
const RATE = 1_000
const MS_PER_VIEW = 2_500
const VIEWS = ['overview', 'changes', 'rules'] as const

type TraceEvent = {
  readonly name: string
  readonly ph: string
  readonly tid: number
  /** Microseconds of the clock, and of the processor. */
  readonly dur?: number
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/**
 * Tasks of the page's own thread. The processor's time is what the page costs; the clock's is also what else the machine does,
 * which here runs the browser, the server and the tests of others on two cores.
 */
function readTasks(trace: Buffer): readonly TraceEvent[] {
  const { traceEvents } = JSON.parse(trace.toString('utf8')) as { traceEvents: readonly TraceEvent[] }
  const renderer = traceEvents.find(
    ({ name, args }) => name === 'thread_name' && /RendererMain|InProcRenderer/.test(args?.name ?? ''),
  )
  return traceEvents.filter(
    ({ name, ph, tid }) => name.endsWith('RunTask') && ph === 'X' && tid === renderer?.tid,
  )
}

test.serial(`${RATE} changes a second leave the page smooth: no task of it takes ${LONG} ms`, async (t) => {
  const fake = createFakeApp()
  const dashboard = createDashboard(fake.app, { rules: readRules() })
  const { url } = await serve(t, dashboard)
  const { browser, page, evaluate, complaints } = await openPage(t, url)
  await page.locator('.tile').first().waitFor()
  await evaluate(
    `new PerformanceObserver((list) => (window.seen = [...(window.seen ?? []), ...list.getEntries().map((entry) => entry.duration)])).observe({ type: 'longtask' }); undefined`,
  )
  const edges = Object.entries(fake.app.manifest.caches).flatMap(([cache, { tables }]) =>
    tables.map((table) => [table, cache] as const),
  )
  await waitFor(
    browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] }),
    'the trace to begin',
  )
  let sent = 0
  const sendUntil = (count: number): void => {
    for (; sent < count; sent += 1) {
      const [table, cache] = edges[sent % edges.length] ?? ['calls', 'dashboard']
      fake.change(table, cache)
    }
  }
  for (const view of VIEWS) {
    await page.locator(`nav a[href="#${view}"]`).click()
    const began = performance.now()
    const before = sent
    for (let elapsed = 0; elapsed < MS_PER_VIEW; elapsed = performance.now() - began) {
      sendUntil(before + (elapsed * RATE) / 1_000)
      await pause(10)
    }
    sendUntil(before + (MS_PER_VIEW * RATE) / 1_000)
  }
  const tasks = readTasks(await waitFor(browser.stopTracing(), 'the trace to end'))
  const cost = (task: TraceEvent): number => (task.tdur ?? Infinity) / 1_000
  const longest = Math.max(...tasks.map(cost))
  const total = tasks.reduce((sum, task) => sum + cost(task), 0)
  const felt = await evaluate<readonly number[] | undefined>('window.seen')
  t.log(`${sent} changes, ${tasks.length} tasks, ${Math.round(total)} ms of the processor, the longest ${longest.toFixed(1)} ms; ${felt?.length ?? 0} tasks took longer than ${LONG} ms of the clock`) // prettier-ignore
  t.true(tasks.length > 100, 'the trace has the tasks of the page')
  t.true(longest < LONG, `a task took ${longest} ms`)
  t.deepEqual(complaints, [])
})
