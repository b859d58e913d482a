/** The message tables of the outbox. A transaction writes to one of them, by its id. */
export const OUTBOX_TABLES = ['outbox_0', 'outbox_1', 'outbox_2'] as const

/** A table has so many transaction ids, then comes the next one: 2 to the power of this. */
export const TABLE_BITS = 16

/** Who reads, and how far it has come. */
export const READERS_TABLE = 'readers'

/** Puts a message into the outbox, and rings where a reader sleeps. */
export const OUTBOX_FUNCTION = 'outbox_v1'

/** A reader says that it sleeps, or that it does not. */
export const BELL_FUNCTION = 'bell_v1'

/** Empties what every reader has. */
export const TRIM_FUNCTION = 'trim_v1'

/**
 * The state of a bell is one number: its lower bits are the sleeping readers, one bit each; above them stand the
 * seconds since 1970 until which that may be believed.
 */
export const BELL_BITS = 24
