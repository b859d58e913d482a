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
  { shown = folder, remove = [], fileSystem = disk }: WriteOptions = {},
): Promise<FileComparison[]> {
  const comparisons: FileComparison[] = []
  const read = (path: string): Promise<string | undefined> =>
    fileSystem.readFile(join(folder, path), 'utf8').catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined
      throw failed(`${shown}/${path}`, 'read', error)
    })
  for (const [path, after] of files) {
    const before = await read(path)
    const state = before === undefined ? 'created' : before === String(after) ? 'unchanged' : 'updated'
    comparisons.push({ path, state, before, after })
  }
  for (const path of remove) {
    const before = await read(path)
    if (before !== undefined) comparisons.push({ path, state: 'removed', before, after: '' })
  }
  return comparisons
}

/** Characters that are written at once, at least. */
const CHUNK = 262_144

/** The bytes of a text, in pieces in the same memory: each is written before the next is made. */
function* encode(text: AnyText): Generator<Uint8Array> {
  const pieces = Pieces.of(text)
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const bytes = Buffer.allocUnsafe(Math.min(length, CHUNK) * 4)
  let filled = 0
  for (const part of pieces.flatMap(cut)) {
    const size = Buffer.byteLength(part)
    if (filled > 0 && filled + size > bytes.length) {
      yield bytes.subarray(0, filled)
      filled = 0
    }
    if (size > bytes.length) yield Buffer.from(part)
    else filled += bytes.write(part, filled)
  }
  if (filled > 0) yield bytes.subarray(0, filled)
}

/** A long text in parts, cut after line ends, never in the middle of a character. */
function cut(text: string): readonly string[] {
  if (text.length <= CHUNK) return [text]
  const parts: string[] = []
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start + CHUNK) + 1 || text.length
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
  const comparisons = await compareFiles(folder, files, { shown, remove, fileSystem })
  const changes = comparisons.filter(({ state }) => state !== 'unchanged')
  if (changes.length === 0) return comparisons
  const undo: Undo = []
  let at = shown
  try {
    await makeFolder(folder, undo, fileSystem)
    const temporary = await fileSystem.mkdtemp(join(folder, '.stalemate-'))
    const removeTemporary = (): Promise<void> => fileSystem.rm(temporary, { recursive: true, force: true })
    undo.push(removeTemporary)
    for (const [index, { path, state, after }] of changes.entries()) {
      signal?.throwIfAborted()
      if (state === 'removed') continue
      at = `${shown}/${path}`
      await fileSystem.writeFile(join(temporary, `${index}.new`), encode(after))
    }
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
    await removeTemporary()
    return comparisons
  } catch (error) {
    await undoAll(undo)
    throw signal?.aborted ? error : failed(at, 'written', error)
  }
}
