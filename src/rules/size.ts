/** A number and a unit; units are powers of 1024, upper or lower case. */
export const SIZE_PATTERN = '^[0-9]+(\\.[0-9]+)? ?([kKmMgG]?[bB])$'
const SHAPE = new RegExp(SIZE_PATTERN)
const POWERS = { b: 0, kb: 1, mb: 2, gb: 3 } as const
const LARGEST = 1024 ** 4

/** Bytes of a text such as `50mb`; `undefined` unless it is from 1 byte to 1024 gb, with a unit. */
export function parseSize(text: string): number | undefined {
  if (!SHAPE.test(text) || text.length > 40) return undefined
  const unit = (/[a-z]+$/.exec(text.toLowerCase())?.[0] ?? 'b') as keyof typeof POWERS
  const size = Math.round(Number.parseFloat(text) * 1024 ** POWERS[unit])
  return size >= 1 && size <= LARGEST ? size : undefined
}
