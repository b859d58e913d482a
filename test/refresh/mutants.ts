/** A fault put into the background work on purpose: a piece of a source file, which it contains once, and what replaces it. */
export type Mutant = {
  readonly name: string
  /** In `src/`, without its ending. */
  readonly file: string
  readonly find: string
  readonly replace: string
  /** Test files that must see it, in `test/`, without their ending. */
  readonly judges: readonly string[]
}

const AHEAD = ['refresh/ahead']
const CHANGE = ['refresh/on-change']
const WORKER = ['refresh/worker']
const QUEUE = ['refresh/work-queue.property']
const WARM = ['warm/warmer']

export const MUTANTS: readonly Mutant[] = [
  { name: 'a read that finds an entry due starts nothing', file: 'refresh/ahead', find: "found: (subject, entry) => reload(subject, entry, 'read'),", replace: 'found: () => {},', judges: AHEAD }, // prettier-ignore
  { name: 'the sweep starts nothing', file: 'refresh/ahead', find: "reload(subject, entry, 'sweep')\n", replace: '{}\n', judges: AHEAD }, // prettier-ignore
  { name: 'there is only one sweep', file: 'refresh/ahead', find: '      schedule(subject)\n', replace: '', judges: AHEAD }, // prettier-ignore
  { name: 'sweeps ignore how soon entries expire', file: 'refresh/ahead', find: 'Math.max(1, Math.min(most, (ttl * (1 - jitter) * (1 - refresh)) / 2))', replace: 'most + 0 * ttl * jitter * refresh', judges: AHEAD }, // prettier-ignore
  { name: 'sweeps ignore their longest interval', file: 'refresh/ahead', find: 'Math.min(most, (ttl', replace: 'Math.max(0 * most, (ttl', judges: AHEAD }, // prettier-ignore
  { name: 'an entry that is being reloaded is reloaded once more', file: 'refresh/ahead', find: 'if (reloads.has(subject, values)) return', replace: '', judges: [...AHEAD, ...WORKER] }, // prettier-ignore
  { name: 'a reload that is not wanted any more is begun', file: 'refresh/ahead', find: "background.look(values).state === 'due'", replace: 'background !== undefined', judges: AHEAD }, // prettier-ignore
  { name: 'what was shed is never told of again', file: 'refresh/ahead', find: "if (end === 'shed') background.renew(values)", replace: 'void end', judges: WORKER }, // prettier-ignore
  { name: 'an entry is due too late', file: 'cache/upkeep', find: 'Math.floor((until - loadedAt) * share)', replace: 'Math.floor(until - loadedAt) + 0 * share', judges: AHEAD }, // prettier-ignore
  { name: 'a swept entry is swept again', file: 'cache/upkeep', find: '        bucket.remove(entry)\n', replace: '        bucket.remove(entry)\n        void bucket.add(entry)\n', judges: AHEAD }, // prettier-ignore

  { name: 'with serve the value is dropped at once', file: 'refresh/on-change', find: "wanted && rule.meanwhile === 'serve' && cache", replace: 'false && cache', judges: CHANGE }, // prettier-ignore
  { name: 'with wait the value is served', file: 'refresh/on-change', find: "wanted && rule.meanwhile === 'serve' && cache", replace: 'wanted && cache', judges: CHANGE }, // prettier-ignore
  { name: 'each change makes a reload of its own', file: 'refresh/on-change', find: 'if (pausing.has(id)) return', replace: '', judges: CHANGE }, // prettier-ignore
  { name: 'a reload begins at the first change of a burst', file: 'refresh/on-change', find: 'clock.after(debounce, begin)', replace: 'clock.after(0, begin)', judges: CHANGE }, // prettier-ignore
  { name: 'entries that nobody reads are reloaded', file: 'refresh/on-change', find: "(sight.state !== 'absent' && (sight.isRead || rule.priority === 'critical'))", replace: "sight.state !== 'absent'", judges: CHANGE }, // prettier-ignore
  { name: 'a served value stays although its reload has failed', file: 'refresh/on-change', find: "background.look(values).state === 'wrong') {", replace: 'false) {', judges: CHANGE }, // prettier-ignore
  { name: 'a reload is made although a reader was faster', file: 'refresh/on-change', find: "if (state === 'fresh') return", replace: 'void state', judges: CHANGE }, // prettier-ignore
  { name: 'a load under way of a wrong group is not covered', file: 'cache/background', find: 'this.#host.fenceAll(isNamed)', replace: 'void isNamed', judges: CHANGE }, // prettier-ignore
  { name: 'a load under way of a wrong entry is not covered', file: 'cache/background', find: '    this.#host.fence(values, why)\n', replace: '', judges: CHANGE }, // prettier-ignore

  { name: 'tasks under way have no limit', file: 'refresh/worker', find: 'if (this.#running.length >= concurrency) return false', replace: '', judges: [...WORKER, ...WARM] }, // prettier-ignore
  { name: 'the background does not give way to readers', file: 'refresh/worker', find: 'return this.#calls < concurrency ||', replace: 'return true ||', judges: WORKER }, // prettier-ignore
  { name: 'busy readers keep all work from its turn', file: 'refresh/worker', find: '(this.#running.length === 0 && this.#patienceLeft() <= 0)', replace: 'false', judges: WORKER }, // prettier-ignore
  { name: 'nobody looks when patience has run out', file: 'refresh/worker', find: '    this.#watchPatience()\n', replace: '', judges: WORKER }, // prettier-ignore
  { name: 'the end of a call wakes nobody', file: 'refresh/worker', find: 'if (change < 0) this.#wake()', replace: '', judges: WORKER }, // prettier-ignore
  { name: 'loads are begun inside the read', file: 'refresh/worker', find: 'void NOW.then(this.#turn)', replace: 'this.#turn()', judges: AHEAD }, // prettier-ignore
  { name: 'a failing task is never given up', file: 'refresh/worker', find: 'if (attempts >= most) {', replace: 'if (attempts > most + 99) {', judges: [...AHEAD, ...CHANGE] }, // prettier-ignore
  { name: 'a failing task is not tried again', file: 'refresh/worker', find: 'if (attempts >= most) {', replace: 'if (attempts >= 1 || most) {', judges: AHEAD }, // prettier-ignore
  { name: 'pauses do not grow', file: 'refresh/retry-delay', find: '2 ** (failures - 1)', replace: '(failures * 0 + 1)', judges: AHEAD }, // prettier-ignore
  { name: 'pauses are not drawn at random', file: 'refresh/retry-delay', find: 'random() * Math.min', replace: '(0 * random() + 1) * Math.min', judges: AHEAD }, // prettier-ignore
  { name: 'closing leaves what waits', file: 'refresh/worker', find: '    this.cancelAll()\n', replace: '', judges: WORKER }, // prettier-ignore
  { name: 'all of a batch is loaded again when one of it has failed', file: 'refresh/worker', find: "before[place]?.kind === 'failed'", replace: 'place >= 0', judges: WARM }, // prettier-ignore

  { name: 'priority does not count', file: 'refresh/work-queue', find: 'const own = PRIORITIES.indexOf(work.priority)', replace: 'const own = 2', judges: QUEUE }, // prettier-ignore
  { name: 'the rate does not count', file: 'refresh/work-queue', find: 'a.work.rate - b.work.rate', replace: '0', judges: QUEUE }, // prettier-ignore
  { name: 'what waits does not rise', file: 'refresh/work-queue', find: 'Math.floor((now - place.since) / ageing)', replace: '0 * (now + ageing)', judges: QUEUE }, // prettier-ignore
  { name: 'the queue has no limit', file: 'refresh/work-queue', find: 'if (this.#size <= this.#settings.max) return undefined', replace: 'if (this.#size >= 0) return undefined', judges: [...QUEUE, ...WORKER] }, // prettier-ignore
  { name: 'the next one is shed in place of the last', file: 'refresh/work-queue', find: 'findLast((line) => line.length > 0)?.[0]', replace: 'find((line) => line.length > 0)?.at(-1)', judges: QUEUE }, // prettier-ignore
  { name: 'a change leaves the reload that waits', file: 'refresh/reloads', find: 'if (task !== undefined) this.#worker.cancel(task)', replace: '', judges: CHANGE }, // prettier-ignore
  { name: 'more than a thousand operations are remembered', file: 'refresh/operation-log', find: 'next = (next + 1) % REMEMBERED', replace: 'next = (next + 1) % (2 * REMEMBERED)', judges: WORKER }, // prettier-ignore
  { name: 'an operation goes on after its end', file: 'refresh/operation-log', find: 'if (!current.has(id)) return\n', replace: '\n', judges: WORKER }, // prettier-ignore

  { name: 'fresh entries are loaded again', file: 'cache/background', find: "&& this.look(values).state === 'fresh'", replace: '&& this.look(values).state.length === 0', judges: WARM }, // prettier-ignore
  { name: 'a run has no limit', file: 'warm/run-set', find: 'this.#at === this.#rows.length || this.#seen === this.#run.set.limit', replace: 'this.#at === this.#rows.length', judges: WARM }, // prettier-ignore
  { name: 'a run has no timeout', file: 'warm/run-set', find: "clock.after(set.timeout, () => halt('timeout'))", replace: '() => {}', judges: WARM }, // prettier-ignore
  { name: 'a run cannot be called off', file: 'warm/run-set', find: "run.signal.addEventListener('abort', callOff, { once: true })", replace: '', judges: WARM }, // prettier-ignore
  { name: 'a run that is over leaves its tasks in the queue', file: 'warm/run-set', find: 'worker.cancelAll((task) => task.run === work)', replace: '', judges: WARM }, // prettier-ignore
  { name: 'batches side by side have no limit', file: 'warm/run-set', find: 'while (this.#open < set.concurrency && !this.#isSeenTo)', replace: 'while (!this.#isSeenTo)', judges: WARM }, // prettier-ignore
  { name: 'sets run in the order of their names', file: 'warm/warmer', find: 'list.filter((set) => set.priority === priority)', replace: "priority === 'critical' ? list : []", judges: WARM }, // prettier-ignore
  { name: 'ready waits for all sets', file: 'warm/warmer', find: 'void runAll(others', replace: 'await runAll(others', judges: WARM }, // prettier-ignore
  { name: 'a schedule runs beside its run of before', file: 'warm/warmer', find: 'if (scheduled.has(set.name)) return', replace: '', judges: WARM }, // prettier-ignore
  { name: 'what instances share is warmed by all', file: 'warm/warmer', find: 'if (settings.isShared(set.cache)) await', replace: 'if (false) await', judges: WARM }, // prettier-ignore
  { name: 'the lock of the fleet is not looked at', file: 'warm/fleet-run', find: "rows[0]?.['locked'] === true", replace: 'rows.length > 0', judges: WARM }, // prettier-ignore
  { name: 'what is done for a time is done again', file: 'warm/fleet-run', find: 'if (await isDone(session, of)) return', replace: '', judges: WARM }, // prettier-ignore
  { name: 'a run leaves no mark', file: 'warm/fleet-run', find: 'if (await work()) await session.query(MARK, of)', replace: 'await work()', judges: WARM }, // prettier-ignore
  { name: 'a run that was called off leaves a mark', file: 'warm/warmer', find: "return end === 'complete' || end === 'timeout'", replace: 'return end.length > 0', judges: WARM }, // prettier-ignore
  { name: 'nobody takes over', file: 'warm/fleet-run', find: 'await rest(clock, signal)', replace: 'return', judges: WARM }, // prettier-ignore
  { name: 'a run of others is waited for without end', file: 'warm/fleet-run', find: 'if (clock.now() >= last) return', replace: '', judges: WARM }, // prettier-ignore
  { name: 'a schedule waits for a fleet that cannot be asked', file: 'warm/warmer', find: 'if (!isBegun) await work().catch(failed)', replace: '', judges: WARM }, // prettier-ignore
  { name: 'closing leaves the schedules', file: 'warm/warmer', find: 'for (const stop of undo) stop()', replace: '', judges: WARM }, // prettier-ignore
  { name: 'params are not looked at', file: 'warm/param-source', find: 'params.items.filter((item) => wanted.every(([name, value]) => item[name] === value))', replace: 'params.items', judges: WARM }, // prettier-ignore
]
