import type { Emitter } from './observe/emitter.ts'
import type { Health } from './observe/events.ts'

/** Keeps an eye on the server's queue of notifications. */
export type QueueWatch = {
  /** So much of it is taken, from 0 to 1. */
  readonly note: (usage: number) => void
  readonly health: () => Pick<Health, 'queueUsage'>
}

/** Share that is reported when it is taken. */
const ALARM = 0.1

export function watchQueue(emitter: Emitter): QueueWatch {
  let queueUsage: number | undefined
  return {
    note(usage) {
      queueUsage = usage
      if (usage >= ALARM) emitter.emit('queue', { usage })
    },
    health: () => (queueUsage === undefined ? {} : { queueUsage }),
  }
}
