import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mock } from 'node:test'
import test from 'ava'
import type { Manifest } from '../../src/manifest/manifest.ts'
import { createSchedule } from '../../src/warm/schedule.ts'
import { settle } from '../helpers/deferred.ts'
import { ROOT } from '../helpers/root.ts'

test.serial(
  'node-schedule calls back every half hour for the example, with the time that it is for',
  async (t) => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'generated/manifest.json'), 'utf8')) as Manifest
    const { schedule: every = '' } = manifest.warming?.['active-dashboards'] ?? {}
    const start = new Date(2026, 2, 1, 9, 12)
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: start })
    t.teardown(() => mock.timers.reset())
    const schedule = await createSchedule()
    const ticks: string[] = []
    const stop = schedule(every, async (tick) => {
      ticks.push(`${tick.toLocaleTimeString('en-GB')}.${tick.getMilliseconds()}`)
      await Promise.resolve()
    })
    const pass = async (minutes: number): Promise<void> => {
      for (let second = 0; second < minutes * 60; second += 1) mock.timers.tick(1_000)
      await settle()
    }
    await pass(17.5)
    t.deepEqual(ticks, [])
    await pass(1)
    t.deepEqual(ticks, ['09:30:00.0'])
    await pass(61)
    t.deepEqual(ticks, ['09:30:00.0', '10:00:00.0', '10:30:00.0'])
    stop()
    await pass(61)
    t.is(ticks.length, 3)
  },
)
