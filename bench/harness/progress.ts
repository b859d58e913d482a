/** Where a program writes text. */
export type Output = { readonly write: (text: string) => unknown; readonly isTTY?: boolean }

/** One line at the bottom of a terminal that says what is being done; silent elsewhere. */
export type Progress = { readonly show: (text: string) => void; readonly clear: () => void }

const ERASE_LINE = '\r\u001B[K'

export function createProgress(output: Output): Progress {
  if (output.isTTY !== true) return { show: () => {}, clear: () => {} }
  return {
    show: (text) => output.write(`${ERASE_LINE}${text}`),
    clear: () => output.write(ERASE_LINE),
  }
}
