import { type ChildProcess, fork } from 'node:child_process'
import type { Test } from '../helpers/test.ts'

/** A program of an example that runs. */
export type Running = {
  /** Resolves with the first line that it prints which matches; fails when the program ends before, or takes too long. */
  readonly line: (pattern: RegExp) => Promise<string>
  /** Asks it to end, and resolves with its exit code. */
  readonly end: (signal?: NodeJS.Signals) => Promise<number | null>
  /** Resolves with its exit code when it has ended by itself. */
  readonly ended: Promise<number | null>
  readonly output: () => string
}

const PATIENCE = 60_000

/** Starts a program as its users do; it is killed when the test ends, or when it takes too long. */
export function runProgram(
  t: Test,
  file: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Running {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AVA')))
  const child: ChildProcess = fork(file, [], { cwd, env: { ...own, ...env }, stdio: 'pipe', execArgv: [] })
  const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
  t.teardown(() => {
    clearTimeout(late)
    child.kill('SIGKILL')
  })
  let output = ''
  const listeners = new Set<() => void>()
  const more = (part: Buffer): void => {
    output += part.toString()
    for (const listener of listeners) listener()
  }
  child.stdout?.on('data', more)
  child.stderr?.on('data', more)
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  return {
    ended,
    output: () => output,
    line: async (pattern) =>
      await new Promise((resolve, reject) => {
        const look = (): void => {
          const found = output.split('\n').find((line) => pattern.test(line))
          if (found !== undefined) resolve(found)
        }
        listeners.add(look)
        look()
        void ended.then((code) => reject(new Error(`It ended with ${code} before ${pattern}:\n${output}`)))
      }),
    end: async (signal = 'SIGTERM') => {
      child.kill(signal)
      return await ended
    },
  }
}
