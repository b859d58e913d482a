import { EventEmitter } from 'node:events'
import test from 'ava'
import fc from 'fast-check'
import { readCopy } from '../../src/feed/copy-data.ts'

/** A stream whose bytes the test gives, with a parser that was there before. */
function createStream() {
  const said: string[] = []
  const destroyed: Error[] = []
  const stream = Object.assign(new EventEmitter(), { destroy: (error: Error) => destroyed.push(error) })
  stream.on('data', (bytes: Buffer) => said.push(`other ${bytes.toString('hex')}`))
  readCopy(stream, {
    heard: () => {},
    copyData: (bytes, start, end) => said.push(`copy ${bytes.toString('hex', start, end)}`),
  })
  return { said, destroyed, give: (bytes: Buffer) => stream.emit('data', bytes) }
}

function createMessage(type: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const messages = fc.array(fc.tuple(fc.constantFrom('d', 'd', 'W', 'N'), fc.uint8Array({ maxLength: 12 })), {
  minLength: 1,
})

test('however the bytes are cut, each message is read once, whole and in its order', (t) => {
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (all, cuts) => {
      const bytes = Buffer.concat(all.map(([type, body]) => createMessage(type, body)))
      const { said, destroyed, give } = createStream()
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = cuts[turn % cuts.length] ?? 1
        give(bytes.subarray(at, at + size))
        at += size
      }
      const wanted = all.map(([type, body]) =>
        type === 'd'
          ? `copy ${Buffer.from(body).toString('hex')}`
          : `other ${createMessage(type, body).toString('hex')}`,
      )
      t.deepEqual(said, wanted)
      t.deepEqual(destroyed, [])
    }),
  )
})

test('a message longer than what is read at once is put together', (t) => {
  const body = Buffer.alloc(1_000_000, 'x')
  const bytes = Buffer.concat([createMessage('d', body), createMessage('d', Buffer.from('end'))])
  const { said, give } = createStream()
  for (let at = 0; at < bytes.length; at += 65_536) give(bytes.subarray(at, at + 65_536))
  t.deepEqual(said, [`copy ${body.toString('hex')}`, `copy ${Buffer.from('end').toString('hex')}`])
})

for (const length of [0, 3, 0xffffffff]) {
  test(`a message of ${length} bytes ends the connection, and not the process`, (t) => {
    const bytes = createMessage('d', Buffer.alloc(0))
    bytes.writeUInt32BE(length, 1)
    const { said, destroyed, give } = createStream()
    give(bytes)
    t.deepEqual(said, [])
    t.regex(String(destroyed[0]), /makes no sense/)
  })
}
