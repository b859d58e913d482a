import { checksumOf } from '../plan/checksum.ts'
import type { Pieces } from '../sql/pieces.ts'
import type { InstalledObject, SharedObject, TriggerObject, Undo } from '../plan/installed.ts'

/** The version of `installed.json`. */
export const INSTALLED_VERSION = 1
export const INSTALLED_FILE = 'installed.json'

/** A migration as `installed.json` remembers it. */
export type WrittenMigration = {
  readonly number: number
  readonly name: string
  /** Checksums of its files. */
  readonly up: string
  readonly down: string
}

/** Where a text stands: in a migration, from a character on; line ends count as one. */
export type TextPlace = { readonly migration: number; readonly at: number; readonly length: number }

/** A trigger whose body is read from the migration that has made it, which never changes any more. */
export type StoredTrigger = Omit<TriggerObject, 'body'> & { readonly body: TextPlace | string }
export type StoredObject = SharedObject | StoredTrigger

/** `installed.json`: what the migrations bring a database to, object by object. */
export type Installed = {
  readonly kind: 'installed'
  readonly version: typeof INSTALLED_VERSION
  readonly ruleset: string
  /** In the order of their numbers. */
  readonly migrations: readonly WrittenMigration[]
  readonly objects: readonly StoredObject[]
  /** Takes the last migration back; null where that is not known. */
  readonly undo: Undo<StoredObject> | null
}

/** What makes and reads the checksum of `installed.json`: two versions of it that were merged by hand do not fit. */
export function sealOf(installed: Installed): string {
  return checksumOf(JSON.stringify(installed))
}

/** The text of `installed.json`: a line for each object, so that a difference shows which ones. */
export function writeInstalled(installed: Installed): string {
  const { migrations, objects, undo, ...head } = installed
  const fields = [
    ...Object.entries(head).map(([name, value]) => field(name, JSON.stringify(value))),
    field('migrations', listLines(migrations, '  ')),
    field('objects', listLines(objects, '  ')),
    field('undo', undo === null ? 'null' : writeUndo(undo)),
    field('checksum', JSON.stringify(sealOf(installed))),
  ]
  return `{\n${fields.join(',\n')}\n}\n`
}

function writeUndo({ keys, restore }: Undo<StoredObject>): string {
  return `{\n    "keys": ${listLines(keys, '    ')},\n    "restore": ${listLines(restore, '    ')}\n  }`
}

function field(name: string, json: string): string {
  return `  ${JSON.stringify(name)}: ${json}`
}

function listLines(items: readonly unknown[], indent: string): string {
  const lines = items.map((item) => `${indent}  ${JSON.stringify(item)}`)
  return lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n${indent}]`
}

/** Knows where bodies stand, so that each is kept once. */
export class BodyPlaces {
  readonly #places = new Map<string, TextPlace>()
  readonly #texts = new Map<number, string>()

  /** @param texts the SQL of migrations by number */
  constructor(texts: Iterable<readonly [number: number, text: string]>) {
    for (const [number, text] of texts) this.#texts.set(number, joinLineEnds(text))
  }

  /** The objects with their bodies. */
  restore(objects: readonly StoredObject[]): readonly InstalledObject[] {
    return objects.map((object) => {
      if (object.kind === 'shared' || typeof object.body === 'string') return object as InstalledObject
      const { migration, at, length } = object.body
      const body = (this.#texts.get(migration) ?? '').slice(at, at + length)
      this.#places.set(body, object.body)
      return { ...object, body }
    })
  }

  /** The objects with the places of their bodies: in a new migration, where none before has them. */
  store(objects: readonly InstalledObject[], number: number, text: Pieces): readonly StoredObject[] {
    const find = findPieces(number, text)
    return objects.map((object) => {
      if (object.kind === 'shared') return object
      const place = (this.#places.size > 0 ? this.#places.get(object.body) : undefined) ?? find(object.body)
      return place === undefined ? object : { ...object, body: place }
    })
  }
}

/**
 * Says where a piece of a migration stands. Bodies are asked for in the order in which they stand there, so that each search
 * goes on where the last one ended: to look them up would need a hash of the whole migration.
 */
function findPieces(migration: number, { list }: Pieces): (piece: string) => TextPlace | undefined {
  // A text whose line ends a tool could change has no fixed places: bodies stay in the file then.
  if (list.some((piece) => piece.includes('\r\n'))) return () => undefined
  let next = 0
  let at = 0
  return (wanted) => {
    for (let looked = 0; looked < list.length; looked += 1) {
      if (next === list.length) {
        next = 0
        at = 0
      }
      const piece = list[next] ?? ''
      const place = { migration, at, length: piece.length }
      next += 1
      at += piece.length
      if (piece === wanted) return place
    }
    return undefined
  }
}

function joinLineEnds(text: string): string {
  return text.includes('\r') ? text.replaceAll('\r\n', '\n') : text
}
