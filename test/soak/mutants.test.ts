import test from 'ava'
import { FAULTS } from './faults.ts'
import { buildMutant, MUTANTS } from './mutants.ts'

for (const mutant of MUTANTS) {
  test(`the mutant ${mutant.name} fits the runtime as it is, and its faults happen to its feed`, async (t) => {
    const { engine, remove } = await buildMutant(mutant)
    t.teardown(remove)
    t.is(typeof ((await import(engine)) as Record<string, unknown>)['createStalemate'], 'function')
    for (const name of mutant.faults) {
      const fault = FAULTS.find((fault) => fault.name === name)
      t.true(fault?.feeds?.includes(mutant.feed) ?? fault !== undefined)
    }
  })
}
