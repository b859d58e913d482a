import { drizzle } from 'drizzle-orm/node-postgres'
import { Pool } from 'pg'
import { orders } from './schema.ts'
import { openShop } from './shop.ts'

const connectionString = process.env['DATABASE_URL'] ?? 'postgres://localhost/shop'
const pool = new Pool({ connectionString })
const database = drizzle(pool)
await using app = await openShop(connectionString, database)
await app.ready

const customer_id = '4f3c2a1e-8f6d-4a57-9b0a-1d2e3f405162'
console.log(await app.caches.basket.get({ customer_id }))
await database.insert(orders).values({ customerId: customer_id, status: 'open', total: 30 })
await app.sync() // waits until the change has been applied here; who can wait a millisecond need not call it
console.log(await app.caches.basket.get({ customer_id }))
await pool.end()
