import type { OutputStream } from './io.ts'

/** One line at the bottom of a terminal that says how far things are; nothing elsewhere. */
export type ProgressLine = { readonly show: (text: string) => void; readonly clear: () => void }

const CLEAR_LINE = '\r\u001B[2K'

export function createProgressLine(output: OutputStream | undefined): ProgressLine {
  if (output?.isTTY !== true) return { show: () => {}, clear: () => {} }
  let shown = ''
  return {
    show(text) {
      if (text === shown) return
      output.write(`${CLEAR_LINE}${text}`)
      shown = text
    },
    clear() {
      if (shown !== '') output.write(CLEAR_LINE)
      shown = ''
    },
  }
}
