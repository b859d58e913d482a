import test from 'ava'
import { FAULTS } from './faults.ts'
import { buildMutant, MUTANTS } from './mutants.ts'
import { runSoak } from './soak.ts'
import { SHORT } from './timing.ts'

/** Milliseconds within which a mutant is caught; most take less than five seconds. */
const LIMIT = 100_000

for (const mutant of MUTANTS) {
  test.serial(`${mutant.feed}, ${mutant.name}: when ${mutant.what}, a read is stale`, async (t) => {
    for (const name of mutant.faults) {
      const fault = FAULTS.find((fault) => fault.name === name)
      t.true(fault?.feeds?.includes(mutant.feed) ?? fault !== undefined)
    }
    const { engine, remove } = await buildMutant(mutant)
    t.teardown(remove)
    const seed = Number(process.env['SOAK_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    t.log(`seed ${seed}`)
    const began = performance.now()
    const result = await runSoak({
      engine,
      feed: mutant.feed,
      seed,
      faults: mutant.faults,
      timing: SHORT,
      rate: 300,
      untilStale: true,
      goesOn: () => performance.now() - began < LIMIT,
      tell: (text) => t.log(text),
    })
    t.true(result.staleReads > 0)
  })
}
