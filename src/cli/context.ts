import type { Command } from 'commander'
import type { Io } from './io.ts'
import type { Paint } from './paint.ts'

/** What a command gets besides its own options. */
export type Context = {
  readonly io: Io
  /** Print one JSON document and nothing else on standard output. */
  readonly json: boolean
  /** For text on standard output. */
  readonly paint: Paint
  /** For text on standard error. */
  readonly paintError: Paint
  /** Whether standard error gets colours. */
  readonly colorError: boolean
}

/** Turns what a command does into a commander action; what it resolves with is the exit code. */
export type Perform = <Options>(
  run: (options: Options, context: Context) => Promise<number>,
) => (options: Options, command: Command) => Promise<void>

/** Adds a command to the program. It imports what it needs only when it runs, so that help stays quick. */
export type AddCommand = (program: Command, perform: Perform) => void

/** Writes the one document of `--json`. */
export function writeJson(io: Io, document: object): void {
  io.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
}
