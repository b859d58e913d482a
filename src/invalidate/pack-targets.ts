import { MAX_CONTROL_BYTES, type JsonValue, type NamedTarget } from '../wire/change.ts'
import { encodeTargets } from '../wire/decode.ts'

/** What the rest of a message takes at most. */
const FRAME = 400

/** Requests that are sent by one message. */
export type Pack = {
  /** Which requests the message completes. */
  readonly places: readonly number[]
  readonly targets: readonly JsonValue[]
}

/**
 * Puts the targets of requests into messages that keep the size of a control message. A request stands in one message
 * as a whole; one that does not fit names whole caches.
 */
export function packTargets(
  requests: readonly { readonly place: number; readonly targets: readonly NamedTarget[] }[],
): readonly Pack[] {
  const packs: { places: number[]; targets: JsonValue[]; bytes: number }[] = []
  for (const { place, targets } of requests) {
    const { encoded, bytes } = encode(targets)
    const last = packs.at(-1)
    if (last === undefined || last.bytes + bytes > MAX_CONTROL_BYTES - FRAME) {
      packs.push({ places: [place], targets: [...encoded], bytes })
    } else {
      last.places.push(place)
      last.targets.push(...encoded)
      last.bytes += bytes
    }
  }
  return packs
}

function encode(targets: readonly NamedTarget[]): {
  readonly encoded: readonly JsonValue[]
  readonly bytes: number
} {
  const encoded = encodeTargets(targets)
  const bytes = Buffer.byteLength(JSON.stringify(encoded))
  if (bytes <= MAX_CONTROL_BYTES - FRAME) return { encoded, bytes }
  const caches = [...new Set(targets.map(({ cache }) => cache))]
  const broad = encodeTargets(caches.map((cache) => ({ kind: 'all', cache, reason: 'too-long' })))
  return { encoded: broad, bytes: Buffer.byteLength(JSON.stringify(broad)) }
}
