import { readFile } from 'node:fs/promises'
import { STYLES } from './styles.ts'

type Asset = { readonly type: string; readonly text: () => Promise<string> | string }

const JAVASCRIPT = 'text/javascript; charset=utf-8'
const CSS = 'text/css; charset=utf-8'

/** The page's own modules. */
const MODULES = [
  'main',
  'dom',
  'store',
  'format',
  'chart',
  'legend',
  'layout',
  'graph',
  'table',
  'tiles',
  'troubles',
  'secret',
  'param-fields',
  'inspector',
  'overview',
  'changes',
  'ruleset',
  'entries',
  'warming',
  'work',
  'actions',
]

/** A file that stands beside the main file of a package, whether the package exports it or not. */
function ofPackage(name: string, file: string): () => Promise<string> {
  return async () => await readFile(new URL(file, import.meta.resolve(name)), 'utf8')
}

function ofPage(name: string): Asset {
  const file = new URL(`page/${name}.js`, import.meta.url)
  // The maps are not served.
  const text = async (): Promise<string> =>
    (await readFile(file, 'utf8')).replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
  return { type: JAVASCRIPT, text }
}

/** Everything that the page loads, by name: nothing comes from elsewhere. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map<string, Asset>([
  ...MODULES.map((name) => [`${name}.js`, ofPage(name)] as const),
  ['uplot.js', { type: JAVASCRIPT, text: ofPackage('uplot', 'uPlot.iife.min.js') }],
  ['uplot.css', { type: CSS, text: ofPackage('uplot', 'uPlot.min.css') }],
  ['page.css', { type: CSS, text: () => STYLES }],
])
