import { StalemateError } from '../errors.ts'
import type { CommanderError } from 'commander'

const SUGGESTION = /\n\(Did you mean (.+)\?\)$/

/** Says commander's complaint about a command line in our own form. */
export function toUsageError(error: CommanderError, command: string): StalemateError {
  const suggestion = SUGGESTION.exec(error.message)?.[1]
  const message = error.message
    .replace(SUGGESTION, '')
    .replace(/^error: /, '')
    .replace(/\.?$/, '.')
  return new StalemateError('usage', message.charAt(0).toUpperCase() + message.slice(1), {
    hint: suggestion ? `Did you mean ${suggestion}?` : `${command} --help shows what it takes.`,
    cause: error,
  })
}
