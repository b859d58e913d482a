import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import test from 'ava'
import { ROOT } from '../helpers/root.ts'

/** What each room of `src/` may import besides itself; `errors`, `options` and `version` are open to all. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  options: [],
  version: [],
  key: [],
  wire: [],
  manifest: ['key', 'wire'],
  sql: [],
  catalog: [],
  rules: ['key', 'sql'],
  derive: ['catalog', 'key', 'rules', 'sql'],
  check: ['catalog', 'key', 'rules', 'sql'],
  plan: ['rules', 'key', 'sql'],
  emit: ['plan', 'sql', 'wire', 'manifest', 'key', 'rules'],
  database: ['plan', 'emit', 'sql'],
  compile: ['catalog', 'check', 'derive', 'rules', 'plan', 'emit', 'sql'],
  simulate: ['database', 'emit', 'key', 'manifest', 'plan', 'route', 'rules', 'sql', 'wire'],
  doctor: ['coverage', 'database', 'manifest', 'sql'],
  watch: ['applier', 'feed', 'manifest', 'route', 'wire'],
  explain: ['catalog', 'key', 'rules', 'plan', 'emit'],
  feed: ['manifest', 'wire'],
  coverage: ['manifest'],
  route: ['manifest', 'key', 'wire'],
  load: ['manifest'],
  cache: ['key'],
  refresh: ['cache', 'key', 'manifest', 'route'],
  warm: ['cache', 'key', 'manifest', 'refresh', 'wire'],
  observe: ['app', 'cache', 'clear', 'coverage', 'feed', 'invalidate', 'refresh', 'route', 'sample', 'wire'],
  sample: ['cache', 'observe', 'wire'],
  app: [
    'cache',
    'clear',
    'feed',
    'invalidate',
    'manifest',
    'observe',
    'refresh',
    'sample',
    'wait-within',
    'warm',
  ],
  unsettled: [],
  applier: ['cache', 'manifest', 'route', 'wire', 'unsettled', 'whys'],
  whys: ['cache', 'manifest', 'route', 'wire'],
  controls: ['wire'],
  prover: ['cache', 'coverage'],
  'create-pool': ['feed'],
  gaps: ['feed', 'observe'],
  'watch-queue': ['observe'],
  'read-options': [],
  'open-caches': [
    'app',
    'cache',
    'invalidate',
    'manifest',
    'observe',
    'open-replicas',
    'refresh',
    'tiers',
    'warm',
  ],
  'open-learner': ['app', 'feed', 'manifest', 'warm'],
  'open-replicas': ['feed', 'replica'],
  replica: ['cache'],
  tiers: ['cache', 'invalidate'],
  'check-loaders': ['cache', 'manifest'],
  'open-warmer': ['app', 'cache', 'controls', 'feed', 'invalidate', 'manifest', 'refresh', 'warm'],
  'open-applier': ['applier'],
  'open-feed': ['coverage', 'feed', 'manifest'],
  'open-handles': ['app', 'cache'],
  'wait-within': [],
  standing: ['observe'],
  sync: ['app', 'applier', 'feed', 'manifest', 'wait-within'],
  'summarize-caches': ['cache', 'observe'],
  invalidate: ['applier', 'controls', 'key', 'manifest', 'observe', 'route', 'wire'],
  clear: ['cache', 'controls', 'feed', 'invalidate', 'manifest', 'observe', 'wire'],
  engine: [
    'gaps',
    'watch-queue',
    'app',
    'applier',
    'read-options',
    'open-caches',
    'open-replicas',
    'open-handles',
    'invalidate',
    'clear',
    'standing',
    'sync',
    'summarize-caches',
    'open-applier',
    'open-learner',
    'open-warmer',
    'warm',
    'open-feed',
    'check-loaders',
    'cache',
    'controls',
    'create-pool',
    'prover',
    'coverage',
    'feed',
    'load',
    'manifest',
    'observe',
    'refresh',
    'route',
    'sample',
    'wire',
  ],
  'create-stalemate': ['app', 'engine'],
  dashboard: ['app', 'cache', 'compile', 'explain', 'key', 'manifest', 'observe', 'refresh'],
  embedded: [],
  demo: [
    'derive',
    'sql',
    'embedded',
    'compile',
    'database',
    'engine',
    'app',
    'observe',
    'key',
    'manifest',
    'plan',
    'route',
    'wire',
    'cli',
  ],
  cli: [
    'clear',
    'emit',
    'catalog',
    'compile',
    'derive',
    'sql',
    'dashboard',
    'database',
    'rules',
    'demo',
    'doctor',
    'embedded',
    'engine',
    'explain',
    'plan',
    'manifest',
    'simulate',
    'create-pool',
    'key',
    'open-feed',
    'read-options',
    'open-applier',
    'warm',
    'watch',
    'wire',
  ],
  testing: [],
  index: [
    'app',
    'clear',
    'invalidate',
    'wait-within',
    'cache',
    'catalog',
    'create-stalemate',
    'manifest',
    'observe',
    'compile',
    'plan',
    'refresh',
    'rules',
    'sample',
    'warm',
    'wire',
  ],
}
const TYPES_ONLY = new Set(['app', 'observe'])
const OPEN = new Set(['errors', 'options', 'version'])

type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean }

const SRC = join(ROOT, 'src')
const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join(SRC, file))

function readImports(file: string): readonly Import[] {
  const text = readFileSync(file, 'utf8')
  const statements = text.matchAll(
    /^(?:import|export)\b(?<head>[^'"]*?)\bfrom '(?<path>\.[^']+)'|import\('(?<lazy>\.[^']+)'\)/gm,
  )
  return [...statements].map((match) => ({
    from: file,
    to: join(dirname(file), match.groups?.['path'] ?? match.groups?.['lazy'] ?? ''),
    typeOnly:
      /^\s*type\b/.test(match.groups?.['head'] ?? '') ||
      /^\s*\{(?:\s*type\s[^,}]+,?)+\s*\}\s*$/.test(match.groups?.['head'] ?? ''),
  }))
}

function roomOf(file: string): string {
  return relative(SRC, file).split('/')[0]?.replace(/\.ts$/, '') ?? ''
}

const IMPORTS = FILES.flatMap(readImports)

test('the sources are found', (t) => {
  t.true(FILES.length > 20)
  t.true(IMPORTS.length > 30)
})

test('every room imports only what the table allows', (t) => {
  const wrong = IMPORTS.filter(({ from, to }) => {
    const [room, other] = [roomOf(from), roomOf(to)]
    return room !== other && !OPEN.has(other) && !(ALLOWED[room] ?? []).includes(other)
  })
  t.deepEqual(wrong.map(show), [])
})

test('rooms of types import types only', (t) => {
  const wrong = IMPORTS.filter(
    ({ from, to, typeOnly }) =>
      TYPES_ONLY.has(roomOf(from)) && roomOf(to) !== roomOf(from) && !OPEN.has(roomOf(to)) && !typeOnly,
  )
  t.deepEqual(wrong.map(show), [])
})

test('every room stands in the table', (t) => {
  t.deepEqual(
    [...new Set(FILES.map(roomOf))].filter((room) => !(room in ALLOWED)),
    [],
  )
})

test('no file imports in a circle, types included', (t) => {
  const graph = new Map(
    FILES.map((file) => [file, IMPORTS.filter(({ from }) => from === file).map(({ to }) => to)]),
  )
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return undefined
    for (const next of graph.get(file) ?? []) {
      const circle = visit(next, [...path, file])
      if (circle !== undefined) return circle
    }
    done.add(file)
    return undefined
  }
  const circles = FILES.flatMap((file) => visit(file, []) ?? [])
  t.deepEqual(
    circles.map((file) => relative(ROOT, file)),
    [],
  )
})

test('nothing inside imports the public index', (t) => {
  t.deepEqual(IMPORTS.filter(({ to }) => roomOf(to) === 'index').map(show), [])
})

test('no source file is longer than 300 lines', (t) => {
  const long = FILES.map(
    (file) => [relative(ROOT, file), readFileSync(file, 'utf8').split('\n').length - 1] as const,
  )
  t.deepEqual(
    long.filter(([, lines]) => lines > 300),
    [],
  )
})

function show({ from, to }: Import): string {
  return `${relative(ROOT, from)} -> ${relative(ROOT, to)}`
}
