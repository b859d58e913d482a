import type { App, CacheTypes } from '../app.ts'
import type { Clock } from '../options.ts'
import { ChangeGatherer } from './changes.ts'
import { History } from './history.ts'
import { describeRuleset, type Now, type PageState, readNow, type ShownGap } from './state.ts'
import { Broadcast } from './stream.ts'
import { WarmingRuns } from './warming.ts'

/** Milliseconds between two looks at what the pages are told. */
const TICK = 250
/** Ticks between two tellings of all numbers. */
const NOW_EVERY = 4
const GAPS = 50

type Facts = Pick<PageState, 'notice' | 'explains' | 'acts'>

/** Gathers what an app does, and tells the pages that are open. */
export class Monitor {
  readonly #app: App<CacheTypes>
  readonly #clock: Clock
  readonly #facts: Facts
  readonly #changes = new ChangeGatherer()
  readonly #gaps: ShownGap[] = []
  readonly #broadcast: Broadcast
  readonly #history: History
  readonly #warming: WarmingRuns
  readonly #undos: readonly (() => void)[]
  #ticks = 0
  #stopTimer: () => void = () => {}

  constructor(app: App<CacheTypes>, clock: Clock, facts: Facts) {
    this.#app = app
    this.#clock = clock
    this.#facts = facts
    this.#broadcast = new Broadcast(clock)
    this.#history = new History(app, clock, (point) => this.#broadcast.send('point', point))
    this.#warming = new WarmingRuns(app, clock)
    this.#undos = [
      app.on('change', (change) => this.#changes.add(change)),
      app.on('gap', ({ cause, epoch }) => {
        const gap = { at: Date.now(), cause, epoch }
        this.#gaps.unshift(gap)
        if (this.#gaps.length > GAPS) this.#gaps.pop()
        this.#broadcast.send('gap', gap)
      }),
    ]
    this.#schedule()
  }

  state(): PageState {
    return {
      ...this.#now(),
      ...describeRuleset(this.#app),
      ...this.#facts,
      traffic: this.#changes.totals,
      changes: this.#changes.recent,
      gaps: this.#gaps,
      points: this.#history.points,
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
    return { ...readNow(this.#app), warming: this.#warming.list() }
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
    if (batch !== undefined) this.#broadcast.send('changes', batch)
    if (this.#ticks % NOW_EVERY === 0) this.#broadcast.send('now', this.#now())
  }
}
