import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../helpers/root.ts'

export type Snippet = {
  /** Path of the page from the project's folder. */
  readonly page: string
  /** Where the snippet's text begins. */
  readonly line: number
  readonly language: string
  readonly text: string
}

/** The fenced snippets of a page, in order. */
export async function readSnippets(page: string): Promise<readonly Snippet[]> {
  const text = await readFile(join(ROOT, page), 'utf8')
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length + 1,
    language: match[1] ?? '',
    text: match[2] ?? '',
  }))
}
