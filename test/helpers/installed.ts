import { createHash } from 'node:crypto'
import { type Manifest, MANIFEST_VERSION } from '../../src/manifest/manifest.ts'

const BODY = `
BEGIN
  PERFORM pg_notify('stalemate_r', '{"v":1,"t":"users","o":"update","d":' || coalesce(
    (SELECT json_build_array(json_build_array('profile', json_build_array('id'), json_agg(id::text)))::text FROM new_rows),
    '[]') || '}');
  RETURN NULL;
END`

/** A table, and the smallest trigger that the manifest below asks for. */
export const INSTALLED = `
CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);
INSERT INTO users VALUES (1, 'Ada'), (2, 'Bob');
CREATE SCHEMA stalemate;
CREATE FUNCTION stalemate.r_users_update() RETURNS trigger LANGUAGE plpgsql AS $body$${BODY}$body$;
CREATE TRIGGER stalemate_r_update AFTER UPDATE ON users REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.r_users_update();
`

/** Two caches: `profile` by the trigger above, and `motd`, which depends on no table. */
export const MANIFEST: Manifest = {
  version: MANIFEST_VERSION,
  ruleset: 'r',
  feed: 'notify',
  channel: 'stalemate_r',
  hash: '',
  caches: {
    profile: {
      key: 'profile:{id}',
      params: [{ name: 'id', type: 'int' }],
      ttl: 600_000,
      jitter: 0,
      max: 100,
      priority: 'normal',
      partial: [],
      tables: ['users'],
    },
    motd: {
      key: 'motd',
      params: [],
      ttl: 600_000,
      jitter: 0,
      max: 1,
      priority: 'normal',
      partial: [],
      tables: [],
    },
  },
  tables: [
    {
      table: 'users',
      schema: 'public',
      name: 'users',
      triggers: [
        {
          name: 'stalemate_r_update',
          operation: 'update',
          function: 'r_users_update',
          body: createHash('md5').update(BODY).digest('hex'),
        },
      ],
    },
  ],
  paths: {},
}

export type InstalledCaches = {
  profile: { params: { id: number }; value: string }
  motd: { params: Record<string, never>; value: string }
}
