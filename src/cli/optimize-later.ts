import { setFlagsFromString } from 'node:v8'

/** How much a function has to have run: eight times what V8 11 takes by itself. */
const BUDGET = 540_672
/** Bytes of other functions that are put into one: a sixth. */
const INLINED = 150

/**
 * Tells the V8 of Node 20 that the process is over within seconds. It optimizes only what has run eight times as long as it
 * would wait for, and that for little; and nothing of the SQL parser's WASM, which otherwise keeps two processors for longer than a usual
 * compilation takes. Later versions have no such flag, and a compiler for what is between.
 *
 * @param large whether there is much to do; a short run never gets as far as to optimize JavaScript
 */
export function optimizeLater({ large }: { readonly large: boolean }): void {
  if (!process.versions.v8.startsWith('11.')) return
  setFlagsFromString('--liftoff-only')
  if (!large) return
  setFlagsFromString(`--interrupt-budget=${BUDGET}`)
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${INLINED}`)
}
