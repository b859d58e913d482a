import type { HotRows } from '../hot-set.ts'
import { drawItem, drawNumber, type Random, shuffle } from '../random.ts'
import { MONTHS, PLANS, STAGES, STATUSES, TABLES } from '../schema.ts'
import type { Wish } from './message.ts'
import { ACTIONS, type Statement } from './statement.ts'

/** The first column of the first row as text; `undefined` without a row. */
export type Pick = (text: string, values: readonly unknown[]) => Promise<string | undefined>

type Parts = readonly [text: string, values: Statement['values']]
type Make = (hand: Hand) => Promise<Parts | undefined>
type Hand = { readonly random: Random; readonly pick: Pick; readonly hot: HotRows; readonly id: () => string }

const NAMES = ['Ada', 'Grace', 'Edgar', 'Barbara', 'Donald', 'Frances', 'Niklaus', 'Radia', 'Tony', 'Hedy']

const drawUuid = (random: Random): string =>
  'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => drawNumber(random, 16).toString(16))

const drawName = (random: Random): string => `${drawItem(random, NAMES)} ${drawNumber(random, 900) + 100}`

const drawTime = (random: Random): string => {
  const two = (below: number, from = 0): string => String(from + drawNumber(random, below)).padStart(2, '0')
  return `${drawItem(random, MONTHS)}-${two(28, 1)} ${two(24)}:${two(60)}:00Z`
}

const drawOther = (random: Random, ids: readonly string[], not: string | undefined): string =>
  drawItem(
    random,
    ids.filter((id) => id !== not),
  )

/** A user who is not there, if any. */
const pickAbsent = ({ pick, hot }: Hand): Promise<string | undefined> =>
  pick('SELECT s FROM unnest($1::uuid[]) s WHERE s NOT IN (SELECT id FROM users) ORDER BY s', [
    hot.spareUsers,
  ])

/** A user who was made by the writer, if any. */
const pickMade = ({ pick, hot }: Hand): Promise<string | undefined> =>
  pick('SELECT id FROM users WHERE id = ANY ($1::uuid[]) ORDER BY id', [hot.spareUsers])

/** Some row that belongs to a hot user or agent. */
const pickOwned = (
  { pick, random }: Hand,
  table: string,
  owner: string,
  id: string,
): Promise<string | undefined> =>
  pick(`SELECT id FROM ${table} WHERE ${owner} = $1 ORDER BY id OFFSET $2 LIMIT 1`, [
    id,
    drawNumber(random, 8),
  ])

const pickOwner = ({ pick }: Hand, agent: string): Promise<string | undefined> =>
  pick('SELECT user_id FROM agents WHERE id = $1', [agent])

/** How each kind of statement is made; `undefined` where there is no row for it just now. */
const MAKERS: Readonly<Record<`${Wish['action']} ${Wish['table']}`, Make>> = {
  'insert users': async (hand) => {
    const id = await pickAbsent(hand)
    const name = drawName(hand.random)
    const email = `${name.toLowerCase().replace(' ', '.')}.${drawNumber(hand.random, 1e6)}@example.com`
    return id === undefined
      ? undefined
      : [
          `INSERT INTO users (id, name, email, plan, created_at) VALUES ($1, $2, $3, $4, '2026-04-01')`,
          [id, name, email, drawItem(hand.random, PLANS)],
        ]
  },
  'update users': ({ random, hot }) => {
    const id = drawItem(random, hot.users)
    const draw = random()
    return Promise.resolve(
      draw < 0.4
        ? ['UPDATE users SET plan = $1 WHERE id = $2', [drawItem(random, PLANS), id]]
        : draw < 0.8
          ? ['UPDATE users SET name = $1 WHERE id = $2', [drawName(random), id]]
          : ['UPDATE users SET last_seen_at = $1 WHERE id = $2', [drawTime(random), id]],
    )
  },
  'delete users': async (hand) => {
    const id = await pickMade(hand)
    return id === undefined ? undefined : ['DELETE FROM users WHERE id = $1', [id]]
  },
  'move users': async (hand) => {
    const [from, to] = [await pickMade(hand), await pickAbsent(hand)]
    if (from === undefined || to === undefined) return undefined
    return ['UPDATE users SET id = $1 WHERE id = $2', [to, from]]
  },
  'insert agents': ({ random, hot, id }) =>
    Promise.resolve([
      'INSERT INTO agents (id, user_id, name, active) VALUES ($1, $2, $3, true)',
      [id(), drawItem(random, hot.users), drawName(random)],
    ]),
  'update agents': ({ random, hot }) => {
    const id = drawItem(random, hot.agents)
    return Promise.resolve(
      random() < 0.5
        ? ['UPDATE agents SET active = NOT active WHERE id = $1', [id]]
        : ['UPDATE agents SET name = $1 WHERE id = $2', [drawName(random), id]],
    )
  },
  'delete agents': async ({ random, pick, hot }) => {
    const id = await pick(
      'SELECT id FROM agents WHERE user_id = $1 AND id <> ALL ($2::uuid[]) ORDER BY id LIMIT 1',
      [drawItem(random, hot.users), hot.agents],
    )
    return id === undefined ? undefined : ['DELETE FROM agents WHERE id = $1', [id]]
  },
  'move agents': async (hand) => {
    const agent = drawItem(hand.random, hand.hot.agents)
    const owner = await pickOwner(hand, agent)
    return [
      'UPDATE agents SET user_id = $1 WHERE id = $2',
      [drawOther(hand.random, hand.hot.users, owner), agent],
    ]
  },
  'insert leads': async (hand) => {
    const agent = drawItem(hand.random, hand.hot.agents)
    const user = await pickOwner(hand, agent)
    if (user === undefined) return undefined
    return [
      'INSERT INTO leads (id, agent_id, user_id, name, stage, value) VALUES ($1, $2, $3, $4, $5, $6)',
      [hand.id(), agent, user, drawName(hand.random), 'new', 100 + drawNumber(hand.random, 900)],
    ]
  },
  'update leads': async (hand) => {
    const { random, hot } = hand
    const id = await pickOwned(hand, 'leads', 'agent_id', drawItem(random, hot.agents))
    if (id === undefined) return undefined
    return random() < 0.5
      ? ['UPDATE leads SET stage = $1 WHERE id = $2', [drawItem(random, STAGES), id]]
      : ['UPDATE leads SET value = value + $1 WHERE id = $2', [1 + drawNumber(random, 50), id]]
  },
  'delete leads': async (hand) => {
    const id = await pickOwned(hand, 'leads', 'agent_id', drawItem(hand.random, hand.hot.agents))
    return id === undefined ? undefined : ['DELETE FROM leads WHERE id = $1', [id]]
  },
  'move leads': async (hand) => {
    const from = drawItem(hand.random, hand.hot.agents)
    const id = await pickOwned(hand, 'leads', 'agent_id', from)
    const agent = drawOther(hand.random, hand.hot.agents, from)
    const user = await pickOwner(hand, agent)
    if (id === undefined || user === undefined) return undefined
    return ['UPDATE leads SET agent_id = $1, user_id = $2 WHERE id = $3', [agent, user, id]]
  },
  'insert calls': async (hand) => {
    const agent = drawItem(hand.random, hand.hot.agents)
    const user = await pickOwner(hand, agent)
    if (user === undefined) return undefined
    return [
      'INSERT INTO calls (id, user_id, agent_id, status, duration, started_at) VALUES ($1, $2, $3, $4, 0, $5)',
      [hand.id(), user, agent, drawItem(hand.random, ['waiting', 'ringing']), drawTime(hand.random)],
    ]
  },
  'update calls': async (hand) => {
    const { random, hot } = hand
    if (random() < 0.25) {
      return [
        `UPDATE calls SET status = 'missed' WHERE agent_id = $1 AND status = $2`,
        [drawItem(random, hot.agents), drawItem(random, ['waiting', 'ringing'])],
      ]
    }
    const id = await pickOwned(hand, 'calls', 'user_id', drawItem(random, hot.users))
    const duration = 60 + drawNumber(random, 600)
    if (id === undefined) return undefined
    return [
      'UPDATE calls SET status = $1, duration = duration + $2 WHERE id = $3',
      [drawItem(random, STATUSES), duration, id],
    ]
  },
  'delete calls': async (hand) => {
    const id = await pickOwned(hand, 'calls', 'user_id', drawItem(hand.random, hand.hot.users))
    return id === undefined ? undefined : ['DELETE FROM calls WHERE id = $1', [id]]
  },
  'move calls': async (hand) => {
    const from = drawItem(hand.random, hand.hot.agents)
    const id = await pickOwned(hand, 'calls', 'agent_id', from)
    const agent = drawOther(hand.random, hand.hot.agents, from)
    const user = await pickOwner(hand, agent)
    if (id === undefined || user === undefined) return undefined
    return ['UPDATE calls SET agent_id = $1, user_id = $2 WHERE id = $3', [agent, user, id]]
  },
}

const ALL_WISHES: readonly Wish[] = TABLES.flatMap((table) => ACTIONS.map((action) => ({ table, action })))

/** How many kinds of statements there are. */
export const KINDS = ALL_WISHES.length

/**
 * Deals statements out of a shuffled deck with every kind of them, again and again. A kind for which there is
 * no row just now comes later.
 */
export function createDealer(random: Random, pick: Pick, hot: HotRows): (wish?: Wish) => Promise<Statement> {
  const hand: Hand = { random, pick, hot, id: () => drawUuid(random) }
  let deck: Wish[] = []
  const make = async ({ table, action }: Wish): Promise<Statement | undefined> => {
    const parts = await MAKERS[`${action} ${table}`](hand)
    return parts && { table, action, text: parts[0], values: parts[1] }
  }
  const deal = async (): Promise<Statement | undefined> => {
    for (const wish of deck) {
      const statement = await make(wish)
      if (statement === undefined) continue
      deck = deck.filter((other) => other !== wish)
      return statement
    }
    return undefined
  }
  return async (wish) => {
    for (;;) {
      const statement = wish === undefined ? await deal() : await make(wish)
      if (statement !== undefined) return statement
      deck = shuffle(random, ALL_WISHES)
    }
  }
}
