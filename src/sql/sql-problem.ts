/** Something wrong with SQL text of a rule; `at` and `length` are UTF-16 units of the text as it was given. */
export type SqlProblem<Kind extends string> = {
  readonly kind: Kind
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly hint: string | undefined
  readonly at: number
  readonly length: number
}

/** Gathers the problems of one text; what is underlined is found by itself. */
export type SqlProblems<Kind extends string> = {
  readonly found: readonly SqlProblem<Kind>[]
  readonly add: (
    kind: Kind,
    at: number,
    message: string,
    hint?: string,
    severity?: 'error' | 'warning',
  ) => void
  readonly hasErrors: () => boolean
}

export function createProblems<Kind extends string>(text: string): SqlProblems<Kind> {
  const found: SqlProblem<Kind>[] = []
  return {
    found,
    add: (kind, at, message, hint, severity = 'error') => {
      const start = Math.max(0, Math.min(at, text.length))
      found.push({ kind, severity, message, hint, at: start, length: tokenLength(text, start) })
    },
    hasErrors: () => found.some(({ severity }) => severity === 'error'),
  }
}

/** How much to underline at an offset: a word, a quoted piece, or one character. */
function tokenLength(text: string, at: number): number {
  const rest = text.slice(at, at + 200)
  return (
    /^(?:[\p{L}\p{N}_$.]+|"[^"\n]*"|'[^'\n]*'|[=<>!&|+*/%-]+)/u.exec(rest)?.[0].length ??
    (rest === '' ? 0 : 1)
  )
}
