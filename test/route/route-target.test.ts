import test from 'ava'
import { type Manifest, MANIFEST_VERSION } from '../../src/manifest/manifest.ts'
import { createRouter } from '../../src/route/route-target.ts'

const CACHE = { ttl: 1_000, jitter: 0, max: 10, priority: 'normal', tables: ['calls'] } as const
const MANIFEST: Manifest = {
  version: MANIFEST_VERSION,
  ruleset: 'r',
  feed: 'notify',
  channel: 'stalemate_r',
  hash: '',
  caches: {
    report: {
      ...CACHE,
      key: 'r:{user_id}:{month}',
      params: [
        { name: 'user_id', type: 'int' },
        { name: 'month', type: 'text' },
      ],
      partial: [['user_id']],
    },
  },
  tables: [],
  paths: {},
}
const { route } = createRouter(MANIFEST)

test('a full binding names entries, in the order of the declaration', (t) => {
  const target = {
    kind: 'bindings',
    cache: 'report',
    params: ['month', 'user_id'],
    values: ['05', '1', '06', '2'],
  } as const
  t.deepEqual(route(target), { kind: 'entries', cache: 'report', width: 2, values: [1, '05', 2, '06'] })
})

test('a partial binding names groups', (t) => {
  const target = { kind: 'bindings', cache: 'report', params: ['user_id'], values: ['1', '2'] } as const
  t.deepEqual(route(target), { kind: 'groups', cache: 'report', index: 0, width: 1, values: [1, 2] })
})

test('a binding that no index serves, a param that does not exist, and a value of another type widen', (t) => {
  const all = { kind: 'all', cache: 'report', reason: 'undecodable' } as const
  t.deepEqual(route({ kind: 'bindings', cache: 'report', params: ['month'], values: ['05'] }), all)
  t.deepEqual(route({ kind: 'bindings', cache: 'report', params: ['agent_id'], values: ['1'] }), all)
  t.deepEqual(route({ kind: 'bindings', cache: 'report', params: ['user_id'], values: ['one'] }), all)
  t.deepEqual(
    route({ kind: 'bindings', cache: 'report', params: ['user_id', 'user_id'], values: ['1', '1'] }),
    all,
  )
})

test('a cache of another version is left alone, whatever its name', (t) => {
  for (const cache of ['other', 'constructor', '__proto__']) {
    t.is(route({ kind: 'all', cache, reason: 'truncate' }), undefined)
  }
})
