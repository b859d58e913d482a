import { readFile, writeFile } from 'node:fs/promises'
import { compare, renderTable, SEED } from './table.ts'

/** Writes the table of docs/warming.md between its marks: `npm run warming`. */
const PAGE = new URL('../../../docs/warming.md', import.meta.url)
const MARKS = /(<!-- npm run warming -->\n\n)[^]*?(\n\n<!-- end -->)/

const page = await readFile(PAGE, 'utf8')
if (!MARKS.test(page)) throw new Error('docs/warming.md has no place for the table.')
const table = renderTable(compare(SEED))
await writeFile(
  PAGE,
  page.replace(MARKS, (_, begin: string, end: string) => `${begin}${table}${end}`),
)
process.stdout.write(`${table}\n`)
