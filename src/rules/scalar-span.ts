import type { Source, Span } from './source.ts'
import type { YamlText } from './yaml-node.ts'

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|\r?\n[ \t]*|[^])/y
const BLANK = /[ \t\r\n]/

/**
 * The place in the file of a part of a scalar's text, also through quotes, escapes, folding and indentation.
 * Where text and file cannot be aligned character by character, it is the place of the whole scalar.
 */
export function spanInScalar(source: Source, scalar: YamlText, at: number, length: number): Span {
  const offsets = alignScalar(source.text, scalar)
  const start = offsets?.[at] ?? offsets?.at(-1)
  if (offsets === undefined || start === undefined) return { start: scalar.start, end: scalar.end }
  const last = length === 0 ? undefined : offsets[Math.min(at + length, scalar.value.length) - 1]
  return { start, end: last === undefined ? start : Math.max(start, last + 1) }
}

/** The offset in the file of each UTF-16 unit of the scalar's text, and that of its end. */
function alignScalar(text: string, scalar: YamlText): readonly number[] | undefined {
  const { value, style } = scalar
  const quoted = style === 'single' || style === 'double'
  let from = scalar.start + (quoted ? 1 : 0)
  if (style === 'block') from = text.indexOf('\n', from) + 1
  const end = scalar.end - (quoted ? 1 : 0)
  const offsets: number[] = []
  while (offsets.length < value.length) {
    const char = value.charAt(offsets.length)
    if (from >= end) {
      if (!BLANK.test(char)) return undefined
      offsets.push(end)
    } else if (style === 'double' && text.charAt(from) === '\\') {
      ESCAPE.lastIndex = from
      const escape = ESCAPE.exec(text)
      if (escape === null) return undefined
      const skipped = /^\\[ntr \t]$/.test(escape[0]) && !BLANK.test(char)
      const units = skipped ? 0 : unitsOf(escape)
      for (let unit = 0; unit < units; unit += 1) offsets.push(from)
      from += escape[0].length
    } else if (BLANK.test(text.charAt(from))) {
      let next = from
      while (next < end && BLANK.test(text.charAt(next))) next += 1
      while (BLANK.test(value.charAt(offsets.length))) offsets.push(Math.min(from++, next - 1))
      from = next
    } else {
      if (text.charAt(from) !== char) return undefined
      offsets.push(from)
      from += style === 'single' && char === "'" ? 2 : 1
    }
  }
  offsets.push(from)
  return offsets
}

/** How many UTF-16 units an escape of a double-quoted scalar stands for. */
function unitsOf([whole, short, medium, long]: RegExpExecArray): number {
  if (short !== undefined || medium !== undefined) return 1
  if (long !== undefined) return Number.parseInt(long, 16) > 0xff_ff ? 2 : 1
  return whole.includes('\n') ? 0 : 1
}
