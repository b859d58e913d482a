import type { FeedName } from '../../src/manifest/manifest.ts'

/** How many there are of each; few, so that readers and writers meet. The last item is for one long transaction. */
export const ITEMS = 241
export const OWNERS = 24
export const TEAMS = 6

/** Versions of an item, and of an owner, after which it moves on to the next owner, and team. */
const ITEM_STAY = 16
const OWNER_STAY = 4

/** Whose an item is depends on its version alone, so that a judge knows it without asking the database. */
export function ownerOf(item: number, version: number): number {
  return (item * 7 + Math.floor(version / ITEM_STAY)) % OWNERS
}

export function teamOf(owner: number, version: number): number {
  return (owner * 5 + stayOf(version)) % TEAMS
}

/** Which of its moves an owner has made; the rules say that nothing else of an owner matters. */
export function stayOf(version: number): number {
  return Math.floor(version / OWNER_STAY)
}

/** A row of one of the two tables. */
export type Kind = 'item' | 'owner'

const OWNER_SQL = (id: string, version: string): string =>
  `(${id} * 7 + (${version}) / ${ITEM_STAY}) % ${OWNERS}`
const TEAM_SQL = (id: string, version: string): string =>
  `(${id} * 5 + (${version}) / ${OWNER_STAY}) % ${TEAMS}`

/** Each gives a row its next version. */
export const STEP: Readonly<Record<Kind, string>> = {
  item: `UPDATE items SET version = version + 1, owner = ${OWNER_SQL('id', 'version + 1')} WHERE id = $1 RETURNING version`,
  owner: `UPDATE owners SET version = version + 1, team = ${TEAM_SQL('id', 'version + 1')} WHERE id = $1 RETURNING version`,
}

/** The same for an item, which is gone in between. */
export const REMOVE = 'DELETE FROM items WHERE id = $1 RETURNING version'
export const RESTORE = `INSERT INTO items SELECT $1, ${OWNER_SQL('$1', '$2::int')}, $2::int`

/** Steps of many items, a transaction each. */
export const BURST = 'CALL burst($1)'

export const TABLES = `
CREATE TABLE owners (id int PRIMARY KEY, team int NOT NULL, version int NOT NULL);
CREATE TABLE items (id int PRIMARY KEY, owner int NOT NULL, version int NOT NULL);
CREATE INDEX ON items (owner);
INSERT INTO owners SELECT id, ${TEAM_SQL('id', '0')}, 0 FROM generate_series(0, ${OWNERS - 1}) AS id;
INSERT INTO items SELECT id, ${OWNER_SQL('id', '0')}, 0 FROM generate_series(0, ${ITEMS - 1}) AS id;
CREATE PROCEDURE burst(ids int[]) LANGUAGE plpgsql AS $$
  DECLARE own int;
  BEGIN
    FOREACH own IN ARRAY ids LOOP
      UPDATE items SET version = version + 1, owner = ${OWNER_SQL('id', 'version + 1')} WHERE id = own;
      COMMIT;
    END LOOP;
  END
$$;
`

/** The rules: by a column, by a column that moves, and by a link that moves at both ends. */
export function rulesFor(feed: FeedName): string {
  return `
version: 1
name: soak
feed: ${feed}
defaults: { ttl: 1h }
caches:
  item: { key: "item:{id}", params: { id: int } }
  owner: { key: "owner:{owner}", params: { owner: int } }
  team: { key: "team:{team}", params: { team: int } }
tables:
  items:
    - invalidate: item
    - invalidate: owner
    - invalidate: team
      via: owners ON owners.id = items.owner
      with: { team: owners.team }
`
}

export const CACHES = {
  item: { param: 'id', count: ITEMS, query: 'SELECT id, version FROM items WHERE id = $1' },
  owner: {
    param: 'owner',
    count: OWNERS,
    query: 'SELECT id, version FROM items WHERE owner = $1 ORDER BY id',
  },
  team: {
    param: 'team',
    count: TEAMS,
    query: `SELECT i.id, i.version, o.id, o.version / ${OWNER_STAY} FROM items i JOIN owners o ON o.id = i.owner
      WHERE o.team = $1 ORDER BY i.id`,
  },
} as const
export type CacheName = keyof typeof CACHES

/** What an entry holds: item, its version, and for a team also owner and its moves; row after row. */
export type Rows = readonly (readonly number[])[]
