import test from 'ava'
import fc from 'fast-check'
import { checkTotal, randomText } from '../helpers/rule-fuzz.ts'

test('5,000 random rule texts give a ruleset or an error, and never throw', async (t) => {
  await fc.assert(fc.asyncProperty(randomText, checkTotal), { numRuns: 5000 })
  t.pass()
})
