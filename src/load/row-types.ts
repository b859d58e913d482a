import pg from 'pg'

/** Types that node-postgres turns into objects of its own: OIDs of point, circle, date, interval, and arrays of two. */
const AS_TEXT = new Set([600, 718, 1082, 1186, 1017, 719])
/** date[] and interval[]: as arrays of texts, which those of uuid are too. */
const AS_TEXTS = new Set([1182, 1187])
const UUID_ARRAY = 2951

type GetTypeParser = (oid: number, format: 'text') => (text: string) => unknown

/**
 * How a column of a query becomes a property of a row: as node-postgres does it, but for dates and intervals, which stay
 * texts. A day is no point in time, and would be another one in another time zone.
 */
export const parseAs = ((oid, format) => {
  if (AS_TEXT.has(oid)) return (text) => text
  const known = pg.types.getTypeParser as GetTypeParser
  return known(AS_TEXTS.has(oid) ? UUID_ARRAY : oid, format)
}) satisfies GetTypeParser as unknown as typeof pg.types.getTypeParser
