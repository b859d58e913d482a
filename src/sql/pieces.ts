/** A text, in pieces if it is long. */
export type AnyText = string | Pieces

/**
 * A long text as the pieces that it is put together from. Those that others hold as well are not held twice, and a text
 * that is only read from its beginning to its end need never be one.
 */
export class Pieces {
  readonly #make: () => readonly string[]
  #list: readonly string[] | undefined

  /** @param list the pieces, or what makes them once they are asked for */
  constructor(list: readonly string[] | (() => readonly string[])) {
    this.#make = typeof list === 'function' ? list : () => list
  }

  get list(): readonly string[] {
    return (this.#list ??= this.#make())
  }

  /** Of any text. */
  static of(text: AnyText): readonly string[] {
    return typeof text === 'string' ? [text] : text.list
  }

  toString(): string {
    // Not by `join`, which makes two bytes of each character where a piece is the key of an object as well.
    return this.list.reduce((text, piece) => text + piece, '')
  }
}
