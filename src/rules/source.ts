import { LineCounter } from 'yaml'
import type { Range } from './diagnostic.ts'
import type { Position } from './ruleset.ts'

/** Offsets in a file's text: the first character, and the one after the last. */
export type Span = { readonly start: number; readonly end: number }

/** A rule file's text, and where its lines begin. */
export type Source = { readonly file: string; readonly text: string; readonly lines: LineCounter }

export function createSource(file: string, text: string): Source {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
  return { file, text, lines }
}

export function rangeOf(source: Source, span: Span): Range {
  const from = source.lines.linePos(span.start)
  const to = source.lines.linePos(Math.max(span.start, span.end))
  return {
    start: span.start,
    end: Math.max(span.start, span.end),
    line: from.line,
    column: from.col,
    endLine: to.line,
    endColumn: to.col,
  }
}

export function positionOf(source: Source, span: Span): Position {
  const { line, col } = source.lines.linePos(span.start)
  return { file: source.file, line, column: col }
}
