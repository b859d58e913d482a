const CONTEXT = 2
const REACH = 400
const NO_NEWLINE = String.raw`\ No newline at end of file`

function splitLines(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  else lines.push(NO_NEWLINE)
  return lines
}

/** Where both go on alike after a difference at `start`: the nearest pair of equal lines that aren't blank. */
function findMeeting(old: string[], now: string[], start: number): [number, number] {
  for (let steps = 1; steps <= REACH; steps += 1) {
    for (let skipped = 0; skipped <= steps; skipped += 1) {
      const oldLine = old[start + skipped]
      const nowLine = now[start + steps - skipped]
      if (oldLine !== undefined && oldLine === nowLine && oldLine.trim() !== '')
        return [start + skipped, start + steps - skipped]
    }
  }
  return [old.length, now.length]
}

/**
 * The first place where two texts differ, as a hunk of a unified diff whose parts are cut after `max` lines.
 * @returns lines that begin with `@@`, a space, `-`, `+` or `\`; none when the texts are equal
 */
export function diffLines(before: string, after: string, { max = 4 } = {}): string[] {
  if (before === after) return []
  const old = splitLines(before)
  const now = splitLines(after)
  let start = 0
  while (start < old.length && old[start] === now[start]) start += 1
  const [oldEnd, nowEnd] = findMeeting(old, now, start)
  let tail = 0
  while (tail < CONTEXT && oldEnd + tail < old.length && old[oldEnd + tail] === now[nowEnd + tail]) tail += 1
  const from = Math.max(0, start - CONTEXT)
  const span = (end: number): string => `${from + 1},${end + tail - from}`
  const mark = (sign: string, lines: string[]): string[] => {
    const marked = lines.slice(0, max).map((line) => (line === NO_NEWLINE ? line : sign + line))
    return lines.length > max ? [...marked, `${sign}... ${lines.length - max} more`] : marked
  }
  return [
    `@@ -${span(oldEnd)} +${span(nowEnd)} @@`,
    ...mark(' ', old.slice(from, start)),
    ...mark('-', old.slice(start, oldEnd)),
    ...mark('+', now.slice(start, nowEnd)),
    ...mark(' ', old.slice(oldEnd, oldEnd + tail)),
  ]
}
