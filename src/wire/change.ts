/**
 * The version of the message that triggers of this version send. A reader accepts this one and the one
 * before, so that writers may run the old triggers while the new ones are being installed.
 */
export const WIRE_VERSION = 1

export const OPERATIONS = ['insert', 'update', 'delete', 'truncate'] as const
export type Operation = (typeof OPERATIONS)[number]

/** Why a change names a whole cache and not single entries. */
export const BROAD_REASONS = [
  /** The table was truncated. */
  'truncate',
  /** More different keys in one statement than `max-keys`. */
  'max-keys',
  /** A key too long for one message. */
  'too-long',
  /** The trigger's condition or a column raised an error. */
  'error',
  /** The rule binds no param. */
  'unbound',
  /** A call of an application asked for it. */
  'requested',
  /** DDL rewrote the table, dropped it, or changed what it is made of. */
  'ddl',
] as const
export type BroadReason = (typeof BROAD_REASONS)[number]

/** What one statement made wrong in one cache. */
export type Target =
  | {
      readonly kind: 'bindings'
      readonly cache: string
      /** Names of the bound params, in the order of `values`. */
      readonly params: readonly string[]
      /** Texts of the params, row after row: its length is a multiple of `params.length`. */
      readonly values: readonly string[]
    }
  | {
      readonly kind: 'links'
      readonly cache: string
      /** The id of the path over which a reader finds the params. */
      readonly path: string
      /** Texts of the columns that the path is sent, row after row. */
      readonly values: readonly string[]
    }
  | { readonly kind: 'all'; readonly cache: string; readonly reason: BroadReason }

/** What names params of a cache, or all of it, without a link. */
export type NamedTarget = Exclude<Target, { readonly kind: 'links' }>

/** A wire message of a trigger: what a committed statement made wrong, and why. */
export type Change = {
  readonly kind: 'change'
  /** The table as the rules name it. */
  readonly table: string
  readonly operation: Operation
  readonly targets: readonly Target[]
}

/** A wire message of a runtime or a command to the runtimes of a ruleset; by itself it makes nothing wrong. */
export type Control = {
  readonly kind: 'control'
  /** `canary` proves the whole way at the start, `heartbeat` later on; a reader ignores what it does not know. */
  readonly control: string
  /** Who may recognise it: a random string. */
  readonly nonce: string
  /** What it says, by the kind of control. Anybody who may notify can send one: read it with validation. */
  readonly body?: JsonValue
}

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** Bytes that a control message may have, so that every feed carries it. */
export const MAX_CONTROL_BYTES = 7_900

export type Message = Change | Control
