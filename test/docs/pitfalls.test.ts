import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { ROOT } from '../helpers/root.ts'
import { CHAPTERS } from '../pitfalls/pitfalls.ts'
import { renderPage } from '../pitfalls/render-page.ts'

const PAGE = join(ROOT, 'docs/pitfalls.md')
const pitfalls = CHAPTERS.flatMap((chapter) => chapter.pitfalls)
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

test('every pitfall names tests that there are, by their titles', (t) => {
  t.is(pitfalls.length, 41)
  for (const { proofs } of pitfalls)
    for (const { test: file, title, from } of proofs) {
      t.true(read(`test/${file}.test.ts`).length > 0)
      t.true(read(`test/${from ?? `${file}.test.ts`}`).includes(title), `${from ?? file}: ${title}`)
    }
})

test('the rule of every pitfall is broken, by a test itself or by npm run pitfalls', (t) => {
  for (const { what, proofs, breaks = [] } of pitfalls) {
    t.true(breaks.length > 0 || proofs.some(({ mutant }) => mutant), what)
    for (const { seenBy = 0 } of breaks) t.truthy(proofs[seenBy], what)
  }
})

test('what npm run pitfalls breaks stands in the source, once', (t) => {
  for (const { breaks = [] } of pitfalls)
    for (const { file, find } of breaks)
      t.is(read(`src/${file}.ts`).split(find).length, 2, `${file}: ${find}`)
})

test('docs/pitfalls.md is made of them', (t) => {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGE, renderPage())
  t.is(readFileSync(PAGE, 'utf8'), renderPage())
})
