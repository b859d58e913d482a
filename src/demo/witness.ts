import { Client } from 'pg'
import { canonicalJson } from './canonical.ts'
import type { Entry } from './hot-set.ts'
import { queryMany, QUERIES } from './queries.ts'
import { CREATE_TABLES, TABLES } from './schema.ts'
import type { Statement } from './writer/statement.ts'

type Query = {
  readonly name: string
  readonly text: string
  readonly values: string[][]
  readonly keys: string[]
}

/** Reads the state of every hot key by plain SQL, on a connection of its own. */
export class Witness implements AsyncDisposable {
  readonly #client: Client
  readonly #queries: readonly Query[]
  #copied = false

  private constructor(client: Client, entries: readonly Entry[]) {
    this.#client = client
    this.#queries = Object.entries(QUERIES).map(([cache, query]) => {
      const own = entries.filter((entry) => entry.cache === cache)
      const values = query.params.map(({ name }) => own.map((entry) => entry.params[name] ?? ''))
      return { name: cache, text: queryMany(query), values, keys: own.map(({ key }) => key) }
    })
  }

  static async open(connectionString: string, entries: readonly Entry[]): Promise<Witness> {
    const client = new Client({ connectionString, application_name: 'oracle' })
    client.on('error', () => {})
    await client.connect()
    return new Witness(client, entries)
  }

  /** Key -> canonical JSON of its state, all in one snapshot. */
  async observe(): Promise<ReadonlyMap<string, string>> {
    const states = new Map<string, string>()
    await this.#client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    for (const { name, text, values, keys } of this.#queries) {
      // A plan belongs to the tables it was made for.
      const { rows } = await this.#client.query<{ value: unknown }>({
        name: this.#copied ? `${name} copy` : name,
        text,
        values,
      })
      for (const [place, key] of keys.entries()) states.set(key, canonicalJson(rows[place]?.value ?? null))
    }
    await this.#client.query('COMMIT')
    return states
  }

  /** Copies the tables as they are, and from here on reads the copies. */
  async copy(): Promise<void> {
    const copies = TABLES.map((table) => `INSERT INTO ${table} SELECT * FROM public.${table};`).join('\n')
    await this.#client.query(
      `CREATE SCHEMA replay; SET search_path = replay;${CREATE_TABLES}${copies} ANALYZE;`,
    )
    this.#copied = true
  }

  /** Runs a statement on the copies. */
  async replay({ text, values }: Statement): Promise<void> {
    await this.#client.query(text, [...values])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end().catch(() => {})
  }
}
