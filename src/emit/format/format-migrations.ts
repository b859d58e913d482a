import { checksumOf } from '../../plan/checksum.ts'
import { recordMigration } from '../record.ts'
import { drizzle } from './drizzle.ts'
import type { Format, IndexEntry, ToolMigration } from './format.ts'
import { nodePgMigrate } from './node-pg-migrate.ts'
import { prisma } from './prisma.ts'

/** Other tools that can apply the migrations. */
export const FORMATS: Readonly<Record<'node-pg-migrate' | 'prisma' | 'drizzle', Format>> = {
  'node-pg-migrate': nodePgMigrate,
  prisma,
  drizzle,
}
export type FormatName = keyof typeof FORMATS

const MIGRATION = /^migrations\/(\d{4,})_([a-z0-9_]+)\.up\.sql$/
/** As `stalemate apply` waits for a lock, so that writers do not wait long behind a migration. */
const LOCK_TIMEOUT = '3s'

/** What a tool's folder is to have: texts by path relative to it, and paths that are to go. */
export type Formatted = {
  readonly files: ReadonlyMap<string, string>
  readonly removed: readonly string[]
}

/**
 * The generated migrations as files of another tool. A file that is there stays as it is, since the tool may have applied
 * it; with `amend` the last migration is written anew, under the number that it has.
 *
 * @param files the generated files, by path
 * @param before the paths of the tool's folder, with the texts of its index and of migrations of Stalemate
 */
export function formatMigrations(
  name: FormatName,
  {
    ruleset,
    files,
    before,
    amend,
    now,
  }: {
    readonly ruleset: string
    readonly files: ReadonlyMap<string, string>
    readonly before: ReadonlyMap<string, string>
    readonly amend: boolean
    readonly now: Date
  },
): Formatted {
  const format = FORMATS[name]
  const found = [...before.keys()].flatMap((path) => {
    const [, prefix, tag] = format.file.exec(path) ?? []
    return prefix === undefined || tag === undefined ? [] : [{ path, prefix, tag }]
  })
  const wanted = new Map<string, string>()
  const entries: IndexEntry[] = []
  const ours = `stalemate_${ruleset}__`
  const gone = new Set(found.filter(({ tag }) => tag.startsWith(ours)))
  let last = Math.max(-1, ...found.map(({ prefix }) => Number(prefix)))
  const migrations = readGenerated(files)
  for (const [index, { number, title, up, down }] of migrations.entries()) {
    const there = [...gone].find(({ tag }) => tag.startsWith(`${ours}${number}_`))
    const prefix = there?.prefix ?? String((last = format.nextPrefix(last, now))).padStart(format.digits, '0')
    const tag = `${ours}${number}_${title}`
    const migration = wrapMigration(ruleset, { number: Number(number), name: title, up, down })
    const kept = there !== undefined && !(amend && index === migrations.length - 1)
    for (const [path, text] of format.write(prefix, { ...migration, tag }))
      wanted.set(path, (kept ? before.get(path) : undefined) ?? text)
    entries.push({ name: `${prefix}_${tag}`, before: there && `${prefix}_${there.tag}`, now })
    if (there?.tag === tag) gone.delete(there)
  }
  const removed = [...gone].flatMap(({ prefix, tag }) =>
    Array.from(format.write(prefix, { tag, up: '', down: '' }).keys()),
  )
  const list = format.index
  const lost = [...gone].map(({ prefix, tag }) => `${prefix}_${tag}`)
  if (list !== undefined) wanted.set(list.path, list.write(before.get(list.path), entries, lost))
  return { files: wanted, removed }
}

type Generated = {
  readonly number: string
  readonly title: string
  readonly up: string
  readonly down: string
}

function readGenerated(files: ReadonlyMap<string, string>): readonly Generated[] {
  return [...files].flatMap(([path, up]) => {
    const [, number, title] = MIGRATION.exec(path) ?? []
    const down = files.get(path.replace('.up.', '.down.')) ?? ''
    return number === undefined || title === undefined ? [] : [{ number, title, up, down }]
  })
}

/** The SQL as a tool is to run it: in one transaction, with a record of it. */
function wrapMigration(
  ruleset: string,
  { number, name, up, down }: { number: number; name: string; up: string; down: string },
): Omit<ToolMigration, 'tag'> {
  const record = recordMigration(ruleset, { number, name, checksum: checksumOf(up) }).toString()
  const begin = `SET LOCAL lock_timeout = '${LOCK_TIMEOUT}';\n`
  const end = 'SET LOCAL lock_timeout = DEFAULT;\n'
  return {
    up: `${begin}${up}\n-- What stalemate apply would remember.\n${record}\n${end}`,
    down: `${begin}${down}${end}`,
  }
}
