import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { checkTotal, mutatedText } from '../helpers/rule-fuzz.ts'

const golden = join(process.cwd(), 'test', 'golden', 'valid')
/** The valid rules that are in one file and short enough to be read thousands of times. */
const texts = readdirSync(golden).flatMap((name) => {
  const files = readdirSync(join(golden, name)).filter((file) => file.endsWith('.yaml'))
  const text = files.length === 1 ? readFileSync(join(golden, name, files[0] ?? ''), 'utf8') : ''
  return text.length > 0 && text.length < 1000 ? [text] : []
})

test('5,000 mutated rule texts give a ruleset or an error, and never throw', async (t) => {
  t.true(texts.length > 15)
  await fc.assert(fc.asyncProperty(mutatedText(texts), checkTotal), { numRuns: 5000 })
})
