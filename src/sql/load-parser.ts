/** The slice of libpg-query that is used: PostgreSQL's own lexer and grammar. */
export type SqlParser = {
  /** The parse tree of SQL text without NUL; throws with `sqlDetails.cursorPosition` in code points. */
  readonly parseSync: (sql: string) => unknown
  /** The tokens of SQL text without NUL, comments included; offsets are bytes of UTF-8. */
  readonly scanSync: (sql: string) => { readonly tokens: readonly SqlToken[] }
}

export type SqlToken = {
  readonly start: number
  readonly end: number
  /** The code of the character, where the token is one of punctuation. */
  readonly tokenType: number
  readonly tokenName: string
}

/** Loads the parser's WASM module; the module system holds it, so that it is loaded once and only when asked for. */
export async function loadParser(): Promise<SqlParser> {
  const { loadModule, parseSync, scanSync } = await import('libpg-query')
  await loadModule()
  return { parseSync, scanSync }
}
