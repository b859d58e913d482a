import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../rules/duration.ts'

/**
 * Reads a duration of the command line, written as in the rules, such as `5s` or `500ms`.
 * @returns milliseconds
 * @throws InvalidArgumentError of commander
 */
export function parseDurationArgument(text: string): number {
  const milliseconds = parseDuration(text)
  if (milliseconds === undefined)
    throw new InvalidArgumentError('It is a duration above zero, such as 500ms, 5s or 2m.')
  return milliseconds
}
