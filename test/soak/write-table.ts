import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format } from 'prettier'
import type { Document } from '../../bench/harness/benchmark.ts'
import { FEEDS } from '../../src/manifest/manifest.ts'
import { ROOT } from '../helpers/root.ts'
import { renderTables } from './render-table.ts'
import type { SoakResult } from './result.ts'

const BEGIN = '<!-- measured: npm run feeds-table -->'
const END = '<!-- /measured -->'

/** Puts what `bench/soak/FEED.json` and `bench/results.json` say into `docs/feeds.md`. */
async function main(): Promise<void> {
  const soaks: SoakResult[] = []
  for (const feed of FEEDS) {
    const text = await readFile(join(ROOT, `bench/soak/${feed}.json`), 'utf8').catch(() => undefined)
    if (text !== undefined) soaks.push(JSON.parse(text) as SoakResult)
  }
  const benchmarks = JSON.parse(await readFile(join(ROOT, 'bench/results.json'), 'utf8')) as Document[]
  const path = join(ROOT, 'docs/feeds.md')
  const page = await readFile(path, 'utf8')
  const [before, rest = ''] = page.split(BEGIN)
  const [, after] = rest.split(END)
  if (before === undefined || after === undefined) throw new Error(`${path} has no place for the tables.`)
  const text = `${before}${BEGIN}\n\n${renderTables(soaks, benchmarks)}\n\n${END}${after}`
  await writeFile(path, await format(text, { parser: 'markdown', ...(await readStyle()) }))
}

async function readStyle(): Promise<object> {
  return JSON.parse(await readFile(join(ROOT, '.prettierrc.json'), 'utf8')) as object
}

await main()
