import test from 'ava'
import { createGaps } from '../src/gaps.ts'
import { createEmitter } from '../src/observe/emitter.ts'
import { createClock } from './helpers/clock.ts'

function createBench() {
  const clock = createClock()
  const emitter = createEmitter('r')
  const reported: string[] = []
  emitter.on('gap', ({ cause, epoch, count }) => reported.push(`${cause} ${epoch}, ${count}`))
  return { clock, reported, gaps: createGaps(emitter, clock) }
}

test('every gap raises the epoch and is reported', (t) => {
  const { gaps, reported } = createBench()
  gaps.note('start')
  gaps.note('disconnect')
  t.deepEqual(reported, ['start 1, 1', 'disconnect 2, 1'])
  t.is(gaps.epoch, 2)
})

test('a flood of messages that can not be read raises the epoch each time, and is reported once a second', (t) => {
  const { gaps, reported, clock } = createBench()
  for (let turn = 0; turn < 100; turn += 1) gaps.note('undecodable')
  gaps.note('disconnect')
  clock.advance(1_000)
  gaps.note('undecodable')
  t.deepEqual(reported, ['undecodable 1, 1', 'disconnect 101, 1', 'undecodable 102, 100'])
  t.is(gaps.epoch, 102)
})
