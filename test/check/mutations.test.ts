import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { parseCatalog } from '../../src/catalog/catalog-file.ts'
import { compileRules } from '../../src/compile.ts'
import { explainTarget } from '../../src/explain/explain-target.ts'
import { formatAnswers } from '../../src/explain/format-explanation.ts'
import { ROOT } from '../helpers/root.ts'

const folder = join(ROOT, 'test/golden/catalog')
const catalog = parseCatalog(readFileSync(join(folder, 'catalog.json'), 'utf8'))
const texts = readdirSync(join(folder, 'cases')).map((name) =>
  readFileSync(join(folder, 'cases', name, 'rules.yaml'), 'utf8'),
)
const words = [...new Set(texts.flatMap((text) => text.match(/[\w.:]+|"[^"\n]*"|\S/g) ?? []))]
const anyWord = fc.constantFrom(...words)

test('rules with words exchanged give diagnostics in their file or a ruleset, and never throw', async (t) => {
  const mutation = fc.tuple(fc.nat(), anyWord)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...texts),
      fc.array(mutation, { maxLength: 3 }),
      async (text, mutations) => {
        let mutated = text
        for (const [place, word] of mutations) {
          const found = [...mutated.matchAll(/[\w.]+/g)]
          const match = found[place % found.length]
          if (match)
            mutated = mutated.slice(0, match.index) + word + mutated.slice(match.index + match[0].length)
        }
        const { ruleset, diagnostics } = await compileRules({ 'rules.yaml': mutated }, { catalog })
        t.is(ruleset === undefined, diagnostics.some(({ severity }) => severity === 'error')) // prettier-ignore
        for (const { range, message } of diagnostics) {
          t.true(range.start <= range.end && range.end <= mutated.length, message)
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('whatever is asked for, there is an answer or a hint', async (t) => {
  const first = texts.find((text) => text.includes('by_mood'))
  const { ruleset, plan } = await compileRules({ 'rules.yaml': first ?? '' }, { catalog })
  if (ruleset === undefined || plan === undefined) return t.fail()
  const target = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.array(anyWord, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.')),
    fc.array(anyWord, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(':')),
  )
  fc.assert(
    fc.property(target, fc.boolean(), (text, known) => {
      const explanation = explainTarget(text, {
        ruleset,
        plan,
        catalog: known ? catalog : undefined,
        sql: true,
      })
      if (explanation.ok) return formatAnswers(explanation.answers).endsWith('\n')
      return explanation.message !== '' && explanation.hint !== ''
    }),
    { numRuns: 1000 },
  )
  t.pass()
})
