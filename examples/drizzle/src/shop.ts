import { and, eq, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { type App, createStalemate } from 'stalemate'
import { type Caches, manifest } from '../generated/caches.ts'
import { customers, orders } from './schema.ts'

export type Basket = { readonly customer: string; readonly open: number; readonly total: number }
export type Types = Caches & { basket: { value: Basket | undefined } }

/** Opens the caches; their loader is a query of Drizzle. */
export async function openShop(connectionString: string, database: NodePgDatabase): Promise<App<Types>> {
  return await createStalemate<Types>({
    manifest,
    connection: { connectionString },
    loaders: {
      basket: async ({ customer_id }) => {
        const isOpen = and(eq(orders.customerId, customers.id), eq(orders.status, 'open'))
        const [basket] = await database
          .select({
            customer: customers.name,
            open: sql<number>`count(${orders.id})::int`,
            total: sql<number>`coalesce(sum(${orders.total}), 0)::int`,
          })
          .from(customers)
          .leftJoin(orders, isOpen)
          .where(eq(customers.id, customer_id))
          .groupBy(customers.id)
        return basket
      },
    },
  })
}
