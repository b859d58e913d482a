import test from 'ava'
import { createEmitter } from '../../src/observe/emitter.ts'
import { logEvents, type Logger } from '../../src/observe/log-events.ts'
import { StalemateError } from '../../src/errors.ts'

function createLogger(lines: unknown[]): Logger {
  const level = (name: string) => (fields: object, message: string) =>
    void lines.push([name, fields, message])
  return { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') }
}

test('each event has a stable name and code, and a level that fits', (t) => {
  const lines: unknown[] = []
  const emitter = createEmitter('shop')
  const undo = logEvents(emitter, createLogger(lines))
  emitter.emit('state', { state: 'live' })
  emitter.emit('gap', { cause: 'disconnect', epoch: 2, count: 1 })
  emitter.emit('change', {
    change: { kind: 'change', table: 'calls', operation: 'update', targets: [] },
    invalidations: [{ kind: 'entries', cache: 'dashboard', width: 1, values: ['secret'] }],
    ignored: 0,
    dropped: 1,
    receivedAt: 0,
    appliedAt: 5,
  })
  const error = new StalemateError('feed-silent', 'Nothing came.')
  emitter.emit('error', { error })
  emitter.emit('sample', { cache: 'dashboard', result: 'right' })
  undo()
  emitter.emit('state', { state: 'down' })
  t.deepEqual(lines, [
    ['info', { event: 'stalemate.state', code: 'live' }, 'The runtime is live.'],
    [
      'warn',
      { event: 'stalemate.gap', code: 'disconnect', epoch: 2 },
      'Changes may have been missed (disconnect): everything held was given up.',
    ],
    [
      'debug',
      {
        event: 'stalemate.change',
        code: 'update',
        table: 'calls',
        caches: ['dashboard'],
        dropped: 1,
        ignored: 0,
      },
      'update of calls: 1 entries dropped.',
    ],
    ['error', { event: 'stalemate.error', code: 'feed-silent', err: error }, 'Nothing came.'],
    [
      'debug',
      { event: 'stalemate.sample', code: 'right', cache: 'dashboard' },
      'A held value of dashboard was compared with the database: right.',
    ],
  ])
  t.false(JSON.stringify(lines).includes('secret'))
})

test('triggers that are not covered are an error, and their return is told', (t) => {
  const lines: unknown[] = []
  const emitter = createEmitter('shop')
  logEvents(emitter, createLogger(lines))
  const uncovered = [{ table: 'calls', trigger: 'stalemate_shop_update', why: 'disabled' }] as never
  emitter.emit('coverage', { uncovered })
  emitter.emit('coverage', { uncovered: [] })
  t.deepEqual(
    lines.map((line) => [(line as unknown[])[0], (line as [string, { code: string }])[1].code]),
    [
      ['error', 'uncovered'],
      ['info', 'covered'],
    ],
  )
})
