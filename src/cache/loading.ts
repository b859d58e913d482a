import { StalemateError } from '../errors.ts'
import type { ParamValue } from '../key/param.ts'
import { Backoff } from './backoff.ts'
import { type CacheCounters, countLoadTime } from './counters.ts'
import type { Entry } from './entry.ts'
import { Flight } from './flight.ts'
import type { EntryId } from './identity.ts'
import { Latest } from './latest.ts'
import { ManyContext } from './many-context.ts'
import { Queue } from './queue.ts'
import type { CacheSettings } from './settings.ts'

/** What loads need from the cache whose loads they are. */
export type LoadingHost<V> = {
  readonly isCurrent: (flight: Flight<V>) => boolean
  /** Stores the value of a current load; whether it was stored. Throws if the value cannot be stored. */
  readonly fill: (flight: Flight<V>, value: V, now: number) => boolean
  /** Told of a load whose entry is not stored. */
  readonly leave: (flight: Flight<V>) => void
  /** What may be served in place of a failed load. */
  readonly substitute: (flight: Flight<V>, now: number) => Entry<V> | undefined
}

/** The loads of one cache: which can be joined, how they end, how long they may take, when they are not begun. */
export class Loading<V> {
  readonly #settings: CacheSettings<V>
  readonly #counters: CacheCounters
  readonly #host: LoadingHost<V>
  readonly #backoff: Backoff | undefined
  /** The latest load of each entry. */
  readonly #latest = new Latest<V>()
  /** All that have not ended, also those that are covered, the oldest first. */
  readonly #running = new Queue<Flight<V>>()
  #stopTimer: (() => void) | undefined
  #isTimed = false

  constructor(settings: CacheSettings<V>, counters: CacheCounters, host: LoadingHost<V>) {
    this.#settings = settings
    this.#counters = counters
    this.#host = host
    this.#backoff = settings.backoff && new Backoff(settings.backoff, settings.random)
  }

  get running(): number {
    return this.#running.count
  }

  /** The load that a read of this entry may join. */
  find(id: EntryId): Flight<V> | undefined {
    const flight = this.#latest.get(id)
    return flight !== undefined && this.#host.isCurrent(flight) ? flight : undefined
  }

  /** Makes a load known that is to begin. */
  add(
    start: Pick<Flight<V>, 'id' | 'entry' | 'params' | 'generation' | 'since' | 'replaces' | 'isAnew'>,
  ): Flight<V> {
    const { id, entry, params, generation, since, replaces, isAnew } = start
    const flight = new Flight<V>(id, entry, params, generation, since, replaces)
    flight.isAnew = isAnew
    this.#latest.set(id, flight)
    return flight
  }

  /** An invalidation has named the entry. */
  cover(id: EntryId): void {
    const flight = this.#latest.get(id)
    if (flight === undefined) return
    flight.covered = true
    this.#latest.delete(id)
  }

  /** An invalidation has named what has these values. */
  coverAll(isNamed: (values: readonly ParamValue[]) => boolean): void {
    for (const flight of this.#running) {
      if (this.#latest.get(flight.id) === flight && isNamed(flight.entry.values())) this.cover(flight.id)
    }
  }

  /** Calls the loader. */
  beginOne(flight: Flight<V>): void {
    if (!this.#admit(flight)) return
    this.#callOne(flight)
    this.#watchTime()
  }

  /** Calls the loader: once for all where it takes several. */
  begin(flights: readonly Flight<V>[]): void {
    if (flights.length === 1) {
      this.beginOne(flights[0] as Flight<V>)
      return
    }
    const admitted = flights.filter((flight) => this.#admit(flight))
    const { loadMany } = this.#settings
    if (admitted.length > 1 && loadMany !== undefined) this.#callMany(admitted, loadMany)
    else for (const flight of admitted) this.#callOne(flight)
    this.#watchTime()
  }

  close(reason: unknown): void {
    this.#stopTimer?.()
    for (const flight of this.#running) flight.abort(reason)
  }

  #admit(flight: Flight<V>): boolean {
    if (this.#backoff?.refuses(flight.since, this.#running.count) !== true) {
      flight.begun = true
      this.#running.add(flight)
      this.#counters.loads += 1
      return true
    }
    this.#counters.refused += 1
    const message = `The loader of ${this.#settings.name} has failed too often in a row and is not asked for a moment.`
    this.#reject(
      flight,
      flight.since,
      new StalemateError('load-refused', message, { cause: this.#backoff.error }),
    )
    return false
  }

  #callOne(flight: Flight<V>): void {
    this.#settings.calls?.(1)
    let result
    try {
      result = this.#settings.load(flight.params, flight)
    } catch (error) {
      this.#fail(flight, error)
      return
    }
    Promise.resolve(result).then(
      (value) => this.#succeed(flight, value),
      (error: unknown) => this.#fail(flight, error),
    )
  }

  #callMany(flights: readonly Flight<V>[], loadMany: NonNullable<CacheSettings<V>['loadMany']>): void {
    const call = { open: flights.length }
    for (const flight of flights) flight.call = call
    this.#settings.calls?.(1)
    const failAll = (error: unknown): void => {
      for (const flight of flights) this.#fail(flight, error)
    }
    const succeedAll = (values: readonly (V | Error)[]): void => {
      if (!Array.isArray(values) || values.length !== flights.length) {
        const got = Array.isArray(values) ? `${values.length}` : typeof values
        const message = `Expected loadMany of ${this.#settings.name} to return ${flights.length} values, got ${got}.`
        failAll(new StalemateError('load-invalid', message))
        return
      }
      for (const [index, flight] of flights.entries()) {
        const value = values[index] as V | Error
        if (value instanceof Error) this.#fail(flight, value)
        else this.#succeed(flight, value)
      }
    }
    let result
    try {
      result = loadMany(
        flights.map(({ params }) => params),
        new ManyContext(flights),
      )
    } catch (error) {
      failAll(error)
      return
    }
    Promise.resolve(result).then(succeedAll, failAll)
  }

  #succeed(flight: Flight<V>, value: V): void {
    if (flight.ended) return
    const now = this.#settings.now()
    countLoadTime(this.#counters, now - flight.since)
    this.#backoff?.succeed()
    let stored = false
    try {
      if (this.#host.isCurrent(flight)) stored = this.#host.fill(flight, value, now)
      else this.#counters.fenced += 1
    } catch (error) {
      this.#counters.errors += 1
      this.#end(flight, false)
      flight.reject(error)
      return
    }
    this.#end(flight, stored)
    flight.resolve(value)
  }

  #fail(flight: Flight<V>, error: unknown): void {
    if (flight.ended) return
    const now = this.#settings.now()
    this.#counters.errors += 1
    this.#backoff?.fail(now, error)
    this.#reject(flight, now, error)
  }

  /** The end of a load that gave no value. */
  #reject(flight: Flight<V>, now: number, error: unknown): void {
    const substitute = this.#host.substitute(flight, now)
    flight.failed = { error }
    this.#end(flight, false)
    if (substitute === undefined) {
      flight.reject(error)
      return
    }
    this.#counters.stale += 1
    flight.resolve(substitute.value as V)
  }

  #end(flight: Flight<V>, stored: boolean): void {
    flight.ended = true
    flight.stored = stored
    if (flight.begun) this.#running.remove(flight)
    if (this.#latest.get(flight.id) === flight) this.#latest.delete(flight.id)
    if (!stored) this.#host.leave(flight)
    if (flight.begun && (flight.call === undefined || --flight.call.open === 0)) this.#settings.calls?.(-1)
  }

  /** One timer for all: they may take the same time, so the oldest is the first that is due. */
  #watchTime(): void {
    const { loadTimeout, after, now } = this.#settings
    if (this.#isTimed || loadTimeout === undefined || after === undefined) return
    const { oldest } = this.#running
    if (oldest === undefined) return
    this.#isTimed = true
    this.#stopTimer = after(Math.max(1, oldest.since + loadTimeout - now()), () => {
      this.#isTimed = false
      for (let due = this.#running.oldest; due !== undefined; due = this.#running.oldest) {
        if (now() < due.since + loadTimeout) break
        this.#timeOut(due, loadTimeout)
      }
      this.#watchTime()
    })
  }

  #timeOut(flight: Flight<V>, limit: number): void {
    const message = `A load of ${this.#settings.name} took longer than ${limit} ms.`
    const error = new StalemateError('load-timeout', message)
    this.#counters.timeouts += 1
    this.#fail(flight, error)
    flight.abort(error)
  }
}
