import test from 'ava'
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeFolder } from '../helpers/io.ts'
import { ROOT } from '../helpers/root.ts'

const RULES = `version: 1
name: shop
caches:
  basket:
    key: basket:{user_id}
    params: { user_id: uuid }
tables:
  items:
    - invalidate: basket
`

const PROGRAM = `import { createStalemate, StalemateError } from 'stalemate'
import { manifest, type Caches } from './generated/caches.js'

type Shop = Caches & { basket: { value: { items: number } } }

await using app = await createStalemate<Shop>({
  manifest,
  connection: { connectionString: 'postgres://localhost/shop' },
  loaders: { basket: ({ user_id }, { signal }) => ({ items: signal.aborted ? 0 : user_id.length }) },
})
const { items } = await app.caches.basket.get({ user_id: 'd1e6a5c4-0000-4000-8000-000000000000' })
const count: number = items
// @ts-expect-error the rules name no such param
await app.caches.basket.get({ user: 'x' })
// @ts-expect-error the rules name no such cache
app.caches.baskte
export { count, StalemateError }
`

const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2022', 'esnext.disposable'],
    types: ['node'],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  },
  include: ['*.ts', 'generated'],
}

/** Runs a program to its end; what it prints on an error is part of the error. */
async function runProgram(cwd: string, file: string, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(file, args, { cwd, env: { ...process.env, NO_COLOR: '1' } })
    return stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${file} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error })
  }
}

test('the package works in an empty folder: command line, library, generated client', async (t) => {
  const folder = await makeFolder(t)
  const app = join(folder, 'app')
  await mkdir(join(app, 'rules'), { recursive: true })
  await writeFile(join(app, 'package.json'), '{ "private": true, "type": "module" }')
  await writeFile(join(app, 'rules', 'shop.yaml'), RULES)
  await writeFile(join(app, 'main.ts'), PROGRAM)
  await writeFile(join(app, 'tsconfig.json'), JSON.stringify(TSCONFIG))

  const packed = await runProgram(
    ROOT,
    'npm',
    'pack',
    '--ignore-scripts',
    '--silent',
    '--pack-destination',
    folder,
  )
  const tarball = join(folder, packed.trim())
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--silent']
  await runProgram(app, 'npm', 'install', ...quiet, tarball)

  t.regex(await runProgram(app, 'npx', 'stalemate', '--help'), /^Usage: stalemate/)
  t.regex(await runProgram(app, 'npx', 'stalemate', 'compile'), /created {2}generated\/caches\.ts/)

  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  await t.notThrowsAsync(runProgram(app, process.execPath, tsc, '-p', app))
})
