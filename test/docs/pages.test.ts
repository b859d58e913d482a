import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import test from 'ava'
import ts from 'typescript'
import { compileRules } from '../../src/compile.ts'
import { runCommand } from '../helpers/io.ts'
import { ROOT } from '../helpers/root.ts'
import { readSnippets, type Snippet } from './snippets.ts'

const docs = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md'))
const examples = (await readdir(join(ROOT, 'examples'), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `examples/${name}/README.md`)
const PAGES: readonly string[] = ['README.md', ...docs.map((name) => `docs/${name}`), ...examples]

const snippets = (await Promise.all(PAGES.map(readSnippets))).flat()

test('every link within the project leads to a file, and to a heading of it', async (t) => {
  const broken: string[] = []
  let links = 0
  for (const page of PAGES) {
    const text = (await readFile(join(ROOT, page), 'utf8')).replaceAll(/^```.*?^```$/gms, '')
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^\w+:/.test(target)) continue
      links += 1
      const [path = '', heading] = target.split('#')
      const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path)
      if (!existsSync(file)) broken.push(`${page}: ${target}`)
      else if (heading !== undefined && !(await headingsOf(file)).includes(heading))
        broken.push(`${page}: ${target}`)
    }
  }
  t.true(links > 60)
  t.deepEqual(broken, [])
})

/** As GitHub makes them from headings. */
async function headingsOf(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8')
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  )
}

test('every page is found from the index', async (t) => {
  const index = await readFile(join(ROOT, 'docs', 'README.md'), 'utf8')
  for (const name of docs) if (name !== 'README.md') t.true(index.includes(`](${name})`), name)
  for (const page of examples) t.true(index.includes(`](../${dirname(page)})`), page)
})

test('every command that is shown is one, with the options that it has', async (t) => {
  const lines = snippets
    .filter(({ language }) => language === 'sh' || language === 'bash')
    .flatMap(({ page, text }) => text.split('\n').map((line) => ({ page, line })))
    .filter(({ line }) => /(?:^|\s)(?:npx )?stalemate [a-z]/.test(line))
  t.true(lines.length > 5)
  const helps = new Map<string, string>()
  for (const { page, line } of lines) {
    const [name = '', ...words] = line.replace(/.*?\bstalemate /, '').split(/\s+/)
    const help = helps.get(name) ?? (await runCommand([name, '--help'])).stdout
    helps.set(name, help)
    t.true(help.startsWith(`Usage: stalemate ${name}`), `${page}: ${line}`)
    for (const [option] of words.join(' ').matchAll(/(?<=^|\s)--[a-z-]+/g))
      t.true(new RegExp(`${option}\\b`).test(help), `${page}: ${name} ${option}`)
  }
})

/** A cache for fragments that are about what is done with one. */
const CACHE = 'caches: { dashboard: { key: "dashboard:{user_id}", params: { user_id: uuid } } }'

test('every rule file that is shown compiles, and every part of one within a file', async (t) => {
  // Those of the README and of the reference have tests of their own.
  const own = snippets.filter(({ language, page }) => language === 'yaml' && !/README|rules\.md/.test(page))
  t.true(own.length >= 3)
  for (const { page, line, text } of own) {
    const isPart = !text.includes('version:')
    const around = `version: 1\nname: shop\n${/^caches:/m.test(text) ? '' : `${CACHE}\n`}`
    const { diagnostics } = await compileRules({ [page]: isPart ? `${around}${text}` : text })
    // What a query means only a database can say.
    const wrong = diagnostics.filter(
      ({ severity, code }) => severity === 'error' && code !== 'query-not-locked',
    )
    t.deepEqual(
      wrong.map(({ message }) => message),
      [],
      `${page}:${line}`,
    )
  }
})

/** What stands around a fragment: the application that it is a part of. */
const AROUND = `
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { App, CacheTypes, Loaders } from 'stalemate'
declare global {
  type Shop = { dashboard: { params: { user_id: string }; value: unknown } }
  const app: App<Shop>
  const createStalemate: typeof import('stalemate').createStalemate
  const manifest: import('stalemate').Manifest
  const connection: { connectionString: string }
  const loaders: { dashboard: () => Promise<unknown> }
  const request: IncomingMessage
  const response: ServerResponse
  const user_id: string
  const store: import('stalemate').Tier
}
export {}
`
/** A name that is not there: a fragment may speak of what the reader has. */
const UNKNOWN_NAMES = new Set([2304, 2552, 2307, 2580])

test('every TypeScript snippet fits the types of the package', (t) => {
  const own = snippets.filter(({ language, page }) => language === 'ts' && page !== 'README.md')
  t.true(own.length > 8)
  const files = new Map(own.map((snippet) => [fileOf(snippet), `${snippet.text}\nexport {}\n`]))
  const around = join(ROOT, 'docs', 'around.ts')
  files.set(around, AROUND)
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  }
  const host = ts.createCompilerHost(options)
  const overlay: ts.CompilerHost = {
    ...host,
    fileExists: (file) => files.has(file) || host.fileExists(file),
    readFile: (file) => files.get(file) ?? host.readFile(file),
    getSourceFile: (file, version) => {
      const text = files.get(file)
      return text === undefined ? host.getSourceFile(file, version) : ts.createSourceFile(file, text, version)
    },
  }
  const program = ts.createProgram([...files.keys()], options, overlay)
  const wrong = ts
    .getPreEmitDiagnostics(program)
    .filter(({ code }) => !UNKNOWN_NAMES.has(code))
    .map(
      ({ file, messageText }) =>
        `${relative(ROOT, file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    )
  t.deepEqual(wrong, [])
})

/** A file name that tells where the snippet stands. */
function fileOf({ page, line }: Snippet): string {
  return join(ROOT, `${page.replace(/\.md$/, '')}-${line}.ts`)
}
