import type { Chapter } from './pitfalls.ts'

/** What is in the database, and how it comes there. */
export const TRIGGERS: Chapter = {
  title: 'Triggers and migrations',
  pitfalls: [
    {
      what: 'A trigger with transition tables is for one event, has no list of columns, and does not see TRUNCATE.',
      does: 'A trigger for each event; which columns matter is asked in its body.',
      proofs: [
        { test: 'emit/trigger/statements', title: 'an update of other columns sends nothing' },
        { test: 'emit/trigger/statements', title: 'a truncate makes the whole cache wrong' },
      ],
      breaks: [{ file: 'plan/plan-watches', find: "  if (columns === 'all') return 'all'\n", replace: "  if (columns.length >= 0) return 'all'\n" },
        { file: 'emit/trigger/trigger-body', find: "operation === 'truncate'\n      ? truncateBody(groups, frame, send)", replace: "operation === 'truncate'\n      ? sql`BEGIN RETURN NULL; END`", seenBy: 1 }],
    },
    {
      what: 'Only the keys of the new row are told, or only those of the old one.',
      does: 'Keys and links of both.',
      proofs: [{ test: 'emit/trigger/statements', title: 'a row that moves between keys makes both wrong' }],
      breaks: [{ file: 'emit/trigger/pairs', find: "? ['old', 'new'] : ['old']", replace: "? ['old'] : ['old']" }],
    },
    {
      what: 'Without a primary key rows of before and after are paired wrongly: two that swap their values look unchanged.',
      does: 'They are paired by the place that the server gives them, and compared bit by bit, whatever their types.',
      proofs: [
        { test: 'emit/trigger/statements', title: 'two rows that swap their values make the keys of both wrong' },
        { test: 'emit/trigger/statements', title: 'a table without primary key and with types that know no equality is watched like any other' },
        { test: 'emit/trigger/pairing', title: 'without the comparison of counts, a swallowed row would lose keys', mutant: true },
      ],
    },
    {
      what: 'Statements of no row fire too, and ON CONFLICT fires both kinds of trigger.',
      does: 'Nothing is sent where nothing has changed.',
      proofs: [
        { test: 'emit/trigger/statements', title: 'statements that touch no row send nothing' },
        { test: 'emit/trigger/statements', title: 'a conflict that updates sends inserts and updates apart' },
      ],
      breaks: [{ file: 'emit/trigger/trigger-body', find: 'IF NOT EXISTS (SELECT FROM ${rows}) THEN\n          RETURN NULL;', replace: "IF NOT EXISTS (SELECT FROM ${rows}) THEN\n          PERFORM ${send(sql`'nothing'`)};\n          RETURN NULL;" }],
    },
    {
      what: 'What is written straight to a partition fires no trigger of its parent, and a new partition has none.',
      does: 'Partitions have triggers of their own; `status` and runtimes find one without; `ddl: watch` covers it at once.',
      proofs: [
        { test: 'emit/trigger/matrix', title: 'Partitioned tables', from: 'emit/trigger/matrix/tables.ts' },
        { test: 'database/status', title: 'a partition was attached' },
        { test: 'doctor/doctor', title: 'triggers that are disabled, changed or missing, and partitions without' },
        { test: 'engine/engine', title: 'with the next heartbeat, and its return too' },
      ],
      breaks: [
        { file: 'emit/up-migration', find: 'const own = [...steps.map(renderStep), ...coverTables(steps)]', replace: 'const own = [...steps.map(renderStep), ...coverTables([])]' },
        { file: 'coverage/read-coverage', find: "return isRoot ? 'missing' : 'partition'", replace: "return isRoot ? 'missing' : undefined", seenBy: 2 },
        { file: 'coverage/read-coverage', find: "return isRoot ? 'missing' : 'partition'", replace: "return isRoot ? 'missing' : undefined", seenBy: 3 },
      ],
    },
    {
      what: 'Replication, restores, rewrites of a table, and what is attached or detached fire nothing.',
      does: 'It is said where; triggers may be made to fire always; event triggers tell of DDL.',
      proofs: [
        { test: 'emit/trigger/matrix', title: 'Replication and what rewrites a table', from: 'emit/trigger/matrix/sessions.ts' },
        { test: 'emit/trigger/matrix', title: 'DDL, where the rules say `ddl: watch`', from: 'emit/trigger/matrix/ddl.ts' },
      ],
      breaks: [{ file: 'emit/ddl/ddl-object', find: "tags: ['ALTER TABLE', 'CREATE TABLE']", replace: "tags: ['CREATE TABLE']", seenBy: 1 }],
    },
    {
      what: 'A trigger that looks something up in another table misses what another transaction is just changing there.',
      does: 'A trigger reads no table. It sends what the path begins with; readers look the rest up once the change can be seen.',
      proofs: [
        { test: 'engine/links', title: 'a trigger that looks up by itself leaves the new user with an old value', mutant: true },
        { test: 'helpers/lookup-trigger', title: 'links find the user that a look-up misses', mutant: true },
        { test: 'emit/links.property', title: 'whatever is joined otherwise after a transaction, its keys are told' },
      ],
    },
    {
      what: 'A trigger runs with the rights and the path of the writer, makes SQL of values, or raises.',
      does: 'SECURITY DEFINER with a fixed path, every name qualified. A condition that raises makes the cache wrong as a whole, in a block that writes nothing; a renamed column does too.',
      proofs: [
        { test: 'emit/migration', title: 'the functions run with the rights of their owner and a path that nobody can change' },
        { test: 'emit/trigger/conditions', title: "operators, functions, types and tables of the writer's own do not get into the triggers" },
        { test: 'emit/trigger/conditions', title: 'a column renamed, dropped or retyped in a running session breaks no write' },
        { test: 'emit/outbox', title: 'a message is written outside of any block that catches errors' },
        { test: 'database/roles', title: 'owner, writer and reader do with the rights that are documented, and no superuser' },
      ],
      breaks: [
        { file: 'emit/describe-installed', find: 'SECURITY DEFINER SET search_path = pg_catalog, pg_temp', replace: 'SECURITY DEFINER' },
        { file: 'emit/trigger/trigger-body', find: '      EXCEPTION WHEN OTHERS THEN\n        IF NOT', replace: '      EXCEPTION WHEN TOO_MANY_ROWS OR NO_DATA_FOUND THEN\n        IF NOT', seenBy: 2 },
      ],
    },
    {
      what: 'A deploy that makes triggers anew locks tables that everybody writes to.',
      does: 'A change of behaviour replaces functions and locks no table; applying what is applied touches nothing; waits for locks are bounded.',
      proofs: [
        { test: 'database/locks', title: 'a migration that ${does} locks ${locks.join(' },
        { test: 'emit/walk.property', title: 'a change of what a table is watched for takes no lock on any table of the user' },
        { test: 'database/apply', title: 'a lock that is not free in time gives up, says so, and leaves nothing' },
        { test: 'database/apply', title: 'applying what is applied waits for no lock' },
      ],
      breaks: [
        { file: 'emit/render-step', find: 'return sql`CREATE OR REPLACE ${defineFunction(object)}`', replace: 'return sql`CREATE OR REPLACE ${defineFunction(object)}\nCREATE OR REPLACE ${defineTrigger(object)}`', seenBy: 1 },
      ],
    },
    {
      what: 'A version in a comment tells what was meant to be installed, not what runs.',
      does: '`status` and the runtime compare bodies, settings, owners and whether triggers are enabled, as they are.',
      proofs: [
        { test: 'database/status', title: 'a body does nothing' },
        { test: 'database/status', title: 'a trigger is disabled' },
      ],
      breaks: [{ file: 'database/status/compare-functions', find: "differ('body', actual.body !== expected.body,", replace: "differ('body', actual.comment !== expected.comment," }],
    },
    {
      what: 'Rules name a column or table that no trigger can see: virtual columns, foreign tables, views.',
      does: 'They are refused when rules are compiled, with a reason and a way out.',
      proofs: [
        { test: 'catalog/refusals', title: 'tables that cannot be watched are refused, with a reason and a way out' },
        { test: 'catalog/refusals', title: 'columns that are no params are refused, and watched all the same where that works' },
      ],
      breaks: [
        { file: 'catalog/refusals', find: "case 'foreign-table':\n", replace: "case 'foreign-table':\n      break\n" },
        { file: 'catalog/refusals', find: "column.generated === 'virtual'", replace: "column.generated === 'stored'", seenBy: 1 },
      ],
    },
    {
      what: 'A statement of many rows sends as many messages, takes many times as long, or fails.',
      does: 'One message, each key once; past a thousand keys the cache as a whole.',
      proofs: [
        { test: 'emit/trigger/values', title: 'more keys than `max-keys` make the whole cache wrong, as many do not' },
        { test: 'emit/trigger/statements', title: 'an insert of several rows sends each key once' },
        { test: 'emit/trigger/matrix', title: 'Statements', from: 'emit/trigger/matrix/statements.ts' },
      ],
      breaks: [
        { file: 'emit/trigger/target', find: '> ${integer(maxKeys)} THEN', replace: '> ${integer(maxKeys * 99)} THEN' },
        { file: 'emit/trigger/target', find: 'distinct ? sql` DISTINCT ${list}`', replace: 'distinct ? sql` ${list}`', seenBy: 1 },
      ],
    },
    {
      what: 'A plan that was made for one row is used for ten thousand, in the same session.',
      does: 'Rows of before and after are joined in a way for which there is no nested loop.',
      proofs: [{ test: 'emit/trigger/pairing', title: 'a session that has updated single rows does not plan badly for ten thousand' }],
      breaks: [{ file: 'emit/trigger/update-body', find: 'FULL JOIN (', replace: 'JOIN (' }],
    },
    {
      what: 'A writer that fired the old trigger commits after the new rules are trusted; or a runtime believes in triggers that are not installed.',
      does: 'A runtime looks at what is installed, and trusts new triggers once the transactions that wrote to the table before have ended.',
      proofs: [
        { test: 'coverage/settling', title: 'a judge that trusts a new plan at once serves an old value', mutant: true },
        { test: 'coverage/settling', title: 'a judge that waits for transactions older than the deploy serves an old value', mutant: true },
        { test: 'engine/deploy', title: 'an instance that is not told of the new plan serves an old value', mutant: true },
        { test: 'engine/engine', title: 'at the start is not trusted, and others are' },
      ],
    },
  ],
} // prettier-ignore
