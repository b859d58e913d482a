import { TurnoverMap } from '../cache/turnover-map.ts'
import { isOver, type Operation } from './operation.ts'

/** Operations that are over, and still listed. */
const REMEMBERED = 1000

/** Follows one operation. */
export type OperationHandle = {
  readonly id: number
  readonly now: () => Operation
  /** Says what is new of it. After it is over nothing is. */
  readonly update: (change: Partial<Operation>) => void
  /** What is told of its progress is not what it was. */
  readonly proceed: () => void
}

export type OperationLog = {
  /** @param progress asked for how far it has come, whenever it is told of */
  readonly begin: (
    operation: Omit<Operation, 'id' | 'state' | 'attempts' | 'queuedAt'>,
    progress?: () => NonNullable<Operation['progress']>,
  ) => OperationHandle
  /** What is under way, the oldest first; then the last thousand that are over, the latest first. */
  readonly list: () => readonly Operation[]
}

/**
 * Keeps the operations; `changed` is told of each step that one takes, unless `isHeard` says that nobody listens: there are
 * thousands of them in a moment, and what is told of one is put together only for those who look.
 */
export function createOperationLog(
  now: () => number,
  changed: (operation: Operation) => void,
  isHeard: () => boolean = () => true,
): OperationLog {
  const current = new TurnoverMap<number, OperationHandle>()
  /** A ring: the place of the next one that is over. */
  const over: Operation[] = []
  let next = 0
  let last = 0
  return {
    begin(what, progress) {
      const id = ++last
      const operation: { -readonly [K in keyof Operation]: Operation[K] } = {
        id,
        ...what,
        state: 'queued',
        attempts: 0,
        queuedAt: now(),
      }
      const look = (): Operation =>
        progress === undefined || isOver(operation.state)
          ? { ...operation }
          : { ...operation, progress: progress() }
      const tell = (): void => {
        if (isHeard()) changed(look())
      }
      const handle: OperationHandle = {
        id,
        now: look,
        update(change) {
          if (!current.has(id)) return
          Object.assign(operation, change)
          if (isOver(operation.state)) {
            operation.endedAt = now()
            if (progress !== undefined) operation.progress = progress()
            current.delete(id)
            over[next] = operation
            next = (next + 1) % REMEMBERED
          }
          tell()
        },
        proceed() {
          if (current.has(id)) tell()
        },
      }
      current.set(id, handle)
      tell()
      return handle
    },
    list: () => [
      ...[...current.values()].map((handle) => handle.now()),
      ...[...over.slice(next), ...over.slice(0, next)].reverse(),
    ],
  }
}
