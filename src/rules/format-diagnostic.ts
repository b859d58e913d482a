import { styleText } from 'node:util'
import type { Diagnostic } from './diagnostic.ts'

export type FormatOptions = {
  /** Whether to use a terminal's colours; off unless said otherwise. */
  readonly color?: boolean
}

const TAB = '    '
const MAX_LINE = 120
const COLORS = { error: 'red', warning: 'yellow', notice: 'cyan' } as const
/** Characters that take two cells in a terminal: East Asian wide and full-width forms, and emoji. */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u
const WIDER = /[\u{20000}-\u{3FFFD}]/u
const NARROWER = /\p{M}|\p{Cf}/u

/**
 * A diagnostic as people read it: place, severity, code and message; the line of the file with the range
 * underlined; the hint.
 *
 * @param source the file's text; without it, or without a file, there is no line to show
 */
export function formatDiagnostic(
  diagnostic: Diagnostic,
  source: string | undefined,
  { color = false }: FormatOptions = {},
): string {
  const { severity, code, message, hint, file, range } = diagnostic
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text
  const place = file === '' ? '' : `${paint('bold', `${file}:${range.line}:${range.column}`)} `
  const lines = [`${place}${paint(COLORS[severity], severity)} ${code}  ${show(message)}`]
  const line = file === '' ? undefined : source?.split('\n')[range.line - 1]?.replace(/\r$/, '')
  if (line !== undefined && line.trim() !== '') {
    const number = String(range.line)
    const from = range.column - 1
    const to =
      range.endLine === range.line
        ? Math.max(range.endColumn - 1, from + 1)
        : Math.max(line.trimEnd().length, from + 1)
    const shown = cutLine(line, from, to)
    const before = show(shown.text.slice(0, shown.from))
    const marked = show(shown.text.slice(shown.from, shown.to))
    lines.push(
      `  ${paint('dim', `${number} |`)} ${show(shown.text)}`,
      `  ${paint('dim', `${' '.repeat(number.length)} |`)} ${' '.repeat(cells(before))}${paint(COLORS[severity], '^'.repeat(Math.max(1, cells(marked))))}`,
    )
  }
  if (hint !== undefined) lines.push(`  ${paint('cyan', 'hint:')} ${show(hint)}`)
  return lines.join('\n')
}

/** A long line is cut to the part around what is underlined. */
function cutLine(line: string, from: number, to: number): { text: string; from: number; to: number } {
  if (line.length <= MAX_LINE) return { text: line, from, to }
  const start = Math.max(0, Math.min(from - 40, line.length - MAX_LINE))
  const end = Math.min(line.length, start + MAX_LINE)
  const lead = start > 0 ? '…' : ''
  const shift = lead.length - start
  const text = `${lead}${line.slice(start, end)}${end < line.length ? '…' : ''}`
  return { text, from: from + shift, to: Math.min(to, end) + shift }
}

/** Tabs as spaces, and no character that would move a terminal's cursor. */
function show(text: string): string {
  return text
    .replaceAll('\t', TAB)
    .replaceAll(/[\0-\x1F\x7F-\x9F\u202A-\u202E\u2066-\u2069]|\p{Surrogate}/gu, '\uFFFD')
}

/** How many cells of a terminal a text takes. */
function cells(text: string): number {
  let count = 0
  for (const char of text) count += NARROWER.test(char) ? 0 : WIDE.test(char) || WIDER.test(char) ? 2 : 1
  return count
}
