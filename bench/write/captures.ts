import { compileRules } from '../../src/compile.ts'
import { type FeedName, FEEDS, type Manifest } from '../../src/manifest/manifest.ts'
import { BASELINE } from '../harness/benchmark.ts'

/** A way to hear of writes: a table of its own, and what is installed on it. */
export type Capture = {
  readonly name: string
  readonly table: string
  /** SQL that installs it on the table. */
  readonly install: string
}

/** The channel of the trigger that everybody writes. */
export const COMMON_CHANNEL = 'calls_changed'

export async function createCaptures(): Promise<{
  readonly captures: readonly Capture[]
  readonly manifests: readonly Manifest[]
}> {
  const ours = await Promise.all(FEEDS.map(compile))
  const captures = [
    { name: BASELINE, table: 'calls_plain', install: '' },
    ...ours.map(({ capture }) => capture),
    { name: 'row trigger + NOTIFY', table: 'calls_row', install: createRowTrigger('calls_row') },
  ]
  return { captures, manifests: ours.map(({ manifest }) => manifest) }
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

/** A dashboard for each user, made wrong by any call of theirs whose status or duration changes. */
function createRules(feed: FeedName): string {
  return `
version: 1
name: bench_${feed}
feed: ${feed}
caches:
  dashboard:
    key: dashboard:{user_id}
    params: { user_id: uuid }
tables:
  calls_${feed}:
    - invalidate: dashboard
      columns: [status, duration]
`
}

async function compile(feed: FeedName): Promise<{ readonly capture: Capture; readonly manifest: Manifest }> {
  const { files, diagnostics } = await compileRules({ 'bench.yaml': createRules(feed) })
  const [migration, manifest] = [files.get('migrations/0001_initial.up.sql'), files.get('manifest.json')]
  if (migration === undefined || manifest === undefined) throw new Error(JSON.stringify(diagnostics))
  return {
    capture: { name: feed, table: `calls_${feed}`, install: migration },
    manifest: JSON.parse(manifest) as Manifest,
  }
}
