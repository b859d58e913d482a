import test, { type ExecutionContext } from 'ava'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Cache } from '../../src/cache/cache.ts'
import { Trust } from '../../src/cache/trust.ts'
import { explore, runSteps } from '../../src/testing/index.ts'
import { loadThrough } from '../../src/tiers/load-through.ts'
import { makeFolder } from '../helpers/io.ts'
import { ROOT } from '../helpers/root.ts'
import { createKernelAdapter } from './kernel.ts'
import { KERNEL_MUTANTS, type Mutant } from './mutants.ts'
import { TIER_MUTANTS } from './tier-mutants.ts'
import { createTieredAdapter, type Parts } from './tiered.ts'
import { TRUST_MUTANTS } from './trust-mutants.ts'

const MUTANTS = [...KERNEL_MUTANTS, ...TRUST_MUTANTS, ...TIER_MUTANTS]

const SEED = Number(process.env['STALEMATE_SEED'] ?? 1)
const KERNEL = ['cache', 'key', 'tiers', 'errors.js', 'options.js']

/** Matches a piece of code however it is spaced and quoted, which differs between compilers. */
function toPattern(code: string): RegExp {
  const words = code.split(/\s+|(?<=[({[\])}])|(?=[({[\])}])/).filter((word) => word !== '')
  return new RegExp(
    words
      .map((word) =>
        word
          .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
          .replaceAll(/['"]/g, `['"]`)
          .replaceAll('undefined', '(?:undefined|void 0)'),
      )
      .join('\\s*'),
  )
}

/** The kernel with one fault in it, compiled as it is, in a folder of its own. */
async function loadMutant(t: ExecutionContext, { file, find, replace }: Mutant): Promise<Parts> {
  const folder = join(await makeFolder(t), 'src')
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir')
  for (const name of KERNEL) {
    await cp(join(ROOT, 'dist/src', name), join(folder, name), {
      recursive: true,
      filter: (path) => !path.endsWith('.map') && !path.endsWith('.d.ts'),
    })
  }
  const path = join(folder, file.includes('/') ? `${file}.js` : `cache/${file}.js`)
  const text = await readFile(path, 'utf8')
  const place = toPattern(find)
  t.is(text.split(place).length, 2, `${file} contains once: ${find}`)
  await writeFile(
    path,
    text.replace(place, () => replace),
  )
  const load = async (name: string): Promise<unknown> => await import(pathToFileURL(join(folder, name)).href)
  return {
    ...((await load('cache/cache.js')) as Pick<Parts, 'Cache'>),
    ...((await load('cache/trust.js')) as Pick<Parts, 'Trust'>),
    ...((await load('tiers/load-through.js')) as Pick<Parts, 'loadThrough'>),
  }
}

test('there are thirty mutants at least, each with a name of its own', (t) => {
  t.true(MUTANTS.length >= 30)
  t.is(new Set(MUTANTS.map(({ name }) => name)).size, MUTANTS.length)
})

const isCaught = test.macro({
  title: (_, { name }: Mutant) => `the simulation catches a kernel in which ${name}`,
  async exec(t, mutant: Mutant) {
    const parts = await loadMutant(t, mutant)
    const adapter =
      mutant.tiered === true
        ? createTieredAdapter(parts, mutant.settings)
        : createKernelAdapter(parts, mutant.settings)
    if (mutant.story !== undefined) {
      const { keys, steps } = mutant.story
      const limits = { keys, rough: true, filled: 'elsewhere' } as const
      const sound = createTieredAdapter({ Cache, Trust, loadThrough }, mutant.settings)
      t.is(await runSteps(sound, steps, limits), undefined)
      const found = await runSteps(adapter, steps, limits)
      t.truthy(found)
      t.log(`${found?.kind}: ${found?.message}`)
      return
    }
    const { fault, schedules } = await explore(adapter, { depth: 4, random: 30_000, seed: SEED })
    t.truthy(fault, `not caught by ${schedules} schedules, seed ${SEED}`)
    t.log(`${fault?.kind} after ${schedules} schedules: ${fault?.message}`)
  },
})
for (const mutant of MUTANTS) test.serial(isCaught, mutant)
