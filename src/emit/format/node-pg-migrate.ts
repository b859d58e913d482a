import type { Format } from './format.ts'

/** node-pg-migrate: one SQL file with both ways, ordered by milliseconds since 1970. */
export const nodePgMigrate: Format = {
  folder: 'migrations',
  file: /^(\d+)_(.+)\.sql$/,
  digits: 13,
  nextPrefix: (last, now) => Math.max(last + 1, now.getTime()),
  write: (prefix, { tag, up, down }) =>
    new Map([[`${prefix}_${tag}.sql`, `-- Up Migration\n\n${up}\n-- Down Migration\n\n${down}`]]),
}
