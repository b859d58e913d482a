import type { App, CacheTypes } from '../app.ts'
import { ChangeGatherer } from './changes.ts'
import { History, INTERVAL } from './history.ts'
import { describeRuleset, type Fact, type Now, type PageState, readNow, type ShownGap } from './state.ts'
import { Broadcast } from './stream.ts'
import { WarmingRuns } from './warming.ts'
import { type WallClock, wallTime } from './wall-clock.ts'

/** Milliseconds between two looks at what the pages are told. */
const TICK = 250
/** Ticks between two tellings of all numbers. */
const NOW_EVERY = 4
/** Ticks between two questions for what else is known. */
const FACTS_EVERY = 8
const GAPS = 50

export type MonitorOptions = Pick<PageState, 'databaseOnly' | 'explains' | 'acts'> & {
  /** Asks for what else is known. */
  readonly facts?: () => Promise<readonly Fact[]>
}

/** Gathers what an app does, and tells the pages that are open. */
export class Monitor {
  readonly #app: App<CacheTypes>
  readonly #clock: WallClock
  readonly #options: MonitorOptions
  readonly #changes = new ChangeGatherer()
  readonly #gaps: ShownGap[] = []
  readonly #broadcast: Broadcast
  readonly #history: History
  readonly #warming: WarmingRuns
  readonly #undos: readonly (() => void)[]
  #facts: readonly Fact[] = []
  #isAsking = false
  #ticks = 0
  #stopTimer: () => void = () => {}

  constructor(app: App<CacheTypes>, clock: WallClock, options: MonitorOptions) {
    this.#app = app
    this.#clock = clock
    this.#options = options
    this.#broadcast = new Broadcast(clock)
    this.#history = new History(app, clock, (point) => this.#broadcast.send('point', point))
    this.#warming = new WarmingRuns(app, clock)
    this.#undos = [
      app.on('change', (event) => {
        this.#changes.add(event)
        this.#history.note(event.change.table)
      }),
      app.on('gap', ({ cause, epoch }) => {
        const gap = { at: wallTime(this.#clock), cause, epoch }
        this.#gaps.unshift(gap)
        if (this.#gaps.length > GAPS) this.#gaps.pop()
        this.#broadcast.send('gap', gap)
      }),
    ]
    this.#schedule()
  }

  state(): PageState {
    const { databaseOnly, explains, acts } = this.#options
    return {
      ...this.#now(),
      ...describeRuleset(this.#app),
      databaseOnly,
      explains,
      acts,
      traffic: this.#changes.totals,
      changes: this.#changes.recent,
      gaps: this.#gaps,
      points: this.#history.points,
      interval: INTERVAL,
    }
  }

  stream(): Response | undefined {
    return this.#broadcast.open('state', this.state())
  }

  close(): void {
    this.#stopTimer()
    this.#history.close()
    this.#warming.close()
    for (const undo of this.#undos) undo()
    this.#broadcast.close()
  }

  #now(): Now {
    return { ...readNow(this.#app), warming: this.#warming.list(), facts: this.#facts }
  }

  #schedule(): void {
    this.#stopTimer = this.#clock.after(TICK, () => {
      this.#tick()
      this.#schedule()
    })
  }

  #tick(): void {
    this.#ticks += 1
    const batch = this.#changes.take()
    if (this.#broadcast.viewers === 0) return
    if (this.#ticks % FACTS_EVERY === 1) void this.#askFacts()
    if (batch !== undefined) this.#broadcast.send('changes', batch)
    if (this.#ticks % NOW_EVERY === 0) this.#broadcast.send('now', this.#now())
  }

  /** One question at a time; where it fails, nothing is known. */
  async #askFacts(): Promise<void> {
    const { facts } = this.#options
    if (facts === undefined || this.#isAsking) return
    this.#isAsking = true
    try {
      this.#facts = await facts()
    } catch {
      this.#facts = []
    } finally {
      this.#isAsking = false
    }
  }
}
