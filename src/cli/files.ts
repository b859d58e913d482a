import * as disk from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StalemateError } from '../errors.ts'
import { Pieces, type AnyText } from '../sql/pieces.ts'
import { describeSystemError, hasCode } from './system-error.ts'

/** The part of `node:fs/promises` that the writer needs. */
export type Disk = Pick<
  typeof disk,
  'copyFile' | 'mkdir' | 'mkdtemp' | 'readFile' | 'rename' | 'rm' | 'rmdir' | 'writeFile'
>

/** Options of {@link compareFiles} and {@link writeFiles}. */
export type WriteOptions = {
  /** The folder's name in errors; the folder itself unless given. */
  readonly shown?: string
  /** Paths of files to remove, where they are. */
  readonly remove?: readonly string[]
  readonly fileSystem?: Disk
}

export type FileState = 'created' | 'updated' | 'unchanged' | 'removed'

/** A file as it should be, beside what is there. */
export type FileComparison = {
  /** Relative to the folder, with `/`. */
  readonly path: string
  readonly state: FileState
  /** `undefined` where there is no file. */
  readonly before: string | undefined
  /** Empty where the file is to go. */
  readonly after: AnyText
}

const failed = (path: string, done: string, cause: unknown): StalemateError =>
  new StalemateError('file-failed', `${path} cannot be ${done}: ${describeSystemError(cause)}.`, {
    hint: 'Nothing was changed. Check that the path is right and that you have the rights to it.',
    cause,
  })

/**
 * Compares texts with the files of a folder, in the order given; then come the files to remove.
 * @throws StalemateError `file-failed` where a file is there and cannot be read
 */
export async function compareFiles(
  folder: string,
  files: ReadonlyMap<string, AnyText>,
  options: WriteOptions = {},
): Promise<FileComparison[]> {
  const comparisons: FileComparison[] = []
  for await (const comparison of compareEach(folder, files, options)) comparisons.push(comparison)
  return comparisons
}

async function* compareEach(
  folder: string,
  files: ReadonlyMap<string, AnyText>,
  { shown = folder, remove = [], fileSystem = disk }: WriteOptions,
): AsyncGenerator<FileComparison> {
  const read = (path: string): Promise<string | undefined> =>
    fileSystem.readFile(join(folder, path), 'utf8').catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined
      throw failed(`${shown}/${path}`, 'read', error)
    })
  for (const [path, after] of files) {
    const before = await read(path)
    const state = before === undefined ? 'created' : before === String(after) ? 'unchanged' : 'updated'
    yield { path, state, before, after }
  }
  for (const path of remove) {
    const before = await read(path)
    if (before !== undefined) yield { path, state: 'removed', before, after: '' }
  }
}

/** Characters of a part of a text, at least. */
const PART = 262_144
/** Bytes that are written at once: a long text is written in few steps while the texts after it are made. */
const CHUNK = 8_388_608

/** The most bytes of what a text counts as one. */
const BYTES = 3

/** The bytes of a text, in pieces in the same memory: each is written before the next is made. */
function* encode(text: AnyText): Generator<Uint8Array> {
  const pieces = Pieces.of(text)
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const bytes = Buffer.allocUnsafe(Math.min(length * BYTES, CHUNK))
  let filled = 0
  for (const part of pieces.flatMap(cut)) {
    // To know how many bytes it has would take as long as making them.
    const most = part.length * BYTES
    if (filled > 0 && filled + most > bytes.length) {
      yield bytes.subarray(0, filled)
      filled = 0
    }
    if (most > bytes.length) yield Buffer.from(part)
    else filled += bytes.write(part, filled)
  }
  if (filled > 0) yield bytes.subarray(0, filled)
}

/** A long text in parts, cut after line ends, never in the middle of a character. */
function cut(text: string): readonly string[] {
  if (text.length <= PART) return [text]
  const parts: string[] = []
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start + PART) + 1 || text.length
    parts.push(text.slice(start, end))
    start = end
  }
  return parts
}

type Undo = (() => Promise<unknown>)[]

/** Takes back what was done, the newest first; a step that fails does not keep the others from theirs. */
async function undoAll(undo: Undo): Promise<void> {
  for (const step of undo.toReversed()) await step().catch(() => undefined)
}

/** Makes a folder and those above it; registers the removal of the ones that were not there. */
async function makeFolder(path: string, undo: Undo, fileSystem: Disk): Promise<void> {
  const first = await fileSystem.mkdir(path, { recursive: true })
  if (first === undefined) return
  const made = [path]
  for (let folder = path; folder !== first && folder !== dirname(folder);) {
    folder = dirname(folder)
    made.unshift(folder)
  }
  for (const folder of made) undo.push(() => fileSystem.rmdir(folder))
}

/**
 * Writes texts as files of a folder: all of them or, on an error or an abort, none.
 *
 * New texts are first written into a temporary folder inside the target (so that a rename never crosses
 * file systems), then renamed one by one; a reader sees a whole old or a whole new file at any time. Files
 * that already have the text are not touched, those to remove go last, and nothing else in the folder is changed.
 *
 * @param files relative path with `/` -> text
 * @throws StalemateError `file-failed`
 * @throws the signal's reason when it is aborted
 */
export async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, AnyText>,
  {
    shown = folder,
    remove = [],
    signal,
    fileSystem = disk,
  }: WriteOptions & { readonly signal?: AbortSignal } = {},
): Promise<FileComparison[]> {
  const comparisons: FileComparison[] = []
  const changes: FileComparison[] = []
  const writes: Promise<void>[] = []
  const undo: Undo = []
  let temporary: string | undefined
  let at = shown
  try {
    for await (const comparison of compareEach(folder, files, { shown, remove, fileSystem })) {
      signal?.throwIfAborted()
      comparisons.push(comparison)
      const { path, state, after } = comparison
      if (state === 'unchanged') continue
      const index = changes.push(comparison) - 1
      temporary ??= await makeTemporary(folder, undo, fileSystem)
      if (state === 'removed') continue
      // Not waited for: the texts after it are made, or compared, meanwhile.
      const write = fileSystem.writeFile(join(temporary, `${index}.new`), encode(after))
      writes.push(
        write.catch((error: unknown) => Promise.reject(failed(`${shown}/${path}`, 'written', error))),
      )
      writes.at(-1)?.catch(() => undefined)
    }
    if (temporary === undefined) return comparisons
    await Promise.all(writes)
    for (const [index, { path, state }] of changes.entries()) {
      signal?.throwIfAborted()
      const target = join(folder, path)
      const kept = join(temporary, `${index}.old`)
      at = `${shown}/${path}`
      if (state === 'removed') {
        await fileSystem.rename(target, kept)
        undo.push(() => fileSystem.rename(kept, target))
        continue
      }
      await makeFolder(dirname(target), undo, fileSystem)
      if (state === 'updated') await fileSystem.copyFile(target, kept)
      await fileSystem.rename(join(temporary, `${index}.new`), target)
      undo.push(() => (state === 'updated' ? fileSystem.rename(kept, target) : fileSystem.rm(target)))
    }
    await fileSystem.rm(temporary, { recursive: true, force: true })
    return comparisons
  } catch (error) {
    await Promise.allSettled(writes)
    await undoAll(undo)
    throw signal?.aborted || error instanceof StalemateError ? error : failed(at, 'written', error)
  }
}

/** Makes a temporary folder in a folder, which is made too where it is not there. */
async function makeTemporary(folder: string, undo: Undo, fileSystem: Disk): Promise<string> {
  await makeFolder(folder, undo, fileSystem)
  const temporary = await fileSystem.mkdtemp(join(folder, '.stalemate-'))
  undo.push(() => fileSystem.rm(temporary, { recursive: true, force: true }))
  return temporary
}
