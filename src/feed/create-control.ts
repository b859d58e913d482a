import { randomBytes } from 'node:crypto'
import type { Control, JsonValue } from '../wire/change.ts'

/** A control message that nobody has sent before. */
export function createControl(control: string, body?: JsonValue): Control {
  const nonce = randomBytes(16).toString('hex')
  return { kind: 'control', control, nonce, ...(body === undefined ? {} : { body }) }
}
