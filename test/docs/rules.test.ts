import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { renderRulesReference } from '../../src/rules/render-reference.ts'
import { ROOT } from '../helpers/root.ts'

const PAGE = join(ROOT, 'docs/rules.md')

test('the reference of the rule language is what schema and defaults say', (t) => {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGE, renderRulesReference())
  t.is(readFileSync(PAGE, 'utf8'), renderRulesReference())
})

test('every key of the language stands in the reference, with its default', (t) => {
  const page = renderRulesReference()
  const keys = ['defaults.ttl', 'caches.NAME.max-keys', 'tables.NAME[].via', 'warming.NAME.schedule']
  for (const key of keys) t.true(page.includes(`\`${key}\`\n`), key)
  t.regex(page, /`caches\.NAME\.ttl`\n\n[^#]*- Default: `5m`/)
  t.regex(page, /`warming\.NAME\.timeout`\n\n[^#]*- Default: `1m`/)
})
