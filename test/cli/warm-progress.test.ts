import test from 'ava'
import { formatProgress } from '../../src/cli/warm-progress.ts'
import type { InstanceReport } from '../../src/warm/instance-report.ts'

const report = (more: Partial<InstanceReport>): InstanceReport => ({
  instance: 'a:1',
  state: 'running',
  loaded: 0,
  skipped: 0,
  failed: 0,
  total: undefined,
  took: undefined,
  ends: {},
  error: undefined,
  ...more,
})

test('the line tells how much of all is done in all instances, the rate, and the time that is left', (t) => {
  const reports = [
    report({ loaded: 1_000, total: 2_000 }),
    report({ loaded: 200, skipped: 250, failed: 50, total: 1_000 }),
  ]
  t.is(
    formatProgress(reports, 10_000, 200),
    '[##########----------]  50 %  1,200 loaded  250 skipped  50 failed  120/s  10 s left  2 instances',
  )
})

test('while it is not known how much there is, there is no bar and no time left', (t) => {
  t.is(formatProgress([report({ loaded: 5 }), report({ total: 7 })], 1_000, 200), '5 loaded  0 skipped  0 failed  5/s  2 instances') // prettier-ignore
  t.is(formatProgress([], 0, 200), '0 loaded  0 skipped  0 failed  0/s')
})

test('what is over has nothing left, and a narrow terminal gets what fits', (t) => {
  t.is(formatProgress([report({ state: 'over', total: 0 })], 1_000, 200), '[####################] 100 %  0 loaded  0 skipped  0 failed  0/s') // prettier-ignore
  t.is(formatProgress([report({ loaded: 1, total: 4 })], 1_000, 30), '[#####---------------]  25 % ') // prettier-ignore
})
