import { type Fragment, joinSql, lineComment } from '../sql/fragment.ts'
import { bannerLines } from './banner.ts'

/** The banner of an SQL file. */
export function commentBanner(sources: readonly string[]): Fragment {
  return joinSql(bannerLines(sources).map(lineComment), '\n')
}
