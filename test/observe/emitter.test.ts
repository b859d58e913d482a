import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import test from 'ava'
import { channelName, createEmitter } from '../../src/observe/emitter.ts'

test('events are published on diagnostics channels, with the ruleset they belong to', (t) => {
  const heard: unknown[] = []
  const listener = (message: unknown): void => void heard.push(message)
  subscribe(channelName('state'), listener)
  t.teardown(() => unsubscribe(channelName('state'), listener))
  createEmitter('shop').emit('state', { state: 'live' })
  createEmitter('blog').emit('state', { state: 'down' })
  t.deepEqual(heard, [
    { ruleset: 'shop', state: 'live' },
    { ruleset: 'blog', state: 'down' },
  ])
})

test('a subscriber of a channel counts as somebody who listens', (t) => {
  const emitter = createEmitter('shop')
  t.false(emitter.has('coverage'))
  const listener = (): void => {}
  subscribe(channelName('coverage'), listener)
  t.true(emitter.has('coverage'))
  unsubscribe(channelName('coverage'), listener)
  t.false(emitter.has('coverage'))
  const undo = emitter.on('coverage', listener)
  t.true(emitter.has('coverage'))
  undo()
  t.false(emitter.has('coverage'))
})

test('a listener that throws is reported, and the others hear the event', (t) => {
  const emitter = createEmitter('shop')
  const failure = new Error('no')
  const heard: unknown[] = []
  emitter.on('state', () => {
    throw failure
  })
  emitter.on('state', ({ state }) => heard.push(state))
  emitter.on('error', ({ error }) => heard.push(error))
  emitter.emit('state', { state: 'live' })
  t.deepEqual(heard, [failure, 'live'])
})
