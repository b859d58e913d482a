import { createUuid } from '../harness/uuid.ts'
import type { Entries } from './reader.ts'

/** Made before anything is timed, the same in every run. */
export function createEntries(count: number): Entries {
  const users = Array.from({ length: count }, (_, index) => createUuid(index))
  const months = users.map((_, index) => `2026-${String((index % 12) + 1).padStart(2, '0')}`)
  return { users, months, keys: users.map((user) => `dashboard:${user}`) }
}
