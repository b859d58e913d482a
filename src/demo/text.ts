/** Gives text a look where the output can show it, else returns it unchanged. */
export type Paint = (style: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string

const UUID = /\b([0-9a-f]{6})[0-9a-f]{2}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g

/** Leaves of each UUID its beginning. */
export function shortenIds(text: string): string {
  return text.replace(UUID, '$1…')
}

/** Cuts text to a width in characters. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 0))}…`
}

/** Breaks text at spaces into at most `max` lines; the last one is cut. */
export function wrap(text: string, width: number, max: number): string[] {
  const lines: string[] = []
  let rest = text
  while (rest.length > width && lines.length < max - 1) {
    const space = rest.lastIndexOf(' ', width)
    const end = space > 0 ? space : width
    lines.push(rest.slice(0, end))
    rest = rest.slice(end).trimStart()
  }
  return [...lines, cut(rest, width)]
}

/** A whole number with thousands set apart. */
export function formatNumber(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 key`, `2 keys`. */
export function formatCount(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A latency: what is too short to matter, or came before the answer to COMMIT, is `<0.1`. */
export function formatMs(ms: number): string {
  if (ms < 0.1) return '<0.1 ms'
  return ms < 100 ? `${ms.toPrecision(2)} ms` : `${formatNumber(ms)} ms`
}

/** As many of the words as fit into the width, then how many there are besides. */
export function fitWords(words: readonly string[], width: number): string {
  let text = ''
  for (const [index, word] of words.entries()) {
    const next = text === '' ? word : `${text}  ${word}`
    const left = words.length - index - 1
    const room = left === 0 ? width : width - `  +${left}`.length
    if (index > 0 && next.length > room) return `${text}  +${left + 1}`
    text = next
  }
  return text
}
