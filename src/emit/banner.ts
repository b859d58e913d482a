import { VERSION } from '../version.ts'

/** The first lines of a generated file, without comment marks: who made it, of what, and how to change it. */
export function bannerLines(sources: readonly string[]): readonly string[] {
  return [
    `Made by \`stalemate compile\` (stalemate ${VERSION}) of ${sources.join(', ')}.`,
    'Do not edit: change the rules and compile again.',
  ]
}
