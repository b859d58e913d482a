import { compileRules } from '../../src/compile.ts'
import { type FeedName, FEEDS, type Manifest } from '../../src/manifest/manifest.ts'
import { BASELINE } from '../harness/benchmark.ts'
import { type Benchmarked, createRules } from './rules.ts'

/** A way to hear of writes: a table of its own, and what is installed on it. */
export type Capture = {
  readonly name: string
  readonly table: string
  /** SQL that installs it on the table. */
  readonly install: string
  /** The feed whose messages are read and thrown away, where no runtime reads them. */
  readonly discards?: FeedName
}

/** The trigger below which none can be that sees both versions of the rows. */
const EMPTY = 'empty trigger'
/** The least that a trigger of single rows does for the same promise but one: it fails the writer where a column is renamed. */
const LEAN_ROW = 'row trigger + WAL message'

export type Captures = { readonly captures: readonly Capture[]; readonly manifests: readonly Manifest[] }

/** The channel of the trigger that everybody writes. */
export const COMMON_CHANNEL = 'calls_changed'

/** No trigger, those of each feed for one rule with a column filter, and what everybody writes. */
export async function createCaptures(): Promise<Captures> {
  const ours = await compileFeeds((feed) => ({ feed, name: `bench_${feed}`, table: `calls_${feed}` }))
  const captures = [
    { name: BASELINE, table: 'calls_plain', install: '' },
    ...ours.map(({ capture }) => capture),
    { name: 'row trigger + NOTIFY', table: 'calls_row', install: createRowTrigger('calls_row') },
  ]
  return { captures, manifests: ours.map(({ manifest }) => manifest) }
}

/** The same for a table that makes five caches wrong. */
export async function createManyCaptures(): Promise<Captures> {
  const ours = await compileFeeds((feed) => ({
    feed,
    name: `many_${feed}`,
    table: `calls_many_${feed}`,
    caches: 5,
  }))
  const captures = [
    { name: BASELINE, table: 'calls_many_plain', install: '' },
    ...ours.map(({ capture }) => capture),
  ]
  return { captures, manifests: ours.map(({ manifest }) => manifest) }
}

/** What ours are compared with to see what the choice of statement triggers costs, and gains, on tables whose names begin so. */
export function createBounds(begin: string): readonly Capture[] {
  const [empty, row] = [`${begin}_empty`, `${begin}_lean_row`]
  return [
    { name: EMPTY, table: empty, install: createEmptyTrigger(empty) },
    { name: LEAN_ROW, table: row, install: createLeanRowTrigger(row) },
  ]
}

/** What ours are compared with to see what their readers cost: the same triggers, beside a reader below which none can be. */
export function createDiscards(captures: readonly Capture[]): readonly Capture[] {
  return captures.flatMap((capture) => {
    const feed = FEEDS.find((name) => name === capture.name)
    return feed === undefined || feed === 'notify'
      ? []
      : [{ ...capture, name: `${feed}, thrown away`, discards: feed }]
  })
}

function createEmptyTrigger(table: string): string {
  return `
CREATE FUNCTION nothing_of_${table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER nothing_of_${table} AFTER UPDATE ON ${table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION nothing_of_${table}();
CREATE TRIGGER nothing_new_of_${table} AFTER INSERT ON ${table} REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION nothing_of_${table}()`
}

function createLeanRowTrigger(table: string): string {
  return `
CREATE FUNCTION tell_of_${table}() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  sent pg_lsn;
BEGIN
  sent := pg_logical_emit_message(true, 'stalemate_row', concat(
    '{"v":1,"t":"${table}","o":"update","d":[["dashboard",["user_id"],["',
    concat_ws('","', OLD.user_id, nullif(NEW.user_id, OLD.user_id)), '"]]]}'));
  RETURN NULL;
END $$;
CREATE TRIGGER tell_of_${table} AFTER UPDATE ON ${table} FOR EACH ROW
  WHEN ((OLD.status, OLD.duration, OLD.user_id) IS DISTINCT FROM (NEW.status, NEW.duration, NEW.user_id))
  EXECUTE FUNCTION tell_of_${table}();
CREATE TRIGGER tell_new_of_${table} AFTER INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION tell_of_${table}()`
}

/** A trigger as tutorials show it. */
function createRowTrigger(table: string): string {
  return `
CREATE FUNCTION notify_${table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('${COMMON_CHANNEL}', json_build_object(
    'table', TG_TABLE_NAME, 'op', TG_OP,
    'id', coalesce(NEW.id, OLD.id), 'user_id', coalesce(NEW.user_id, OLD.user_id))::text);
  RETURN NULL;
END $$;
CREATE TRIGGER notify_${table} AFTER INSERT OR UPDATE OR DELETE ON ${table}
  FOR EACH ROW EXECUTE FUNCTION notify_${table}()`
}

type Compiled = { readonly capture: Capture; readonly manifest: Manifest }

async function compileFeeds(describe: (feed: FeedName) => Benchmarked): Promise<readonly Compiled[]> {
  return await Promise.all(FEEDS.map((feed) => compileCapture(feed, describe(feed))))
}

/** Compiles rules, and gives what installs their triggers. */
export async function compileCapture(name: string, benchmarked: Benchmarked): Promise<Compiled> {
  const { files, diagnostics } = await compileRules({ 'bench.yaml': createRules(benchmarked) })
  const [migration, manifest] = [files.get('migrations/0001_initial.up.sql'), files.get('manifest.json')]
  if (migration === undefined || manifest === undefined) throw new Error(JSON.stringify(diagnostics))
  return {
    capture: { name, table: benchmarked.table, install: migration },
    manifest: JSON.parse(manifest) as Manifest,
  }
}
