import { MONTHS, rowId, ROWS } from './schema.ts'

/** An entry that the demo reads all the time. */
export type Entry = {
  readonly cache: string
  readonly params: Readonly<Record<string, string>>
  readonly key: string
}

/** The rows whose entries are read all the time, and which the writer prefers to change. */
export type HotRows = {
  readonly users: readonly string[]
  readonly agents: readonly string[]
  /** Ids of users that do not exist at first. */
  readonly spareUsers: readonly string[]
}

const numbers = (count: number, after = 0): number[] => Array.from({ length: count }, (_, n) => after + n + 1)

/** Six users, two agents of each, and three ids without a user. */
export function chooseHotRows(): HotRows {
  const users = numbers(6)
  return {
    users: users.map((n) => rowId('users', n)),
    agents: [...users, ...users.map((n) => n + ROWS.users)].map((n) => rowId('agents', n)),
    spareUsers: numbers(3, ROWS.users).map((n) => rowId('users', n)),
  }
}

/** Every entry of the hot rows. */
export function listEntries(
  hot: HotRows,
  renderKey: (cache: string, params: Entry['params']) => string,
): readonly Entry[] {
  const users = [...hot.users, ...hot.spareUsers]
  const all: [cache: string, params: Entry['params']][] = [
    ['overview', {}],
    ...users.map((user_id): [string, Entry['params']] => ['dashboard', { user_id }]),
    ...users.map((user_id): [string, Entry['params']] => ['user_profile', { user_id }]),
    ...users.flatMap((user_id) =>
      MONTHS.slice(0, 2).map((month): [string, Entry['params']] => ['report', { user_id, month }]),
    ),
    ...hot.agents.map((agent_id): [string, Entry['params']] => ['agent_performance', { agent_id }]),
    ...hot.agents.map((agent_id): [string, Entry['params']] => ['agent_leads', { agent_id }]),
  ]
  return all.map(([cache, params]) => ({ cache, params, key: renderKey(cache, params) }))
}
