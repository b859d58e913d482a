import { cacheRule, type RuleOptions, tableRule } from '../../helpers/plans.ts'

/** Up to its last digit. */
export const UUID = '3f4c2a1e-0000-4000-8000-00000000000'
export const TABLE = `
  CREATE TABLE calls (user_id text, agent_id uuid, n int, status text, note text);
  CREATE TABLE agents (id uuid, team_id int)`

/** Caches by each kind of key, two or more of a kind, whose params are called otherwise. */
export const caches = [
  cacheRule('board', 'board:{user_id}', {}),
  cacheRule('list', 'list:{owner}', {}),
  cacheRule('agent', 'agent:{agent_id}', { agent_id: 'uuid' }),
  cacheRule('profile', 'profile:{of}', { of: 'uuid' }),
  cacheRule('page', 'page:{n}', { n: 'int' }),
  cacheRule('leaf', 'leaf:{number}', { number: 'bigint' }),
  cacheRule('pair', 'pair:{user_id}:{n}', { n: 'int' }),
  cacheRule('couple', 'couple:{one}:{other}', {}),
  cacheRule('twin', 'twin:{owner}:{page}', { page: 'bigint' }),
  cacheRule('team', 'team:{team_id}', { team_id: 'int' }),
  cacheRule('crew', 'crew:{team}', { team: 'int' }),
  cacheRule('all', 'all', {}),
  cacheRule('whole', 'whole', {}),
]

export type Rule = Omit<RuleOptions, 'table' | 'columns'> & { readonly columns?: readonly string[] | 'all' }
/** A rule of `calls`. */
export const rule = ({ columns = ['status', 'user_id', 'n'], ...options }: Rule) =>
  tableRule({ table: 'calls', ...(columns !== 'all' && { columns }), ...options })
export const via = ['agents ON agents.id = calls.agent_id']
