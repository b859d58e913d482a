/** All is well. */
export const EXIT_FINE = 0
/** Something was found, or failed. */
export const EXIT_FOUND = 1
/** The command line is wrong. */
export const EXIT_USAGE = 2

/** What a shell reports for a process that the signal ended: 128 and its number. */
export const exitCodeOfSignal = (reason: unknown): number => (reason === 'SIGTERM' ? 143 : 130)
