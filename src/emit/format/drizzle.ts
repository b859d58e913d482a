import { StalemateError } from '../../errors.ts'
import type { Format, IndexEntry } from './format.ts'

type Entry = {
  readonly idx: number
  readonly version: string
  readonly when: number
  readonly tag: string
  readonly breakpoints: boolean
}
type Journal = { readonly version: string; readonly dialect: string; readonly entries: readonly Entry[] }

/** Drizzle: files in the order of a journal. It knows no way down; the file for it is not in the journal. */
export const drizzle: Format = {
  folder: 'drizzle',
  file: /^(\d+)_(.+)(?<!\.down)\.sql$/,
  digits: 4,
  nextPrefix: (last) => last + 1,
  write: (prefix, { tag, up, down }) =>
    new Map([
      [`${prefix}_${tag}.sql`, up],
      [`${prefix}_${tag}.down.sql`, down],
    ]),
  index: { path: 'meta/_journal.json', write: writeJournal },
}

function writeJournal(
  before: string | undefined,
  added: readonly IndexEntry[],
  gone: readonly string[],
): string {
  const journal = before === undefined ? EMPTY : readJournal(before)
  const entries = [...journal.entries]
  for (const { name, before: old, now } of added) {
    const at = entries.findIndex(({ tag }) => tag === (old ?? name))
    const known = entries[at]
    if (known !== undefined) entries[at] = { ...known, tag: name }
    else {
      // Drizzle applies what is younger than the last one that it has applied.
      const when = Math.max(now.getTime(), ...entries.map((entry) => entry.when + 1))
      entries.push({ idx: parseInt(name, 10), version: '7', when, tag: name, breakpoints: true })
    }
  }
  const left = entries.filter(({ tag }) => !gone.includes(tag))
  return `${JSON.stringify({ ...journal, entries: left }, undefined, 2)}${before?.endsWith('\n') === false ? '' : '\n'}`
}

const EMPTY: Journal = { version: '7', dialect: 'postgresql', entries: [] }

function readJournal(text: string): Journal {
  try {
    const journal = JSON.parse(text) as Journal
    if (Array.isArray(journal.entries)) return journal
  } catch {
    // Said below.
  }
  throw new StalemateError('file-failed', 'meta/_journal.json is not the journal of Drizzle.', {
    hint: 'Name the folder that drizzle-kit writes to with --dir.',
  })
}
