/** Upper bounds of the classes of chances. */
const CHANCES = [0.02, 0.1, 0.3, 0.6, 1]
/** Upper bounds, in hours, of the classes of how long ago an entry was last asked for. */
const AGES = [1, 3, 24, Infinity]
/** What is left of a count after an hour that was learned from. */
const FADE = 0.99
/** Entries that a class must have had to be believed as much as the chance itself. */
const TRUST = 5

/** How often chances of some class have come true. */
export class Calibration {
  /** For each class how many there were, and how many of them came true. */
  readonly #counts: number[]

  constructor(counts?: readonly number[]) {
    const size = 2 * CHANCES.length * AGES.length
    this.#counts = counts?.length === size ? [...counts] : Array.from({ length: size }, () => 0)
  }

  /** An entry may be asked for, or not. @param age hours since it was last asked for */
  expect(chance: number, age: number): void {
    this.#add(placeOf(chance, age))
  }

  /** It was. */
  meet(chance: number, age: number): void {
    this.#add(placeOf(chance, age) + 1)
  }

  /** How often that comes true. */
  correct(chance: number, age: number): number {
    const place = placeOf(chance, age)
    const count = this.#counts[place] ?? 0
    return Math.min(1, ((this.#counts[place + 1] ?? 0) + TRUST * chance) / (count + TRUST))
  }

  fade(): void {
    for (const [place, count] of this.#counts.entries()) this.#counts[place] = count * FADE
  }

  data(): readonly number[] {
    return this.#counts
  }

  #add(place: number): void {
    this.#counts[place] = (this.#counts[place] ?? 0) + 1
  }
}

function placeOf(chance: number, age: number): number {
  const kind = CHANCES.findIndex((bound) => chance <= bound)
  const since = AGES.findIndex((bound) => age <= bound)
  return 2 * ((kind < 0 ? CHANCES.length - 1 : kind) * AGES.length + Math.max(0, since))
}
