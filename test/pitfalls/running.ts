import type { Chapter } from './pitfalls.ts'

const KERNEL = { test: 'simulation/mutants', from: 'simulation/mutants.ts', mutant: true } as const
const TIERED = { test: 'simulation/mutants', from: 'simulation/tier-mutants.ts', mutant: true } as const
const WORK = { test: 'refresh/mutants', from: 'refresh/mutants.ts', mutant: true } as const
const CALLS = { test: 'refresh/mutants', from: 'invalidate/mutants.ts', mutant: true } as const
const CONTRACT = { test: 'feed/contract', from: 'contract/feed.ts' } as const

/** What goes on in a process of the application. */
export const CACHE: Chapter = {
  title: 'Loads, invalidations and the cache',
  pitfalls: [
    {
      what: 'A load that read the row of before ends after the invalidation, and what it stores stays until its TTL.',
      does: 'An invalidation covers the loads under way, of readers, reloads and warming alike: their callers get the value, nothing is stored, and nobody joins them.',
      proofs: [
        { ...KERNEL, title: 'a covered load is stored' },
        { ...KERNEL, title: 'a covered load is joined' },
        { ...KERNEL, title: 'what is warmed or reloaded is not shared with readers' },
        { ...WORK, title: 'a load under way of a wrong entry is not covered' },
        { ...TIERED, title: 'a promotion that an invalidation overtook is stored' },
        { test: 'soak/mutants', title: 'a load that an invalidation overtook is stored', from: 'soak/mutants.ts', mutant: true },
      ],
    },
    {
      what: 'The same across instances: one loads, another invalidates, a third one finds the old value in the tier that all share.',
      does: 'A tier is filled only with a lease that was got before the load; an invalidation takes leases back.',
      proofs: [
        { ...TIERED, title: 'a tier is filled with a lease that was got after the value' },
        { ...TIERED, title: 'a tier is asked that has not given up what was made wrong' },
      ],
    },
    {
      what: 'A value is loaded from a replica that has not replayed what was invalidated.',
      does: 'It is stored only if the replica had replayed past the last change that was applied, else handed out and forgotten.',
      proofs: [
        { test: 'replica/replica', title: 'the mutant: a loader over a replica that does not say so leaves an old value in the cache', mutant: true },
        { test: 'replica/replica', title: 'what a replica gave is stored only when it has replayed past the last applied change' },
      ],
    },
    {
      what: 'Loads of one key are shared only by those who came over the same object, or only as long as they succeed.',
      does: 'One load for a key and cache, whoever asks; an error is shared as well.',
      proofs: [
        { ...KERNEL, title: 'loads are not shared' },
        { test: 'cache/cache', title: 'a hundred readers share one error, and the next read tries again' },
      ],
    },
    {
      what: 'An invalidation by tag or pattern goes through all keys.',
      does: 'A pattern is a binding of params, by an index that is kept for it; the group is marked, and its members are looked at by whoever meets them.',
      proofs: [{ test: 'cache/scans', title: 'costs as much with 100,000 entries as with a hundred' }],
      breaks: [
        { file: 'cache/group', find: 'group.dead = death\n    this.#groups.delete(id)', replace: 'group.dead = death\n    for (let left = group.members; left > 0; left -= 1) this.#groups.delete(id)' },
      ],
    },
    {
      what: 'A call reports that it has deleted something which a further tier still holds.',
      does: 'A call resolves when every tier has given it up. A tier that refuses is asked again, owes it meanwhile, and is asked for nothing.',
      proofs: [
        { ...CALLS, title: 'a tier that refused counts as told' },
        { ...CALLS, title: 'what a tier refused is forgotten' },
        { ...CALLS, title: 'a tier that owes is clean' },
      ],
    },
    {
      what: 'What was filled together ends together; or there is no end, should everything else fail.',
      does: 'Every entry has a TTL, drawn up to a tenth shorter.',
      proofs: [
        { ...KERNEL, title: 'a value is served past its time' },
        { test: 'cache/cache', title: 'jitter shortens the time to live, so that entries filled together do not expire together' },
      ],
      breaks: [{ file: 'cache/fill-entry', find: '(1 - jitter * random())', replace: '(1 - 0 * jitter * random())', seenBy: 1 }],
    },
    {
      what: 'Reloads and warming take the database from the readers.',
      does: 'They share one budget with the loads of readers, and give way to them.',
      proofs: [
        { ...WORK, title: 'tasks under way have no limit' },
        { ...WORK, title: 'the background does not give way to readers' },
        { ...WORK, title: 'the queue has no limit' },
      ],
    },
  ],
} // prettier-ignore

/** How changes come. */
export const FEED: Chapter = {
  title: 'The feed',
  pitfalls: [
    {
      what: 'A change that is decoded from the WAL arrives before its transaction can be seen; what is loaded then is old.',
      does: 'It is held back until a snapshot of the primary shows its transaction.',
      proofs: [
        { test: 'fault/wal-visibility', title: 'a feed that does not wait until a change can be seen is caught', mutant: true },
        { test: 'fault/wal-visibility', title: 'a feed that starts where its slot starts is caught', mutant: true },
        { test: 'soak/mutants', title: 'a message of the log is applied before its transaction can be seen', from: 'soak/mutants.ts', mutant: true },
      ],
    },
    {
      what: 'Commits that notify wait for one another, on the whole server.',
      does: 'An outbox is the default, and notifies only where a reader sleeps. A statement that changes nothing says nothing.',
      proofs: [
        { test: 'emit/outbox', title: 'a write puts one row into the outbox, and sends nothing' },
        { test: 'emit/trigger/statements', title: 'statements that touch no row send nothing' },
      ],
      breaks: [{ file: 'emit/outbox/send-function', find: '<> 0 THEN\n        IF ${state} >> ${integer(BELL_BITS)} > extract(epoch FROM clock_timestamp()) THEN', replace: '>= 0 OR true THEN\n        IF true THEN' }],
    },
    {
      what: 'A notification of 8,000 bytes fails the statement of the user.',
      does: 'Messages are packed to 7,900 bytes, counted as bytes; a key that fits none makes its cache wrong as a whole.',
      proofs: [
        { test: 'emit/trigger/values', title: 'a message has less than 7,900 bytes, however many keys of however many bytes there are' },
        { test: 'emit/trigger/values', title: 'payloads of every size near the limit are sent' },
      ],
      breaks: [
        { file: 'emit/emit-function', find: 'const MAX_BYTES = 7900', replace: 'const MAX_BYTES = 8100', seenBy: 1 },
        { file: 'emit/emit-function', find: 'IF octet_length(targets) < room THEN', replace: 'IF length(targets) < room THEN', seenBy: 1 },
      ],
    },
    {
      what: 'A transaction that notifies cannot be prepared.',
      does: 'An outbox does not ring where the server allows prepared transactions: its readers look instead. `doctor` warns of `notify`.',
      proofs: [
        { test: 'feed/doze', title: 'where transactions may be prepared a reader does not arm the bell, which would make that fail' },
        { ...CONTRACT, title: 'a prepared transaction is heard when it commits, and holds up nothing before' },
      ],
      breaks: [{ file: 'feed/outbox-queries', find: `'max_prepared_transactions') = '0' AS may_ring`, replace: `'max_prepared_transactions') <> '' AS may_ring` }],
    },
    {
      what: 'What is notified while the listener is away is lost, without an error.',
      does: 'The connection of after it replays, or is a gap that drops what was held; what is held is distrusted from the last proof of life.',
      proofs: [
        { test: 'feed/loss-mutants', title: 'is caught', mutant: true },
        { test: 'soak/mutants', title: 'what was held before a gap is believed after it', from: 'soak/mutants.ts', mutant: true },
        { ...CONTRACT, title: 'what was committed while the connection was lost is handed over or covered by a gap, before it is alive again' },
      ],
    },
    {
      what: 'A connection whose other side is gone looks alive for days.',
      does: 'A heartbeat goes the way of the changes, and the socket is destroyed when it does not come back. Keep-alive is on.',
      proofs: [
        { test: 'soak/mutants', title: 'what is held is believed until the connection says that it is dead', from: 'soak/mutants.ts', mutant: true },
        { test: 'feed/notify', title: 'a heartbeat that does not come back destroys the socket, and the way back starts with a gap' },
        { test: 'feed/open-client', title: 'the socket of a feed is probed while it is idle' },
      ],
      breaks: [{ file: 'feed/open-client', find: '  socket.setKeepAlive(true, 10_000)\n', replace: '', seenBy: 2 }],
    },
    {
      what: 'Behind a pooler in transaction mode LISTEN succeeds, and nothing is heard.',
      does: 'A feed makes sure that it has a server process of its own, and that it listens, and names the pooler otherwise.',
      proofs: [
        { test: 'feed/pooler', title: 'notify behind a pooler in transaction mode is never live, and says what to do' },
        { test: 'feed/notify', title: 'a session that does not really listen is given up, with the pooler named' },
      ],
      breaks: [{ file: 'feed/listen-session', find: 'if (channels.some((channel) => !heard.has(channel))) {', replace: 'if (channels.length < heard.size - 99) {', seenBy: 1 }],
    },
    {
      what: 'Something is called ready as soon as it is connected.',
      does: 'It is ready when a canary has come the whole way of a change.',
      proofs: [{ test: 'feed/notify', title: 'it listens, names the gap, and is alive only when the canary is back' }],
      breaks: [{ file: 'feed/notify', find: 'await life.within(canary).catch(explainSilence)', replace: 'void life.within(canary).catch(explainSilence)' }],
    },
    {
      what: 'A session that listens and stays in a transaction fills the queue of the server, until commits fail.',
      does: 'The listening session never opens one. How full the queue is comes with each heartbeat.',
      proofs: [
        { test: 'feed/notify-queue', title: 'the listening session never has a transaction open' },
        { test: 'feed/notify-queue', title: 'a queue of notifications that fills is told before commits fail' },
      ],
      breaks: [{ file: 'feed/listen-session', find: "'SELECT pg_catalog.pg_listening_channels() AS channel'", replace: "'BEGIN; COMMIT AND CHAIN; SELECT 1').then(() => session.query('SELECT pg_catalog.pg_listening_channels() AS channel')" }],
    },
    {
      what: 'A reader that asks for what is above the last id loses what commits late; one that waits for the oldest transaction stalls.',
      does: 'It asks for the difference of two snapshots.',
      proofs: [
        { test: 'feed/mutants', title: 'a reader that asks for ids above the last one', mutant: true },
        { test: 'feed/mutants', title: 'a reader that forgets the transactions that were running', mutant: true },
        { test: 'feed/mutants', title: 'a reader that takes its snapshot in a statement of its own', mutant: true },
      ],
    },
    {
      what: 'Writers meet in a row that all of them update, or what was read is deleted row by row.',
      does: 'Writers only insert. Of three tables those are truncated that every reader has, without waiting for a lock.',
      proofs: [
        { test: 'emit/outbox', title: 'writers of one key do not wait for one another' },
        { test: 'fault/outbox', title: 'a table with a writer in it is left alone, and nobody waits' },
      ],
      breaks: [
        { file: 'emit/outbox/send-function', find: '    BEGIN\n      ${joinSql(inserts', replace: '    BEGIN\n      PERFORM pg_advisory_xact_lock(1);\n      ${joinSql(inserts' },
        { file: 'emit/outbox/trim-function', find: 'IN ACCESS EXCLUSIVE MODE NOWAIT', replace: 'IN ACCESS EXCLUSIVE MODE', seenBy: 1 },
      ],
    },
    {
      what: 'A replication slot keeps WAL for a reader that is gone, and making one waits for every writer.',
      does: 'Slots are temporary. The wait for a slot is bounded, and names the transaction that it waited for; a slot that lost WAL is a gap.',
      proofs: [
        { test: 'fault/wal', title: 'a long transaction holds up the start, is named, and does not once it has ended' },
        { test: 'feed/wal-contract', title: 'after it was closed it tells nothing, refuses barriers and leaves no session', from: 'contract/feed.ts' },
        { test: 'fault/wal', title: 'a slot that would keep more WAL than it may is lost, and named so' },
        { test: 'feed/wal-slots', title: 'a slot goes with its connection' },
      ],
      breaks: [{ file: 'feed/wal-slot', find: 'TEMPORARY LOGICAL', replace: 'LOGICAL', seenBy: 3 }],
    },
    {
      what: 'The server is told that a change was received, before it was applied.',
      does: 'It is told the end of what was applied in every tier, and of what is not ours when there is nothing else.',
      proofs: [
        { test: 'fault/wal', title: 'a feed that confirms what it has received is caught', mutant: true },
        { test: 'fault/wal', title: 'what has not been applied is not confirmed to the server' },
        { test: 'fault/wal', title: 'what others write is confirmed although nothing of it is for us' },
      ],
    },
    {
      what: 'A fail-over or a restore takes the data back in time.',
      does: 'Another system identifier or timeline, or a snapshot ahead of the server, is a gap.',
      proofs: [
        { test: 'feed/outbox-arrival', title: 'another timeline is a gap' },
        { test: 'feed/outbox-arrival', title: 'data that have moved back in time are a gap' },
        { ...CONTRACT, title: 'another server in the place of the first is a gap, whatever it remembers' },
      ],
      breaks: [
        { file: 'feed/outbox', find: ' || server.timeline !== timeline', replace: '' },
        { file: 'feed/outbox', find: ' || isAhead', replace: '', seenBy: 1 },
        { file: 'feed/server', find: 'before.identifier !== now.identifier || ', replace: '', seenBy: 2 },
      ],
    },
    {
      what: 'Anybody who may connect may send messages; and one of ours that cannot be read hides what is lost.',
      does: 'A message has a version and a bound, is never executed, and makes misses at worst. One that cannot be read is a gap, reported once a second.',
      proofs: [
        { test: 'engine/engine', title: 'a message that does not decode gives everything up, and the runtime stays live' },
        { test: 'gaps', title: 'a flood of messages that can not be read raises the epoch each time, and is reported once a second' },
        { test: 'wire/decode', title: 'is refused, not guessed at' },
      ],
      breaks: [
        { file: 'feed/notify', find: "if (isOurs) this.#life.sink?.gap('undecodable', error)", replace: 'void [error, isOurs]' },
        { file: 'wire/decode', find: "if (message['v'] !== WIRE_VERSION) fail(", replace: "if (message['v'] === undefined) fail(", seenBy: 2 },
      ],
    },
    {
      what: 'A walsender that its reader does not answer stalls for up to 15 seconds.',
      does: 'The reader says how far it is every 100 ms, and after each commit, once in 5 ms at most.',
      proofs: [
        { test: 'fault/wal', title: 'with fsync on, as in earnest, every commit arrives without a stall' },
        { test: 'feed/wal-slots', title: 'the server hears how far a reader is while nothing happens' },
        { test: 'doctor/doctor', title: 'a role that may not replicate, and settings of the server that the WAL feed does not like' },
      ],
      breaks: [{ file: 'feed/wal-reader', find: 'this.#cancelStatus = after(STATUS_INTERVAL, () => this.#keepConfirming())', replace: 'void STATUS_INTERVAL', seenBy: 1 }],
    },
    {
      what: 'A writer does not see that a reader has just gone to sleep; one reader switches off the bell of another; what commits between two looks is missed.',
      does: 'The bell is a sequence, whose state every snapshot sees, with a flag for each reader; who has armed it stays awake until the transactions of that time have ended.',
      proofs: [
        { test: 'feed/doorbell', title: 'a reader that sleeps at once is caught', mutant: true },
        { test: 'feed/doorbell', title: 'a reader that goes by the first snapshot without an id of its own is caught', mutant: true },
        { test: 'feed/doorbell', title: 'a writer whose snapshot is older than the sleep wakes the reader' },
        { test: 'feed/doorbell', title: 'each reader has a flag of its own' },
      ],
    },
    {
      what: 'A look at the outbox costs as much as there is in it, or as long as the oldest writer takes.',
      does: 'Two scans of an index on the transaction: what began since, and what ran then.',
      proofs: [{ test: 'feed/outbox-arrival', title: 'a look goes over the indexes alone, in one process, however large the outbox is' }],
      breaks: [{ file: 'feed/outbox-queries', find: "'xid >= pg_catalog.pg_snapshot_xmax($2::pg_catalog.pg_snapshot)',", replace: "'NOT pg_catalog.pg_visible_in_snapshot(xid, $2::pg_catalog.pg_snapshot)'," }],
    },
    {
      what: 'A crash empties an unlogged table, and nobody says so.',
      does: 'What readers remember stands in such a table on purpose: who misses its row after a crash knows of a gap.',
      proofs: [
        { test: 'fault/outbox', title: 'a crash of the server is a gap' },
        { test: 'database/status', title: 'the readers would survive a crash' },
      ],
      breaks: [{ file: 'emit/outbox/objects', find: 'CREATE UNLOGGED TABLE IF NOT EXISTS ${readers}', replace: 'CREATE TABLE IF NOT EXISTS ${readers}' }],
    },
  ],
} // prettier-ignore
