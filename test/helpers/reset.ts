import type { Socket } from 'node:net'

/**
 * Destroys a socket with a reset, as a crash of its side does. One that is being connected or ended is only destroyed: Node's
 * `resetAndDestroy` fails while a socket is being ended, and then leaves a handle that nothing can close, for which its
 * thread, or process, spins for ever when it ends.
 */
export function reset(socket: Socket): void {
  if (socket.connecting || socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
