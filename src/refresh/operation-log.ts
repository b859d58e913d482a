import { isOver, type Operation } from './operation.ts'

/** Operations that are over, and still listed. */
const REMEMBERED = 1000

/** Follows one operation. */
export type OperationHandle = {
  readonly id: number
  readonly now: () => Operation
  /** Says what is new of it. After it is over nothing is. */
  readonly update: (change: Partial<Operation>) => void
}

export type OperationLog = {
  readonly begin: (operation: Omit<Operation, 'id' | 'state' | 'attempts' | 'queuedAt'>) => OperationHandle
  /** What is under way, the oldest first; then the last thousand that are over, the latest first. */
  readonly list: () => readonly Operation[]
}

/** Keeps the operations; `changed` is told of each step that one takes. */
export function createOperationLog(now: () => number, changed: (operation: Operation) => void): OperationLog {
  const current = new Map<number, Operation>()
  /** A ring: the place of the next one that is over. */
  const over: Operation[] = []
  let next = 0
  let last = 0
  return {
    begin(what) {
      const id = ++last
      let operation: Operation = { id, ...what, state: 'queued', attempts: 0, queuedAt: now() }
      current.set(id, operation)
      changed(operation)
      return {
        id,
        now: () => operation,
        update(change) {
          if (!current.has(id)) return
          const ends = change.state !== undefined && isOver(change.state)
          operation = { ...operation, ...change, ...(ends ? { endedAt: now() } : {}) }
          if (ends) {
            current.delete(id)
            over[next] = operation
            next = (next + 1) % REMEMBERED
          } else current.set(id, operation)
          changed(operation)
        },
      }
    },
    list: () => [...current.values(), ...[...over.slice(next), ...over.slice(0, next)].reverse()],
  }
}
