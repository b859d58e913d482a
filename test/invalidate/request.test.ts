import test from 'ava'
import { readRequest } from '../../src/invalidate/request.ts'
import { createRouter } from '../../src/route/route-target.ts'
import { compileRules } from '../../src/compile.ts'
import type { Manifest } from '../../src/manifest/manifest.ts'
import { renderKey } from '../../src/key/render.ts'
import { parseTemplate } from '../../src/key/template.ts'

const RULES = `version: 1
name: shop
caches:
  overview: { key: overview }
  report: { key: "report:{user}:{month}", params: { user: text, month: text } }
  stock: { key: "stock/{item}", params: { item: int } }
  flag: { key: "flag:{on}", params: { on: boolean } }
tables:
  orders:
    - invalidate: report:{user}:*
    - invalidate: stock
  switches: [{ invalidate: flag }]
`

async function createManifest(): Promise<Manifest> {
  const { files, diagnostics } = await compileRules({ 'rules/shop.yaml': RULES })
  const text = files.get('manifest.json')
  if (text === undefined) throw new Error(JSON.stringify(diagnostics))
  return JSON.parse(text) as Manifest
}

const whole = (cache: string) => ({ kind: 'all', cache, reason: 'requested' })

test('a binding names one entry, those that an index serves, or the whole cache', async (t) => {
  const manifest = await createManifest()
  const read = (cache: string, params?: object) => readRequest(manifest, { cache, ...(params && { params }) })
  t.deepEqual(read('report', { month: '2026-03', user: 'a' }), [
    { kind: 'bindings', cache: 'report', params: ['user', 'month'], values: ['a', '2026-03'] },
  ])
  t.deepEqual(read('report', { user: 'a', month: undefined }), [
    { kind: 'bindings', cache: 'report', params: ['user'], values: ['a'] },
  ])
  t.deepEqual(read('report', { month: '2026-03' }), [whole('report')])
  t.deepEqual(read('report'), [whole('report')])
  t.deepEqual(read('overview', {}), [whole('overview')])
})

test('a table names what its changes make wrong', async (t) => {
  const manifest = await createManifest()
  t.deepEqual(readRequest(manifest, { table: 'orders' }), [whole('report'), whole('stock')])
  t.deepEqual(readRequest(manifest, { table: 'switches' }), [whole('flag')])
  t.throws(() => readRequest(manifest, { table: 'order' }), { code: 'table-unknown' })
})

test('a pattern names the entries whose keys it matches, never fewer', async (t) => {
  const manifest = await createManifest()
  const read = (pattern: string) => readRequest(manifest, { pattern })
  const entry = (cache: string, params: string[], values: string[]) => [
    { kind: 'bindings', cache, params, values },
  ]
  t.deepEqual(read('report:a:2026%2D03'), entry('report', ['user', 'month'], ['a', '2026-03']))
  t.deepEqual(read('report:a:2026-03'), entry('report', ['user', 'month'], ['a', '2026-03']))
  t.deepEqual(read('report:a%3Ab:*'), entry('report', ['user'], ['a:b']))
  t.deepEqual(read('report:a:*'), entry('report', ['user'], ['a']))
  t.deepEqual(read('report:*'), [whole('report')])
  t.deepEqual(read('report:*:2026-03'), [whole('report')])
  t.deepEqual(read('report:a%3A*:1'), [whole('report')])
  t.deepEqual(read('stock/7'), entry('stock', ['item'], ['7']))
  t.deepEqual(read('flag:true'), entry('flag', ['on'], ['true']))
  t.deepEqual(
    read('*').map(({ cache }) => cache),
    ['flag', 'overview', 'report', 'stock'],
  )
})

test('a pattern that no key can match, or that is none, is an error', async (t) => {
  const manifest = await createManifest()
  for (const pattern of ['', 'nothing:*', 'stock/x', 'flag:perhaps', 'report:{user}:*', 'report:**', 'a b']) {
    const error = t.throws(() => readRequest(manifest, { pattern }), { code: 'pattern-invalid' })
    t.log(error.message)
  }
  t.throws(() => readRequest(manifest, { pattern: 7 as never }), { code: 'pattern-invalid' })
})

test('the key of an entry names this entry', async (t) => {
  const manifest = await createManifest()
  const router = createRouter(manifest)
  const parsed = parseTemplate('report:{user}:{month}')
  if (!parsed.ok) throw new Error('bad template')
  for (const user of ['a', 'a:b', '%', '100%3A', 'ж*', ' ', '{x}', '-']) {
    const key = renderKey(parsed.template, { user, month: user })
    const [target] = readRequest(manifest, { pattern: key })
    t.deepEqual(target && router.route(target), {
      kind: 'entries',
      cache: 'report',
      width: 2,
      values: [user, user],
    })
  }
})

test('what no cache has is refused', async (t) => {
  const manifest = await createManifest()
  t.throws(() => readRequest(manifest, { cache: 'raport' }), { code: 'cache-unknown' })
  t.throws(() => readRequest(manifest, { cache: 'toString' }), { code: 'cache-unknown' })
  t.throws(() => readRequest(manifest, { cache: 'stock', params: { id: 1 } }), { code: 'param-invalid' })
  t.throws(() => readRequest(manifest, { cache: 'stock', params: { item: '1' } }), { code: 'param-invalid' })
  t.throws(() => readRequest(manifest, undefined as never), { code: 'param-invalid' })
})
