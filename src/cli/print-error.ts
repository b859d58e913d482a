import { StalemateError } from '../errors.ts'
import { EXIT_FOUND, EXIT_USAGE } from './exit-code.ts'
import { redactSecrets } from './redact.ts'
import type { OutputStream } from './io.ts'
import type { Paint } from './paint.ts'

/** How an error is told. */
export type ErrorStyle = {
  /** On standard output as `{ ok: false, error }`, for machines. */
  readonly json: boolean
  /** With the stack. */
  readonly debug: boolean
  readonly paintError: Paint
}

function explain(error: unknown): { code: string; message: string; hint: string | undefined } {
  if (error instanceof StalemateError) return { code: error.code, message: error.message, hint: error.hint }
  return {
    code: 'unexpected',
    message: error instanceof Error ? error.message || error.name : String(error),
    hint: 'This is a bug or a surprise of the system; run it again with --debug to see where it comes from.',
  }
}

function describeStack(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const cause = error.cause === undefined ? '' : `\ncaused by ${describeStack(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}

/**
 * Tells an error to people, or with `json` to machines; passwords in it are hidden.
 * @returns the exit code
 */
export function printError(
  error: unknown,
  { stdout, stderr }: { readonly stdout: OutputStream; readonly stderr: OutputStream },
  { json, debug, paintError }: ErrorStyle,
): number {
  const { code, message, hint } = explain(error)
  if (json) {
    const document = { ok: false, error: { code, message: redactSecrets(message), ...(hint && { hint }) } }
    stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
  } else {
    stderr.write(`${paintError(['bold', 'red'], `error ${code}`)}: ${redactSecrets(message)}\n`)
    if (hint) stderr.write(`${paintError('cyan', 'hint')}: ${hint}\n`)
  }
  if (debug) stderr.write(`${redactSecrets(describeStack(error))}\n`)
  return code === 'usage' ? EXIT_USAGE : EXIT_FOUND
}
