/** The major versions of PostgreSQL that are supported, each of which npm has binaries of. */
export const VERSIONS = ['15', '16', '17', '18'] as const
export type Version = (typeof VERSIONS)[number]

/** What tests run on that ask for no version. */
export const NEWEST = '18' satisfies Version
