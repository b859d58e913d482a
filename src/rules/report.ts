import { rangeOf, type Source, type Span } from './source.ts'
import type { Diagnostic, DiagnosticCode } from './diagnostic.ts'

/** What is found on the way, gathered so that everything can be said at once. */
export type Report = {
  readonly error: (source: Source, span: Span, code: DiagnosticCode, message: string, hint?: string) => void
  readonly warn: (source: Source, span: Span, code: DiagnosticCode, message: string, hint?: string) => void
  readonly note: (source: Source, span: Span, code: DiagnosticCode, message: string, hint?: string) => void
  readonly hasErrors: () => boolean
  /** Sorted by file and position, each once. */
  readonly diagnostics: () => readonly Diagnostic[]
}

export function createReport(): Report {
  const found = new Map<string, Diagnostic>()
  let failed = false
  const add = (
    severity: Diagnostic['severity'],
    source: Source,
    span: Span,
    code: DiagnosticCode,
    message: string,
    hint: string | undefined,
  ): void => {
    const identity = JSON.stringify([source.file, span.start, code, message])
    if (severity === 'error') failed = true
    if (found.has(identity)) return
    found.set(identity, {
      severity,
      code,
      message: shorten(message),
      hint: hint && shorten(hint),
      file: source.file,
      range: rangeOf(source, span),
    })
  }
  return {
    error: (source, span, code, message, hint) => add('error', source, span, code, message, hint),
    warn: (source, span, code, message, hint) => add('warning', source, span, code, message, hint),
    note: (source, span, code, message, hint) => add('notice', source, span, code, message, hint),
    hasErrors: () => failed,
    diagnostics: () => [...found.values()].sort(byPlace),
  }
}

/** What stands in a file may be of any length, and what is said of it is for people. */
function shorten(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500).replace(/[\uD800-\uDBFF]$/, '')}…` : text
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.range.start - b.range.start || a.range.end - b.range.end || (a.code < b.code ? -1 : 1)
}
