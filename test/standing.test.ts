import test from 'ava'
import { createEmitter } from '../src/observe/emitter.ts'
import { Standing } from '../src/standing.ts'

function createBench() {
  const emitter = createEmitter('shop')
  const told: string[] = []
  const show = (error: unknown): string => (error instanceof Error ? error.message : 'nothing')
  emitter.on('state', ({ state, error }) => told.push(`${state}, ${show(error)}`))
  emitter.on('error', ({ error }) => told.push(show(error)))
  return { standing: new Standing(emitter.emit), told }
}

test('why a feed can not be had is told at the first attempt, and again only for another reason', (t) => {
  const { standing, told } = createBench()
  standing.lose(new Error('refused'))
  standing.lose(new Error('refused'))
  standing.lose(new Error('no such database'))
  t.deepEqual(told, ['refused', 'no such database'])
  t.is(standing.state, 'starting')
})

test('a loss is told with its state, what hinders the way back as an error, and all of it anew once it was live', (t) => {
  const { standing, told } = createBench()
  standing.enter('live')
  standing.lose(new Error('reset'))
  standing.lose(new Error('reset'))
  standing.lose(new Error('refused'))
  standing.enter('live')
  standing.lose(new Error('refused'))
  t.deepEqual(told, ['live, nothing', 'down, reset', 'refused', 'live, nothing', 'down, refused'])
})

test('what is closed stays so, and says no more', (t) => {
  const { standing, told } = createBench()
  standing.enter('closed')
  standing.enter('live')
  standing.lose(new Error('refused'))
  t.deepEqual(told, ['closed, nothing'])
  t.is(standing.state, 'closed')
})
