import test from 'ava'
import fc from 'fast-check'
import { createApplier } from '../src/applier.ts'
import type { Cache } from '../src/cache/cache.ts'
import { buildManifest } from '../src/emit/manifest.ts'
import { createSync } from '../src/sync.ts'
import type { Change, Target } from '../src/wire/change.ts'
import { createClock } from './helpers/clock.ts'
import { createDeferred, type Deferred } from './helpers/deferred.ts'
import { cacheRule, makePlan, tableRule } from './helpers/plans.ts'

const MANIFEST = buildManifest(
  makePlan(
    [cacheRule('board', 'board:{user_id}', { user_id: 'int' })],
    [
      tableRule({
        table: 'leads',
        cache: 'board',
        params: { user_id: 'teams.user_id' },
        via: ['agents ON agents.id = leads.agent_id', 'teams ON teams.id = agents.team_id'],
      }),
    ],
  ),
)
const PATHS = Object.entries(MANIFEST.paths)
const OF_LEADS = PATHS.find(([, { sql }]) => sql.includes('agents'))?.[0] ?? ''
const OF_AGENTS = PATHS.find(([id]) => id !== OF_LEADS)?.[0] ?? ''

type State = {
  /** The agent of each lead. */
  readonly leads: readonly number[]
  /** The team of each agent. */
  readonly agents: readonly number[]
  /** The user of each team. */
  readonly teams: readonly number[]
}
type Commit =
  | { readonly kind: 'lead'; readonly agent: number }
  | { readonly kind: 'agent'; readonly agent: number; readonly team: number }
  | { readonly kind: 'team'; readonly team: number; readonly user: number }
type Step = Commit | { readonly kind: 'deliver' | 'look' | 'answer' | 'sync' }

const START: State = { leads: [0, 1, 1, 2, 2, 2, 2], agents: [0, 1, 2], teams: [0, 1, 2] }
const USERS = [0, 1, 2]

/** What a value of the cache holds: the number of leads of a user. */
function valueOf({ leads, agents, teams }: State, user: number): number {
  return leads.filter((agent) => teams[agents[agent] ?? -1] === user).length
}

function commit(state: State, change: Commit): readonly [State, Change] {
  const told = (table: string, target: Target): Change => ({
    kind: 'change',
    table,
    operation: 'update',
    targets: [target],
  })
  const links = (path: string, values: readonly number[]): Target => ({
    kind: 'links',
    cache: 'board',
    path,
    values: values.map(String),
  })
  switch (change.kind) {
    case 'lead':
      return [
        { ...state, leads: [...state.leads, change.agent] },
        told('leads', links(OF_LEADS, [change.agent])),
      ]
    case 'agent': {
      const teams = [state.agents[change.agent] ?? -1, change.team]
      return [
        { ...state, agents: state.agents.with(change.agent, change.team) },
        told('agents', links(OF_AGENTS, teams)),
      ]
    }
    case 'team': {
      const values = [state.teams[change.team] ?? -1, change.user].map(String)
      const target: Target = { kind: 'bindings', cache: 'board', params: ['user_id'], values }
      return [{ ...state, teams: state.teams.with(change.team, change.user) }, told('teams', target)]
    }
  }
}

type LookUp = {
  readonly path: string
  readonly links: readonly number[]
  readonly answer: Deferred<readonly (readonly unknown[])[]>
  seen: State | undefined
}

/**
 * A database, a feed that delivers in order of commit and only when a step says so, and look-ups whose snapshot and
 * whose answer are steps of their own. Values are those of the start: what is still held when a barrier resolves, has to
 * be what a database that shows all commits from before the barrier may answer.
 */
class Model {
  readonly wrong: string[] = []
  readonly #states: State[] = [START]
  readonly #feed: (Change | Deferred<void>)[] = []
  readonly #lookUps: LookUp[] = []
  readonly #held = new Set(USERS)
  readonly #clock = createClock()
  readonly #applier = createApplier({
    manifest: MANIFEST,
    caches: new Map([
      [
        'board',
        {
          invalidateEntry: ([user]: readonly unknown[]) => (this.#held.delete(Number(user)) ? 1 : 0),
        } as unknown as Cache<unknown>,
      ],
    ]),
    query: async (sql, [links]) => {
      const path = PATHS.find(([, each]) => each.sql === sql)?.[0] ?? ''
      const answer = createDeferred<readonly (readonly unknown[])[]>()
      this.#lookUps.push({ path, links: (links as string[]).map(Number), answer, seen: undefined })
      return await answer.promise
    },
    clock: this.#clock,
    batch: 100,
    queue: 1_000,
    timeout: 60_000,
    failed: (error) => this.wrong.push(String(error)),
    reload: () => 0,
    cancel: () => {},
  })
  readonly #sync = createSync({
    manifest: MANIFEST,
    feed: {
      barrier: async () => {
        const arrived = createDeferred<void>()
        this.#feed.push(arrived)
        await arrived.promise
      },
    },
    applier: this.#applier,
    after: [],
    clock: this.#clock,
    assertOpen: () => {},
  })
  #open = 0

  get open(): number {
    return this.#open
  }

  async step(step: Step): Promise<void> {
    switch (step.kind) {
      case 'deliver':
        this.#deliver()
        break
      case 'look': {
        const next = this.#lookUps.find(({ seen }) => seen === undefined)
        if (next !== undefined) next.seen = this.#now
        break
      }
      case 'answer':
        this.#answer()
        break
      case 'sync': {
        const from = this.#states.length - 1
        this.#open += 1
        void this.#sync().then(() => this.#judge(from))
        break
      }
      case 'lead':
      case 'agent':
      case 'team': {
        const [state, change] = commit(this.#now, step)
        this.#states.push(state)
        this.#feed.push(change)
      }
    }
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  }

  get #now(): State {
    return this.#states.at(-1) ?? START
  }

  #deliver(): void {
    const next = this.#feed.shift()
    if (next === undefined) return
    if ('kind' in next) this.#applier.apply(next, () => {})
    else next.resolve()
  }

  #answer(): void {
    const index = this.#lookUps.findIndex(({ seen }) => seen !== undefined)
    const [found] = index < 0 ? [] : this.#lookUps.splice(index, 1)
    if (found?.seen === undefined) return
    const { agents, teams } = found.seen
    const owners = found.links.map((link) => teams[found.path === OF_LEADS ? (agents[link] ?? -1) : link])
    found.answer.resolve(owners.map((user) => [String(user)]))
  }

  #judge(from: number): void {
    this.#open -= 1
    const since = this.#states.slice(from)
    for (const user of this.#held) {
      const held = valueOf(START, user)
      if (!since.some((state) => valueOf(state, user) === held))
        this.wrong.push(`user ${user}: ${held} is held, and has not been true since commit ${from}`)
    }
  }
}

const one = (count: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: count - 1 })
const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lead' as const), agent: one(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('agent' as const), agent: one(3), team: one(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('team' as const), team: one(3), user: one(3) }) },
  { weight: 5, arbitrary: fc.constant({ kind: 'deliver' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'look' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'answer' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'sync' as const }) },
)

test('a barrier waits for what look-ups of links may have seen, over two tables and in any order', async (t) => {
  const schedules = fc.asyncProperty(fc.array(STEP, { minLength: 5, maxLength: 40 }), async (steps) => {
    const model = new Model()
    for (const step of steps) await model.step(step)
    t.deepEqual(model.wrong, [])
    // What goes on afterwards ends every barrier.
    for (let turn = 0; model.open > 0 && turn < 200; turn += 1)
      for (const kind of ['deliver', 'look', 'answer'] as const) await model.step({ kind })
    t.is(model.open, 0)
    t.deepEqual(model.wrong, [])
  })
  await fc.assert(schedules, { numRuns: 3_000 })
})

const play = async (model: Model, steps: readonly (Step | Step['kind'])[]): Promise<void> => {
  for (const step of steps) await model.step(typeof step === 'string' ? ({ kind: step } as Step) : step)
}

const MOVED: readonly (Step | Step['kind'])[] = [
  { kind: 'lead', agent: 0 },
  'sync',
  'deliver',
  { kind: 'agent', agent: 0, team: 1 },
  'look',
  'answer',
  'deliver',
]

test('a look-up that shows a later move of the path is followed by a barrier for that move', async (t) => {
  const model = new Model()
  await play(model, MOVED)
  t.is(model.open, 1)
  await play(model, ['deliver', 'look', 'answer', 'deliver', 'deliver'])
  t.is(model.open, 0)
  t.deepEqual(model.wrong, [])
})

test('so is the look-up of that move, which shows one further along the path', async (t) => {
  const model = new Model()
  await play(model, [...MOVED, 'deliver', { kind: 'team', team: 0, user: 2 }, 'look', 'answer', 'deliver'])
  t.is(model.open, 1)
  await play(model, ['deliver', 'deliver'])
  t.is(model.open, 0)
  t.deepEqual(model.wrong, [])
})
