import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../helpers/root.ts'

/** A command or SQL that a page shows, on a line of its own or within a sentence. */
export type Shown = { readonly page: string; readonly kind: 'command' | 'sql'; readonly text: string }

/** Statements on what is ours; the names of other statements are spoken of, and not to be run. */
const SQL = /^(?:ALTER|DELETE|DROP|GRANT|SELECT) .*\bstalemate\b/

/** All that a page shows, in its order; what stands in a sentence may run over the end of a line. */
export async function readShown(page: string): Promise<readonly Shown[]> {
  const text = await readFile(join(ROOT, page), 'utf8')
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$|`([^`\n]+(?:\n[^`\n]+)?)`/gms)].flatMap(
    ([, language, block, span]): Shown[] => {
      if (block !== undefined && language === 'sql') return [{ page, kind: 'sql', text: block.trim() }]
      if (block !== undefined)
        return (language === 'sh' ? block.trim().split('\n') : [])
          .filter((line) => /^(?:npx )?stalemate /.test(line))
          .map((line) => ({ page, kind: 'command', text: line.replace(/^npx /, '') }))
      const inline = (span ?? '').replaceAll(/\s+/g, ' ')
      if (/^(?:npx )?stalemate [a-z-]/.test(inline))
        return [{ page, kind: 'command', text: inline.replace(/^npx /, '') }]
      return SQL.test(inline) ? [{ page, kind: 'sql', text: inline }] : []
    },
  )
}

/** Cuts a command line as a shell does, where it has nothing but words and double quotes. */
export function toArgv(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '').slice(1)
}
