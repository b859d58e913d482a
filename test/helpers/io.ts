import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { run } from '../../src/cli/run.ts'

/** What a command line gave. */
export type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Options of {@link runCommand}. */
export type Surroundings = {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Whether both outputs are terminals; no unless given. */
  readonly terminal?: boolean
  readonly signal?: AbortSignal
}

/** Runs a command line in this process and keeps what it prints. */
export async function runCommand(
  argv: readonly string[],
  { cwd = tmpdir(), env = {}, terminal = false, signal = new AbortController().signal }: Surroundings = {},
): Promise<Outcome> {
  const texts = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof texts) => ({
    isTTY: terminal,
    columns: 80,
    write: (text: string) => {
      texts[name] += text
    },
  })
  const code = await run(argv, { stdout: stream('stdout'), stderr: stream('stderr'), env, cwd, signal })
  return { code, ...texts }
}

/** Makes an empty folder that goes when the test ends. */
export async function makeFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stalemate-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}
