import { run } from '../../src/cli/run.ts'
import type { Test } from './test.ts'

export type Place = { readonly cwd: string; readonly env: Readonly<Record<string, string>> }

/** `stalemate watch` that runs until it is ended, and what it has printed. */
export type Watching = {
  readonly lines: readonly string[]
  /** The first line that matches; fails if the command ends before. */
  readonly until: (pattern: RegExp) => Promise<string>
  /** Ends it as Ctrl-C does; its exit code. */
  readonly stop: () => Promise<number>
}

/** Runs `stalemate watch` in this process. */
export function startWatching(t: Test, argv: readonly string[], { cwd, env }: Place): Watching {
  const end = new AbortController()
  t.teardown(() => end.abort('SIGINT'))
  const lines: string[] = []
  const listeners = new Set<() => void>()
  const stdout = {
    write: (text: string) => {
      lines.push(...text.split('\n').slice(0, -1))
      for (const listener of listeners) listener()
    },
  }
  const errors: string[] = []
  const code = run(['watch', ...argv], {
    stdout,
    stderr: { write: (text: string) => errors.push(text) },
    env,
    cwd,
    signal: end.signal,
  })
  const until = async (pattern: RegExp): Promise<string> => {
    const seen = new Promise<string>((resolve) => {
      const look = (): void => {
        const line = lines.find((each) => pattern.test(each))
        if (line !== undefined) resolve(line)
      }
      listeners.add(look)
      look()
    })
    const ended = code.then((value) => {
      throw new Error(`ended with ${value}: ${errors.join('')}`)
    })
    return await Promise.race([seen, ended])
  }
  const stop = async (): Promise<number> => {
    end.abort('SIGINT')
    return await code
  }
  return { lines, until, stop }
}
