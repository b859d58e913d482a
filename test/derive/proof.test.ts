import test from 'ava'
import { findSharedServer } from '../helpers/server.ts'
import { withClient, withDatabase } from '../helpers/template.ts'
import { uniqueName } from '../helpers/unique-name.ts'
import { prove } from './proof/prove.ts'

test('no entry of a random query changes without being made wrong', async (t) => {
  const seed = Number(process.env['PROOF_SEED'] ?? Math.floor(Math.random() * 1e9))
  const admin = await findSharedServer()
  const name = uniqueName('proof')
  await withClient(admin, (client) => client.query(`CREATE DATABASE ${name}`))
  t.teardown(() => withClient(admin, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`)))
  const proof = await prove({
    connectionString: withDatabase(admin, name),
    seed,
    queries: 40,
    transactions: 800,
    stopAtMiss: true,
  })
  t.log(`seed ${seed}: ${proof.queries} queries, ${proof.transactions} transactions`)
  t.deepEqual(proof.missed, [], `PROOF_SEED=${seed}`)
  t.true(proof.transactions >= 800)
  t.true(proof.all.made > 0 && proof.concurrent > 0)
})
