import test from 'ava'
import { buildManifest } from '../../src/emit/manifest.ts'
import { install } from './installation.ts'
import { lookUpInTrigger } from './lookup-trigger.ts'
import { cacheRule, makePlan, tableRule } from './plans.ts'
import { describeWrong, resolvePayloads } from './resolve-links.ts'

const plan = makePlan(
  [cacheRule('board', 'board:{user_id}', { user_id: 'int' })],
  [
    tableRule({
      table: 'leads',
      cache: 'board',
      params: { user_id: 'agents.user_id' },
      via: ['agents ON agents.id = leads.agent_id'],
    }),
  ],
)
const TABLES = `
  CREATE TABLE agents (id int PRIMARY KEY, user_id int);
  CREATE TABLE leads (id int, agent_id int);
  INSERT INTO agents VALUES (1, 10);
`

for (const isolation of ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE']) {
  for (const first of ['lead', 'agent'] as const) {
    test(`under ${isolation}, the ${first} committed first, links find the user that a look-up misses`, async (t) => {
      const run = async (mutant: boolean): Promise<readonly string[]> => {
        const { database, writer, payloadsOf } = await install(t, plan, TABLES)
        if (mutant) await writer.query(lookUpInTrigger(plan, 'leads').sql)
        const other = await database.connect()
        // Both have looked before either commits.
        const payloads = await payloadsOf(async () => {
          for (const client of [writer, other]) await client.query(`BEGIN ISOLATION LEVEL ${isolation}`)
          await other.query('UPDATE agents SET user_id = 20 WHERE id = 1')
          await writer.query('INSERT INTO leads VALUES (1, 1)')
          for (const client of first === 'lead' ? [writer, other] : [other, writer])
            await client.query('COMMIT')
        })
        // Only the message of the lead: in a longer history the agent's may have been applied before it was loaded again.
        const lead = payloads.filter((payload) => payload.includes('"leads"'))
        return describeWrong(await resolvePayloads(writer, buildManifest(plan), lead))
      }
      t.deepEqual(await run(false), ['board user_id=20'])
      t.deepEqual(await run(true), ['board user_id=10'])
    })
  }
}

test('the mutant says what links say as long as nobody else writes', async (t) => {
  const { writer, sentBy } = await install(t, plan, TABLES)
  await writer.query(lookUpInTrigger(plan, 'leads').sql)
  t.deepEqual(await sentBy('INSERT INTO leads VALUES (1, 1), (2, 9)'), ['insert board user_id=10'])
  t.deepEqual(await sentBy('INSERT INTO leads VALUES (3, 9)'), [])
})
