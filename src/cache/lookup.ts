import type { ParamValue } from '../key/param.ts'
import type { Entry } from './entry.ts'
import type { ParamDeclaration, Params } from './identity.ts'
import { chooseReader, type ReadParam } from './read-param.ts'

/** Entries by their params. Whoever gives params as the cache holds them is answered without making a key. */
export type Lookup<V> = {
  /** By params as a caller gives them; finds nothing where they are spelled otherwise than held. */
  readonly find: (params: Params) => Entry<V> | undefined
  /** By canonical values in the order of the declaration. */
  readonly get: (values: readonly ParamValue[]) => Entry<V> | undefined
  /** No entry with the same values may be there. */
  readonly add: (entry: Entry<V>) => void
  readonly remove: (entry: Entry<V>) => void
  readonly clear: () => void
}

/** How many entries with the same first param are a chain; more are a map. */
const CHAIN = 8

export function createLookup<V>(params: readonly ParamDeclaration[]): Lookup<V> {
  const names = params.map(({ name }) => name)
  return names.length <= 1 ? new SingleLookup<V>(names[0] ?? '') : new NestedLookup<V>(names)
}

// Fields that are written once are declared, and not defined before: see `Cache`.

/** By the one param there is. A cache without params has one entry, by `undefined`. */
class SingleLookup<V> implements Lookup<V> {
  readonly #entries = new Map<unknown, Entry<V>>()
  declare private readonly name: string
  declare private readonly read: ReadParam

  constructor(name: string) {
    this.name = name
    this.read = chooseReader(name)
  }

  find(params: Params): Entry<V> | undefined {
    const read = this.read
    return this.#entries.get(read(params, this.name))
  }

  get(values: readonly ParamValue[]): Entry<V> | undefined {
    return this.#entries.get(values[0])
  }

  add(entry: Entry<V>): void {
    this.#entries.set(entry.first, entry)
  }

  remove(entry: Entry<V>): void {
    this.#entries.delete(entry.first)
  }

  clear(): void {
    this.#entries.clear()
  }
}

/**
 * By the first param, then by the others: a chain of entries while these are few, since a map of its own for each
 * value of the first param would weigh more than the entries.
 */
class NestedLookup<V> implements Lookup<V> {
  readonly #chains = new Map<unknown, Entry<V> | Map<unknown, Entry<V>>>()
  declare private readonly first: string
  declare private readonly readFirst: ReadParam
  declare private readonly second: string
  declare private readonly readSecond: ReadParam
  /** Of all params but the first, when there are more than two. */
  declare private readonly others: readonly { readonly name: string; readonly read: ReadParam }[] | undefined

  constructor(names: readonly string[]) {
    this.first = names[0] as string
    this.second = names[1] as string
    this.readFirst = chooseReader(this.first)
    this.readSecond = chooseReader(this.second)
    const others = names.slice(1).map((name) => ({ name, read: chooseReader(name) }))
    this.others = others.length > 1 ? others : undefined
  }

  find(params: Params): Entry<V> | undefined {
    const readFirst = this.readFirst
    const chain = this.#chains.get(readFirst(params, this.first))
    if (chain === undefined) return undefined
    if (this.others !== undefined) {
      return findInChain(
        chain,
        this.others.map(({ name, read }) => read(params, name)),
      )
    }
    const readSecond = this.readSecond
    const second = readSecond(params, this.second)
    if (chain instanceof Map) return chain.get(second)
    let entry: Entry<V> | undefined = chain
    while (entry !== undefined && entry.rest !== second) entry = entry.peer
    return entry
  }

  get(values: readonly ParamValue[]): Entry<V> | undefined {
    const chain = this.#chains.get(values[0])
    return chain && findInChain(chain, values.length === 2 ? values[1] : values.slice(1))
  }

  add(entry: Entry<V>): void {
    const chain = this.#chains.get(entry.first)
    if (chain instanceof Map) {
      chain.set(restId(entry.rest), entry)
      return
    }
    entry.peer = chain
    const length = chainLength(entry)
    this.#chains.set(entry.first, length > CHAIN ? mapChain(entry) : entry)
  }

  clear(): void {
    this.#chains.clear()
  }

  remove(entry: Entry<V>): void {
    const chain = this.#chains.get(entry.first)
    if (chain instanceof Map) {
      chain.delete(restId(entry.rest))
      if (chain.size === 0) this.#chains.delete(entry.first)
      return
    }
    if (chain === entry) {
      if (entry.peer === undefined) this.#chains.delete(entry.first)
      else this.#chains.set(entry.first, entry.peer)
    } else {
      let before = chain
      while (before !== undefined && before.peer !== entry) before = before.peer
      if (before !== undefined) before.peer = entry.peer
    }
    entry.peer = undefined
  }
}

function findInChain<V>(chain: Entry<V> | Map<unknown, Entry<V>>, rest: unknown): Entry<V> | undefined {
  if (chain instanceof Map) return chain.get(restId(rest))
  let entry: Entry<V> | undefined = chain
  while (entry !== undefined && !isSame(entry.rest, rest)) entry = entry.peer
  return entry
}

function isSame(held: unknown, given: unknown): boolean {
  if (!Array.isArray(held) || !Array.isArray(given)) return held === given
  for (let place = 0; place < held.length; place += 1) if (held[place] !== given[place]) return false
  return true
}

/**
 * What tells the values behind the first apart, lengths and types included: what a caller gives was not checked
 * before.
 */
function restId(rest: unknown): unknown {
  if (!Array.isArray(rest)) return rest
  return rest
    .map((value) =>
      typeof value === 'string' ? `s${value.length}:${value}` : `${typeof value}:${String(value)}`,
    )
    .join('\0')
}

function chainLength<V>(chain: Entry<V>): number {
  let length = 0
  for (let entry: Entry<V> | undefined = chain; entry !== undefined; entry = entry.peer) length += 1
  return length
}

function mapChain<V>(chain: Entry<V>): Map<unknown, Entry<V>> {
  const map = new Map<unknown, Entry<V>>()
  let entry: Entry<V> | undefined = chain
  while (entry !== undefined) {
    const { peer }: Entry<V> = entry
    entry.peer = undefined
    map.set(restId(entry.rest), entry)
    entry = peer
  }
  return map
}
