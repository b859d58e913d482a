import { Client } from 'pg'
import { CREATE_TABLES, FILL_TABLES } from './schema.ts'

/** Makes the tables of the call centre and fills them. */
export async function prepareDatabase(connectionString: string): Promise<void> {
  const client = new Client({ connectionString })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(`${CREATE_TABLES}${FILL_TABLES}`)
    await client.query('VACUUM ANALYZE')
  } finally {
    await client.end()
  }
}
