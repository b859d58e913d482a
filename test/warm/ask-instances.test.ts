import test from 'ava'
import { Asking } from '../../src/warm/ask-instances.ts'
import type { InstanceReport } from '../../src/warm/instance-report.ts'
import type { JsonValue } from '../../src/wire/change.ts'
import { createClock } from '../helpers/clock.ts'
import { settle } from '../helpers/deferred.ts'

const PATIENCE = { wait: 3_000, silence: 15_000, farewell: 5_000 }

function createAsking() {
  const clock = createClock()
  const stop = new AbortController()
  const sent: [string, { readonly id: string; readonly [key: string]: JsonValue }][] = []
  const heard: InstanceReport[] = []
  const asking = new Asking({
    send: async (control, body) => await Promise.resolve(void sent.push([control, body as { id: string }])),
    clock,
    patience: PATIENCE,
    heard: (report) => heard.push(report),
    signal: stop.signal,
  })
  const hear = (body: JsonValue): void => asking.receive({ kind: 'control', control: 'warm-report', nonce: 'n', body }) // prettier-ignore
  const report = (instance: string, state: string, loaded = 0): void =>
    hear({ id: sent[0]?.[1].id ?? '', instance, state, loaded })
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms)
    await settle()
  }
  /** What the promise gave, if it has by now. */
  const peek = async <T>(promise: Promise<T>): Promise<T | undefined> => {
    await settle()
    return await Promise.race([promise, Promise.resolve(undefined)])
  }
  return { asking, clock, stop, sent, heard, hear, report, pass, peek }
}

test('it ends once all that have begun are done, not before others had time to answer', async (t) => {
  const { asking, report, pass, peek, sent } = createAsking()
  const run = asking.run({ set: 'all' })
  await settle()
  t.like(sent, [['warm', { set: 'all' }]])
  report('a', 'begun')
  report('a', 'over', 5)
  await pass(2_999)
  t.is(await peek(run), undefined)
  report('b', 'begun')
  await pass(1)
  t.is(await peek(run), undefined)
  await pass(10_000)
  report('b', 'running', 1)
  await pass(10_000)
  report('b', 'over', 2)
  t.like(await peek(run), [{ instance: 'a', state: 'over', loaded: 5 }, { instance: 'b', loaded: 2 }]) // prettier-ignore
})

test('nobody answers: it ends when the time to answer is over', async (t) => {
  const { asking, pass, peek, clock } = createAsking()
  const run = asking.run({})
  await settle()
  await pass(2_999)
  t.is(await peek(run), undefined)
  await pass(1)
  t.deepEqual(await peek(run), [])
  t.is(clock.pending(), 0)
})

test('an instance that falls silent counts as lost', async (t) => {
  const { asking, report, pass, peek, heard } = createAsking()
  const run = asking.run({})
  await settle()
  report('a', 'begun')
  await pass(10_000)
  report('a', 'running', 3)
  await pass(14_999)
  t.is(await peek(run), undefined)
  await pass(1)
  t.like(await peek(run), [{ instance: 'a', state: 'lost', loaded: 3 }])
  t.is(heard.at(-1)?.state, 'lost')
})

test('called off, it says so to all, and waits for their last word, not for ever', async (t) => {
  const { asking, report, pass, peek, sent, stop } = createAsking()
  const run = asking.run({})
  await settle()
  report('a', 'begun')
  report('b', 'begun')
  stop.abort()
  await settle()
  t.is(sent.at(-1)?.[0], 'warm-stop')
  t.is(sent.at(-1)?.[1].id, sent[0]?.[1].id)
  report('a', 'over', 4)
  t.is(await peek(run), undefined)
  await pass(5_000)
  t.like(await peek(run), [{ state: 'over', loaded: 4 }, { state: 'lost' }])
})

test('what is no report of this run changes nothing, and the last word of an instance stands', async (t) => {
  const { asking, hear, report, sent, heard, pass, peek } = createAsking()
  const run = asking.run({})
  await settle()
  const id = sent[0]?.[1].id ?? ''
  for (const body of [7, null, [], { id }, { id, instance: 1, state: 'over' }, { id, instance: 'x', state: 'lost' }, { id: 'other', instance: 'x', state: 'over' }]) hear(body) // prettier-ignore
  t.deepEqual(heard, [])
  hear({
    id,
    instance: 'a\u001B[2J',
    state: 'over',
    loaded: -1,
    skipped: 'x',
    ends: { complete: 1, other: 2 },
  })
  t.like(heard[0], { instance: 'a [2J', loaded: 0, skipped: 0, ends: { complete: 1 } })
  report('a\u001B[2J', 'running', 9)
  await pass(3_000)
  t.like(await peek(run), [{ state: 'over', loaded: 0 }])
})
