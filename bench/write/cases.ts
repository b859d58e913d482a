import { type Operation, OPERATION_TITLES, OPERATIONS } from './operations.ts'

/** One comparison of all captures. */
export type Case = {
  readonly operation: Operation
  readonly clients: number
  /** Whether a runtime listens meanwhile. */
  readonly hasReader: boolean
}

const CLIENTS = [1, 4, 16, 64]

/** What is compared on each server; those with a reader come last. */
export function listCases(quick: boolean): readonly Case[] {
  if (quick) {
    return [
      { operation: 'update', clients: 4, hasReader: false },
      { operation: 'update', clients: 16, hasReader: false },
      { operation: 'insert', clients: 16, hasReader: false },
      { operation: 'unread', clients: 16, hasReader: false },
      { operation: 'update', clients: 16, hasReader: true },
    ]
  }
  return [false, true].flatMap((hasReader) =>
    OPERATIONS.flatMap((operation) => CLIENTS.map((clients) => ({ operation, clients, hasReader }))),
  )
}

export function describeCase({ operation, clients, hasReader }: Case): string {
  const reader = hasReader ? ', a reader' : ''
  return `${OPERATION_TITLES[operation]}, ${clients === 1 ? '1 client' : `${clients} clients`}${reader}`
}

export function describeFsync(isSynced: boolean): string {
  return isSynced ? 'fsync on' : 'fsync off'
}
