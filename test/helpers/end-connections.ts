import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { reset } from './reset.ts'

/** A program that resets a connection that is being ended, and then must end by itself. */
const server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
await once(server, 'listening')
const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {})
await once(socket, 'connect')
socket.end()
reset(socket)
server.close()
