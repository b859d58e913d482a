import { randomBytes } from 'node:crypto'

/** Makes a name that no other test uses, a valid SQL identifier without quotes: `prefix_` and 12 hex digits. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${randomBytes(6).toString('hex')}`
}
