/** Where the demo writes; `process.stdout` is one. */
export type Output = {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  /** Width of the terminal in characters. */
  readonly columns?: number | undefined
}

/** Lines that scroll; below them, on a terminal, one line that says how far things are. */
export type Screen = {
  /** Width of a line in characters. */
  readonly width: () => number
  readonly print: (...lines: readonly string[]) => void
  /** Sets the line at the bottom; nothing where the output is no terminal. It must fit the width. */
  readonly setStatus: (line: string) => void
  /** Takes the line at the bottom away. */
  readonly close: () => void
}

const WIDTH_OF_FILES = 100
const CLEAR_LINE = '\r\u001B[2K'

export function createScreen(output: Output): Screen {
  const live = output.isTTY === true
  let status = ''
  const redraw = (lines: readonly string[]): void => {
    const clear = status === '' ? '' : CLEAR_LINE
    output.write(`${live ? clear : ''}${lines.map((line) => `${line}\n`).join('')}${live ? status : ''}`)
  }
  return {
    width: () => (live ? Math.max(output.columns ?? 80, 40) : WIDTH_OF_FILES),
    print: (...lines) => redraw(lines),
    setStatus(line) {
      if (!live || line === status) return
      output.write(status === '' ? line : `${CLEAR_LINE}${line}`)
      status = line
    },
    close() {
      if (status !== '') output.write(CLEAR_LINE)
      status = ''
    },
  }
}

/** A screen that shows nothing, for `--json`. */
export const blankScreen: Screen = {
  width: () => WIDTH_OF_FILES,
  print: () => {},
  setStatus: () => {},
  close: () => {},
}
