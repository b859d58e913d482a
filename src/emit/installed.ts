/** The schema that holds everything of ours. */
export const SCHEMA = 'stalemate'

/** Sends a message. What it does never changes under one name: another behaviour is another version. */
export const EMIT_FUNCTION = 'emit_v1'

/** Which migrations were applied. */
export const MIGRATIONS_TABLE = 'migrations'
