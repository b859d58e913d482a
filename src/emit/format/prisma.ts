import type { Format } from './format.ts'

/** Prisma Migrate: a folder each, ordered by a time in UTC. It knows no way down; `down.sql` is for `prisma db execute`. */
export const prisma: Format = {
  folder: 'prisma/migrations',
  file: /^(\d+)_(.+)\/migration\.sql$/,
  digits: 14,
  nextPrefix: (last, now) => Math.max(last + 1, Number(now.toISOString().replaceAll(/\D/g, '').slice(0, 14))),
  write: (prefix, { tag, up, down }) =>
    new Map([
      [`${prefix}_${tag}/migration.sql`, up],
      [`${prefix}_${tag}/down.sql`, down],
    ]),
}
