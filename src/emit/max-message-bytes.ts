/** Bytes of a message: keys past this size cost the reader more than loading the caches anew. */
export const MAX_MESSAGE_BYTES = 1_048_576
