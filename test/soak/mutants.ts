import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FeedName } from '../../src/manifest/manifest.ts'
import { ROOT } from '../helpers/root.ts'

/** A version of the runtime that looks right and is not, and the faults that bring it to light. */
export type Mutant = {
  readonly name: string
  /** What is wrong with it. */
  readonly what: string
  readonly feed: FeedName
  /** Pieces of compiled files of `src/`, however they are broken into lines, each of which stands there once; what replaces them. */
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[]
  readonly faults: readonly string[]
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no-fence',
    what: 'a load that an invalidation overtook is stored',
    feed: 'notify',
    edits: [
      {
        file: 'cache/loading.js',
        find: 'if (this.#host.isCurrent(flight))',
        replace: 'if (true)',
      },
    ],
    faults: ['clocks jump'],
  },
  {
    name: 'no-epoch',
    what: 'what was held before a gap is believed after it',
    feed: 'notify',
    edits: [
      { file: 'engine.js', find: 'this.#trust.invalidate();', replace: '' },
      {
        file: 'cache/trust.js',
        find: 'cache.invalidateAll(GAP); emptied.push(cache.name);',
        replace: '',
      },
    ],
    faults: ['connection cut'],
  },
  {
    name: 'ids-above-the-last',
    what: 'a transaction that commits late is passed over',
    feed: 'outbox',
    edits: [
      {
        file: 'feed/outbox-queries.js',
        find: 'xid = ANY (ARRAY(SELECT pg_catalog.pg_snapshot_xip($2::pg_catalog.pg_snapshot)))',
        replace: 'false',
      },
    ],
    faults: ['clocks jump'],
  },
  {
    name: 'no-trim-check',
    what: 'a reader goes on where the outbox was trimmed',
    feed: 'outbox',
    edits: [
      { file: 'feed/outbox.js', find: 'if (!batch.isKnown)', replace: 'if (false)' },
      { file: 'feed/outbox.js', find: 'if (isKnown)', replace: 'if (true)' },
    ],
    faults: ['outbox trimmed'],
  },
  {
    name: 'no-silence-limit',
    what: 'what is held is believed until the connection says that it is dead',
    feed: 'outbox',
    edits: [
      {
        file: 'feed/within.js',
        find: 'Promise.race([work, late])',
        replace: 'Promise.race([work, late.catch(() => new Promise(() => {}))])',
      },
      { file: 'cache/trust.js', find: 'since + this.#maxSilence', replace: 'Number.POSITIVE_INFINITY' },
    ],
    faults: ['network half-open'],
  },
  {
    name: 'hasty-barrier',
    what: 'a barrier does not wait for look-ups',
    feed: 'notify',
    edits: [{ file: 'sync.js', find: 'await applier.settled();', replace: '' }],
    faults: ['lock held'],
  },
  {
    name: 'no-visibility',
    what: 'a message of the log is applied before its transaction can be seen',
    feed: 'wal',
    edits: [
      { file: 'feed/visibility.js', find: 'if (hasEnded(transaction.xid, snapshot))', replace: 'if (true)' },
    ],
    faults: ['synchronous standby missing'],
  },
]

/** Copies the compiled runtime and changes it; gives the URL of its engine, and the undo. */
export async function buildMutant({ edits }: Mutant): Promise<{
  readonly engine: string
  readonly remove: () => Promise<void>
}> {
  // Inside the project, so that its dependencies are found.
  const folder = await mkdtemp(join(ROOT, 'dist', 'mutant-'))
  const remove = async (): Promise<void> => await rm(folder, { recursive: true, force: true })
  try {
    await cp(join(ROOT, 'dist/src'), folder, {
      recursive: true,
      filter: (path) => !/\.(map|d\.ts)$/.test(path),
    })
    for (const { file, find, replace } of edits) {
      const path = join(folder, file)
      const parts = (await readFile(path, 'utf8')).split(patternOf(find))
      if (parts.length !== 2) throw new TypeError(`${file} does not contain once: ${find}`)
      await writeFile(path, parts.join(replace))
    }
  } catch (error) {
    await remove()
    throw error
  }
  return { engine: pathToFileURL(join(folder, 'engine.js')).href, remove }
}

/** Compilers break lines in their own ways. */
function patternOf(text: string): RegExp {
  const words = text.split(/\s+/).map((word) => word.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
  return new RegExp(words.join('\\s+'))
}
