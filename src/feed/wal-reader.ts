import { randomBytes } from 'node:crypto'
import type { Clock } from '../options.ts'
import type { ListenSession, OpenSession } from './listen-session.ts'
import { parseSnapshot, type Snapshot } from './snapshot.ts'
import { Visibility } from './visibility.ts'
import type { WalProgress } from './wal-progress.ts'
import { arrive, checkServer, codeOf, explainRefusal, slotLost, type WalServer } from './wal-server.ts'
import { createSlot, refuseWaiting, startCommand } from './wal-slot.ts'
import type { OpenStream, WalMessage, WalStream, WalTransaction } from './wal-stream.ts'
import { silent } from './within.ts'

export type WalReaderSettings = {
  /** The prefix of the messages, and the name of the publication. */
  readonly channel: string
  /** Opens the connection that is asked what can be seen. */
  readonly open: OpenSession
  /** Opens the connection that changes come over. */
  readonly openStream: OpenStream
  readonly clock: Clock
  /** Milliseconds that making a slot may wait for a transaction. */
  readonly slotTimeout: number
  /** Timer of the short pauses between two looks, which only the server can make needless. */
  readonly after: Clock['after']
  readonly createProgress: () => WalProgress
}

export type WalReaderSink = {
  readonly wants: (prefix: string) => boolean
  /** A message that every read that starts now sees the effects of. */
  readonly message: (message: WalMessage) => void
  /** Resolves when every message so far has been applied; `undefined` when all have. */
  readonly settled: () => Promise<void> | undefined
  /** Called once when the reader has ended by itself. */
  readonly lost: (error: Error) => void
}

type Held = WalTransaction & { readonly finish: () => void }

/** Milliseconds between two messages to the server: from version 16 on it can miss that there is something to send. */
const STATUS_INTERVAL = 100
/** Milliseconds from such a message to one that says what has just been applied: each wakes the walsender. */
const CONFIRM_INTERVAL = 20
/** Bytes after which a reader does not rest: three quarters of what a socket gives at once. */
const MUCH = 49_152
/** Milliseconds between two looks at transactions that must end before the stream is whole. */
const ENDING_INTERVAL = 5
/** Milliseconds for which the server may take to hear that nobody waits for a slot any more. */
const LEAVE_TIMEOUT = 1_000

const SNAPSHOT = 'SELECT pg_catalog.pg_current_snapshot()::text AS snapshot'

/** The SQLSTATE of a session that was told to end. */
const TERMINATED = '57P01'

/** Whether the WAL behind a position is more than the server keeps for a slot. */
const KEEPS_TOO_MUCH = `
SELECT setting::bigint >= 0
       AND pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), $1) > setting::bigint * 1048576 AS lost
FROM pg_catalog.pg_settings WHERE name = 'max_slot_wal_keep_size'`

/** One replication connection, from its slot to its end, and the ordinary one beside it. */
export class WalReader {
  readonly #settings: WalReaderSettings
  readonly #sink: WalReaderSink
  readonly #slot = `stalemate_${randomBytes(12).toString('hex')}`
  readonly #progress: WalProgress
  readonly #visibility: Visibility<Held>
  #session: ListenSession | undefined
  #stream: WalStream | undefined
  #hasEnded = false
  /** A walsender that makes a slot: it does not notice that its reader is gone. */
  #busyPid: number | undefined
  #senderTimeout = 0
  #heardAt = 0
  /** Bytes, since the stream was paused last. */
  #read = 0
  #confirmedAt = -Infinity
  #cancelStatus = (): void => {}

  constructor(settings: WalReaderSettings, sink: WalReaderSink) {
    this.#settings = settings
    this.#sink = sink
    this.#progress = settings.createProgress()
    this.#visibility = new Visibility({
      readSnapshot: () => this.#readSnapshot(),
      handOver: (transactions) => this.#handOver(transactions),
      after: settings.after,
      // The stream is read in few large pieces, and whoever sends it wakes nobody.
      hold: () => this.#stream?.pause(),
      release: () => {
        this.#read = 0
        this.#stream?.resume()
      },
      isBehind: () => this.#read >= MUCH,
      now: () => settings.clock.now(),
      failed: (error) => this.#fail(error),
    })
  }

  /**
   * Connects and makes a slot. When it resolves, every transaction that a new read does not see will be streamed.
   *
   * @throws StalemateError `feed-refused`, `connection-failed`; or what the connections threw
   */
  async connect(signal: AbortSignal): Promise<WalServer> {
    const { channel, open, openStream, slotTimeout } = this.#settings
    const lost = (error: unknown): void => this.#fail(error)
    const session = await open({ notification: () => {}, lost }, signal)
    this.#session = session
    await checkServer(session, channel)
    try {
      const stream = await openStream(
        {
          wants: this.#sink.wants,
          heard: (bytes) => {
            this.#heardAt = this.#settings.clock.now()
            this.#read += bytes
          },
          transaction: (transaction) => this.#receive(transaction),
          passed: (end, wantsReply) => {
            this.#progress.pass(end)
            if (wantsReply) this.#confirm(false)
          },
          lost,
        },
        signal,
      )
      this.#stream = stream
      const server = await arrive(stream, session)
      this.#senderTimeout = server.senderTimeout
      this.#busyPid = server.pid
      await createSlot(stream, session, this.#slot, slotTimeout)
      this.#busyPid = undefined
      await this.#awaitEnds(session)
      return server
    } catch (error) {
      throw explainRefusal(error)
    }
  }

  /** Starts the stream. */
  async start(): Promise<void> {
    await this.#stream?.start(startCommand(this.#slot, this.#settings.channel))
    this.#heardAt = this.#settings.clock.now()
    this.#keepConfirming()
  }

  /** Ends both connections. The sink is not called any more. */
  async destroy(): Promise<void> {
    this.#hasEnded = true
    this.#cancelStatus()
    this.#visibility.stop()
    this.#stream?.destroy()
    if (this.#busyPid !== undefined) await this.#endSender(this.#busyPid)
    this.#session?.destroy()
  }

  async #endSender(pid: number): Promise<void> {
    this.#busyPid = undefined
    await this.#ask('SELECT pg_catalog.pg_terminate_backend($1)', [pid])
  }

  /** What the ordinary connection answers, if it does so soon. */
  async #ask(text: string, values: readonly unknown[]): Promise<Record<string, unknown> | undefined> {
    let cancel = (): void => {}
    const late = new Promise<undefined>((resolve) => {
      cancel = this.#settings.after(LEAVE_TIMEOUT, () => resolve(undefined))
    })
    try {
      return (await Promise.race([this.#session?.query(text, values), late]))?.rows[0]
    } catch {
      return undefined
    } finally {
      cancel()
    }
  }

  /**
   * Waits for the transactions that run now. One of them may have written its commit before the slot's position
   * without being visible yet: it will not be streamed, and what is loaded before it is visible must not be believed.
   */
  async #awaitEnds(session: ListenSession): Promise<void> {
    const { clock, after, slotTimeout } = this.#settings
    const since = clock.now()
    // A snapshot does not list those that began after the last one that has ended; so one more ends.
    await session.query('SELECT pg_catalog.pg_current_xact_id()')
    let { running } = await this.#readSnapshot()
    while (running.size > 0) {
      if (clock.now() - since > slotTimeout) throw await refuseWaiting(session, slotTimeout)
      await new Promise<void>((resolve) => after(ENDING_INTERVAL, resolve))
      const now = await this.#readSnapshot()
      running = new Set([...running].filter((xid) => now.running.has(xid)))
    }
  }

  async #readSnapshot(): Promise<Snapshot> {
    const result = await this.#session?.query(SNAPSHOT, undefined, 'stalemate snapshot')
    return parseSnapshot(String(result?.rows[0]?.['snapshot']))
  }

  #receive({ xid, end, messages }: WalTransaction): void {
    this.#visibility.add({ xid, end, messages, finish: this.#progress.begin(end) })
  }

  #handOver(transactions: readonly Held[]): void {
    for (const { messages, finish } of transactions) {
      for (const message of messages) {
        if (this.#hasEnded) return
        this.#sink.message(message)
      }
      const settled = this.#sink.settled()
      if (settled === undefined) finish()
      else void settled.then(finish)
    }
    if (this.#settings.clock.now() - this.#confirmedAt >= CONFIRM_INTERVAL) this.#confirm(false)
  }

  #keepConfirming(): void {
    if (this.#hasEnded) return
    const { clock, after } = this.#settings
    const silence = clock.now() - this.#heardAt
    if (this.#senderTimeout > 0 && silence >= 2 * this.#senderTimeout) {
      this.#fail(silent(`The server has sent nothing for ${silence} ms.`))
      return
    }
    this.#confirm(this.#senderTimeout > 0 && silence >= this.#senderTimeout / 2)
    this.#cancelStatus = after(STATUS_INTERVAL, () => this.#keepConfirming())
  }

  #confirm(wantsReply: boolean): void {
    if (this.#hasEnded) return
    this.#confirmedAt = this.#settings.clock.now()
    this.#stream?.confirm(this.#progress.received, this.#progress.applied, wantsReply)
  }

  #fail(error: unknown): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    const why = error instanceof Error ? error : silent('The feed was lost.')
    if (codeOf(why) === TERMINATED) void this.#explainEnd(why)
    else this.#end(why)
  }

  #end(error: Error): void {
    void this.destroy()
    this.#sink.lost(error)
  }

  /** Who has ended the walsender? The server does when it would keep too much WAL for us. */
  async #explainEnd(error: Error): Promise<void> {
    const kept = await this.#ask(KEEPS_TOO_MUCH, [formatLsn(this.#progress.applied)])
    this.#end(kept?.['lost'] === true ? slotLost(error) : error)
  }
}

/** A position in the WAL as the server writes it. */
function formatLsn(position: bigint): string {
  return `${(position >> 32n).toString(16)}/${(position & 0xffffffffn).toString(16)}`
}
