import { Socket } from 'node:net'
import test from 'ava'
import { openClient } from '../../src/feed/open-client.ts'
import { createDatabase } from '../helpers/database.ts'

test('the socket of a feed is probed while it is idle', async (t) => {
  const { connectionString } = await createDatabase(t)
  const probed = new Map<Socket, readonly unknown[]>()
  const set = Reflect.get(Socket.prototype, 'setKeepAlive')
  Socket.prototype.setKeepAlive = function (this: Socket, ...given) {
    if (!probed.has(this)) probed.set(this, given)
    return set.apply(this, given)
  }
  t.teardown(() => (Socket.prototype.setKeepAlive = set))
  const { client, destroy } = await openClient({
    config: { connectionString },
    connectTimeout: 60_000,
    lost: () => {},
    signal: new AbortController().signal,
  })
  t.teardown(destroy)
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  t.deepEqual(probed.get(stream), [true, 10_000])
})
