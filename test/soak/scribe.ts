import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { drawNumber, type Random } from '../../src/demo/random.ts'
import { BURST, ITEMS, type Kind, OWNERS, REMOVE, RESTORE, STEP } from './world.ts'

/** What a transaction, or several, have made visible. */
export type Written = {
  readonly rows: readonly (readonly [Kind, number, number])[]
  readonly transactions: number
}

const NOTHING: Written = { rows: [], transactions: 0 }
/** Items of one burst. */
const BURST_SIZE = 60

/** One connection that writes rows of its own, whatever happens to the server. */
export class Scribe {
  readonly #connectionString: string
  readonly #random: Random
  readonly #items: readonly number[]
  readonly #owners: readonly number[]
  #client: Client | undefined

  /** @param share which part of the rows is its own */
  constructor(
    connectionString: string,
    random: Random,
    share: { readonly number: number; readonly count: number },
  ) {
    this.#connectionString = connectionString
    this.#random = random
    const own = (count: number): number[] =>
      Array.from({ length: count }, (_, id) => id).filter((id) => id % share.count === share.number)
    this.#items = own(ITEMS - 1)
    this.#owners = own(OWNERS)
  }

  /** Writes once; what failed counts as not written, though it may have been. */
  async write(): Promise<Written> {
    try {
      const client = (this.#client ??= await this.#connect())
      return await this.#choose()(client)
    } catch {
      void this.#client?.end().catch(() => {})
      this.#client = undefined
      await pause(20)
      return NOTHING
    }
  }

  async #connect(): Promise<Client> {
    const client = new Client({ connectionString: this.#connectionString, application_name: 'soak writer' })
    client.on('error', () => {})
    await client.connect()
    return client
  }

  #choose(): (client: Client) => Promise<Written> {
    const draw = this.#random()
    if (draw < 0.7) return (client) => this.#step(client, 'item')
    if (draw < 0.76) return (client) => this.#step(client, 'owner')
    if (draw < 0.82) return (client) => this.#several(client)
    if (draw < 0.86) return (client) => this.#late(client)
    if (draw < 0.9) return (client) => this.#replace(client)
    if (draw < 0.94) return (client) => this.#rollBack(client)
    return (client) => this.#burst(client)
  }

  #draw(kind: Kind): number {
    const own = kind === 'item' ? this.#items : this.#owners
    return own[drawNumber(this.#random, own.length)] as number
  }

  async #step(client: Client, kind: Kind, id = this.#draw(kind)): Promise<Written> {
    const { rows } = await client.query<{ version: number }>({ name: kind, text: STEP[kind], values: [id] })
    return { rows: rows.map(({ version }) => [kind, id, version] as const), transactions: 1 }
  }

  /** Several rows in one transaction, and one that is rolled back to a savepoint. */
  async #several(client: Client): Promise<Written> {
    await client.query('BEGIN')
    const first = await this.#step(client, 'item')
    await client.query('SAVEPOINT s')
    await this.#step(client, 'item')
    await client.query('ROLLBACK TO s')
    const second = await this.#step(client, 'owner')
    await client.query('COMMIT')
    return { rows: [...first.rows, ...second.rows], transactions: 1 }
  }

  /** Commits when others that began later have long committed. */
  async #late(client: Client): Promise<Written> {
    await client.query(this.#random() < 0.5 ? 'BEGIN' : 'BEGIN ISOLATION LEVEL REPEATABLE READ')
    const written = await this.#step(client, 'item')
    await pause(this.#random() * 60)
    await client.query('COMMIT')
    return written
  }

  async #replace(client: Client): Promise<Written> {
    const id = this.#draw('item')
    await client.query('BEGIN')
    const { rows } = await client.query<{ version: number }>(REMOVE, [id])
    const version = (rows[0]?.version ?? 0) + 1
    await client.query(RESTORE, [id, version])
    await client.query('COMMIT')
    return { rows: [['item', id, version]], transactions: 1 }
  }

  async #rollBack(client: Client): Promise<Written> {
    await client.query('BEGIN')
    await this.#step(client, 'item')
    await client.query('ROLLBACK')
    return NOTHING
  }

  async #burst(client: Client): Promise<Written> {
    const ids = new Set(Array.from({ length: BURST_SIZE }, () => this.#draw('item')))
    await client.query(BURST, [[...ids]])
    const { rows } = await client.query<{ id: number; version: number }>(
      'SELECT id, version FROM items WHERE id = ANY ($1)',
      [[...ids]],
    )
    return { rows: rows.map(({ id, version }) => ['item', id, version] as const), transactions: ids.size }
  }
}
