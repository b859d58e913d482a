import type { Change, Control, JsonValue } from '../wire/change.ts'

/** Why a stretch of the feed may have been missed. */
export const GAP_CAUSES = [
  /** The feed has just been started: nothing before can be known. */
  'start',
  /** The connection ended or was refused. */
  'disconnect',
  /** No proof of life came in time; the connection was given up. */
  'missed-heartbeat',
  /** A message on our channel could not be read; it may have been an invalidation. */
  'undecodable',
  /** The server has given up the replication slot, as where it would keep more WAL than it may. */
  'slot-lost',
  /** The outbox did not wait for this reader any longer: it had not been heard of for too long. */
  'trimmed',
  /** The server has crashed or was started anew in a way that does not keep what a reader must know. */
  'server-restart',
  /** The server is another one, or its data have moved back in time: fail-over, or a restored backup. */
  'failover',
  /** A trigger was found missing, disabled or replaced; writes to its table may have gone unnoticed. */
  'drift',
  /** An event trigger saw DDL on a watched table, which fires no other trigger. */
  'ddl',
] as const
export type GapCause = (typeof GAP_CAUSES)[number]

/** What a feed tells. All calls are synchronous and in the order of what happened in the database. */
export type FeedSink = {
  /** A committed change, visible to a read that starts now. */
  readonly change: (change: Change) => void
  /** Changes may have been missed: nothing that was held before this call can be believed. */
  readonly gap: (cause: GapCause, error?: unknown) => void
  /**
   * Proof of life: every change that was visible at `since` (milliseconds of the clock) has been handed over.
   * Comes first when the feed becomes live after a gap, and then with each heartbeat.
   */
  readonly alive: (since: number) => void
  /** A control message that is not the feed's own, in order with the changes. */
  readonly control: (message: Control) => void
  /**
   * The feed was lost and is being rebuilt. `alive` follows when it is back: after a `gap`, or after all that
   * happened meanwhile, where the feed can tell.
   */
  readonly down: (error: unknown) => void
  /** How much of the server's queue of notifications is taken, from 0 to 1; when it is full, notifying commits fail. */
  readonly queue: (usage: number) => void
  /** Resolves when every change that was handed over has been applied; `undefined` when all have. */
  readonly settled: () => Promise<void> | undefined
}

/** What brings changes to the runtime. */
export type Feed = {
  /** Starts delivering, and keeps on through every loss of the connection until it is closed. */
  readonly start: (sink: FeedSink) => void
  /**
   * Resolves once every change that was visible at the call has been handed over.
   *
   * @throws StalemateError `feed-silent` when the feed is not live or is lost meanwhile
   */
  readonly barrier: () => Promise<void>
  /**
   * Sends a control message to every runtime of the ruleset, this one included, in order with the changes. Works also
   * while this feed is not live.
   *
   * @returns the message's nonce
   * @throws StalemateError `control-too-long`; or what the connection threw
   */
  readonly send: (control: string, body?: JsonValue) => Promise<string>
  /** Ends the connections. The sink is not called any more. */
  readonly close: () => Promise<void>
}
