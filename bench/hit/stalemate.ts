import { createStalemate, type Manifest } from '../../src/index.ts'
import { type Entries, type Reader, TTL, type Value } from './reader.ts'

export type Access = 'peek' | 'get'

type OneParam = { readonly user_id: string }
type OtherParam = { readonly agent_id: string }
type TwoParams = { readonly user_id: string; readonly month: string }
type Caches = {
  readonly dashboard: { readonly params: OneParam; readonly value: Value }
  readonly agent: { readonly params: OtherParam; readonly value: Value }
  readonly report: { readonly params: TwoParams; readonly value: Value }
}

const OTHER_ENTRIES = 1_000
const COMMON = { ttl: TTL, jitter: 0.1, max: 20_000, priority: 'normal', tables: [] } as const
const USER = { name: 'user_id', type: 'uuid' } as const

/** Without tables, so that nothing has to be installed; the feed and its proofs of life are the real ones. */
const manifest: Manifest = {
  version: 1,
  ruleset: 'bench',
  feed: 'notify',
  channel: 'stalemate_bench',
  hash: '0'.repeat(64),
  caches: {
    dashboard: { ...COMMON, key: 'dashboard:{user_id}', params: [USER], partial: [] },
    agent: { ...COMMON, key: 'agent:{agent_id}', params: [{ name: 'agent_id', type: 'uuid' }], partial: [] },
    report: {
      ...COMMON,
      key: 'report:{user_id}:{month}',
      params: [USER, { name: 'month', type: 'text' }],
      partial: [['user_id']],
    },
  },
  tables: [],
  paths: {},
}

/** Reads the public handle of a live runtime: fences, epoch, trust and statistics are on. */
export async function readStalemate(
  entries: Entries,
  connectionString: string,
  access: Access,
  params: 'one' | 'two',
): Promise<Reader<OneParam> | Reader<TwoParams>> {
  const numbers = new Map(entries.users.map((user, n) => [user, { n }]))
  const load = ({ user_id }: OneParam): Value => numbers.get(user_id) as Value
  const app = await createStalemate<Caches>({
    manifest,
    connection: { connectionString },
    loaders: { dashboard: load, report: load, agent: () => ({ n: 0 }) },
  })
  const stop = async (): Promise<void> => {
    const counted = app.stats().caches[params === 'one' ? 'dashboard' : 'report']
    await app.close()
    if (counted?.loads !== entries.users.length) throw new Error(`There were ${counted?.loads} loads.`)
    if (counted.hits === 0) throw new Error('No hit was counted.')
  }
  await app.ready
  const { dashboard, report, agent } = app.caches
  // An application has several caches, and what the JIT learns from one is not what it meets in the next.
  for (const agent_id of entries.users.slice(0, OTHER_ENTRIES)) {
    await agent.get({ agent_id })
    agent.peek({ agent_id })
  }
  const one = entries.users.map((user_id) => ({ user_id }))
  const two = entries.users.map((user_id, index) => ({ user_id, month: entries.months[index] as string }))
  await Promise.all(params === 'one' ? one.map(dashboard.get) : two.map(report.get))
  if (params === 'one')
    return access === 'peek' ? peekReader(one, dashboard, stop) : getReader(one, dashboard, stop)
  return access === 'peek' ? peekReader(two, report, stop) : getReader(two, report, stop)
}

type Handle<P> = {
  readonly peek: (params: P) => Value | undefined
  readonly get: (params: P) => Promise<Value>
}

function peekReader<P>(inputs: readonly P[], handle: Handle<P>, stop: () => Promise<void>): Reader<P> {
  return { kind: 'sync', inputs, read: (params) => handle.peek(params) as Value, [Symbol.asyncDispose]: stop }
}

function getReader<P>(inputs: readonly P[], handle: Handle<P>, stop: () => Promise<void>): Reader<P> {
  return { kind: 'async', inputs, read: (params) => handle.get(params), [Symbol.asyncDispose]: stop }
}
