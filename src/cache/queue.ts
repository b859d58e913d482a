/** What a {@link Queue} holds. It is in one queue at a time. */
export type Queued<T> = { older: T | undefined; newer: T | undefined }

/** Things in the order of their arrival, which may leave from anywhere. */
export class Queue<T extends Queued<T>> {
  #oldest: T | undefined
  #newest: T | undefined
  #count = 0

  get oldest(): T | undefined {
    return this.#oldest
  }

  get count(): number {
    return this.#count
  }

  add(item: T): void {
    item.older = this.#newest
    if (this.#newest === undefined) this.#oldest = item
    else this.#newest.newer = item
    this.#newest = item
    this.#count += 1
  }

  remove(item: T): void {
    const { older, newer } = item
    if (older === undefined) this.#oldest = newer
    else older.newer = newer
    if (newer === undefined) this.#newest = older
    else newer.older = older
    item.older = undefined
    item.newer = undefined
    this.#count -= 1
  }

  /** From the oldest. */
  *[Symbol.iterator](): Generator<T> {
    for (let item = this.#oldest; item !== undefined; item = item.newer) yield item
  }
}
