/**
 * How far a stream has been received and applied. What is confirmed to the server as applied is never ahead of a
 * transaction that is still waiting, for its visibility or for its links.
 */
export class WalProgress {
  #received = 0n
  #applied = 0n
  readonly #open: { readonly end: bigint; isDone: boolean }[] = []

  get received(): bigint {
    return this.#received
  }

  get applied(): bigint {
    return this.#applied
  }

  /** Nothing that matters lies before `end` but what was begun here. */
  pass(end: bigint): void {
    this.#received = end
    this.#settle()
  }

  /** A transaction that ends at `end` was received; the returned function says that it was applied. */
  begin(end: bigint): () => void {
    const transaction = { end, isDone: false }
    this.#received = end
    this.#open.push(transaction)
    return () => {
      transaction.isDone = true
      this.#settle()
    }
  }

  #settle(): void {
    while (this.#open[0]?.isDone === true) this.#applied = this.#open.shift()?.end ?? this.#applied
    if (this.#open.length === 0) this.#applied = this.#received
  }
}
