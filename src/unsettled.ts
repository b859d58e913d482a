type Waiter = { readonly upTo: number; readonly promise: Promise<void>; readonly resolve: () => void }

/** Waiters that are done with before their room is given back. */
const ROOM = 1_000

/** Work that was begun in an order and ends in any. Asking whether all so far has ended costs the same for any number. */
export class Unsettled {
  readonly #pending = new Set<number>()
  /** Those before the first are done with. */
  #waiters: Waiter[] = []
  #first = 0
  /** No work before this one is pending. */
  #oldest = 1
  #last = 0

  /** Work begins; it ends when the returned function is called. */
  add(): () => void {
    this.#last += 1
    const number = this.#last
    this.#pending.add(number)
    return () => {
      if (this.#pending.delete(number)) this.#release()
    }
  }

  /** Resolves when all work that began before the call has ended; `undefined` when it has. */
  settled(): Promise<void> | undefined {
    if (this.#pending.size === 0) return undefined
    const newest = this.#waiters.at(-1)
    if (newest?.upTo === this.#last) return newest.promise
    let resolve = (): void => {}
    const promise = new Promise<void>((done) => (resolve = done))
    this.#waiters.push({ upTo: this.#last, promise, resolve })
    return promise
  }

  #release(): void {
    while (this.#oldest <= this.#last && !this.#pending.has(this.#oldest)) this.#oldest += 1
    for (;;) {
      const waiter = this.#waiters[this.#first]
      if (waiter === undefined || waiter.upTo >= this.#oldest) break
      this.#first += 1
      waiter.resolve()
    }
    if (this.#first < this.#waiters.length && this.#first < ROOM) return
    this.#waiters.splice(0, this.#first)
    this.#first = 0
  }
}
