import { type Operation, OPERATION_TITLES } from './operations.ts'

/** One comparison of all captures. */
export type Case = {
  readonly operation: Operation
  readonly clients: number
  /** Whether the runtime of the capture that is measured listens meanwhile, and no other. */
  readonly hasReader: boolean
  /** Whether the table makes five caches wrong instead of one. */
  readonly hasMany: boolean
}

const CLIENTS = [1, 4, 16, 64]

/** What is compared on each server. */
export function listCases(quick: boolean): readonly Case[] {
  const cases = (
    operation: Operation,
    clients: readonly number[],
    options: Partial<Pick<Case, 'hasReader' | 'hasMany'>> = {},
  ): readonly Case[] =>
    clients.map((count) => ({ operation, clients: count, hasReader: false, hasMany: false, ...options }))
  if (quick) {
    return [
      ...cases('update', [1, 16]),
      ...cases('insert', [16]),
      ...cases('unread', [16]),
      ...cases('update', [16], { hasMany: true }),
      ...cases('update', [16], { hasReader: true }),
    ]
  }
  return [
    ...cases('update', CLIENTS),
    ...cases('insert', CLIENTS),
    ...cases('unread', [1, 16, 64]),
    ...cases('update', [1, 16], { hasMany: true }),
    ...cases('update', CLIENTS, { hasReader: true }),
  ]
}

export function describeCase({ operation, clients, hasReader, hasMany }: Case): string {
  const caches = hasMany ? ', five caches' : ''
  const reader = hasReader ? ', its reader' : ''
  return `${OPERATION_TITLES[operation]}, ${clients === 1 ? '1 client' : `${clients} clients`}${caches}${reader}`
}

export function describeFsync(isSynced: boolean): string {
  return isSynced ? 'fsync on' : 'fsync off'
}
