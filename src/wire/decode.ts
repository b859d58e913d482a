import { StalemateError } from '../errors.ts'
import {
  BROAD_REASONS,
  type BroadReason,
  type Control,
  type JsonValue,
  MAX_CONTROL_BYTES,
  type Message,
  type NamedTarget,
  OPERATIONS,
  type Operation,
  type Target,
  WIRE_VERSION,
} from './change.ts'

/**
 * Reads a message. Its text is JSON: `{"v":1,"t":table,"o":operation,"d":[target, ...]}` where a target is
 * `[cache, [param, ...], [value, ...]]`, `[cache, {"l":path,"n":values of one link}, [value, ...]]` or `[cache, reason]`; or
 * it is `{"v":1,"c":control,"n":nonce,"b":body}`, the body only where it has one.
 *
 * @throws StalemateError `wire-invalid`: the sender may have said something that is now lost
 */
export function decodeMessage(text: string): Message {
  const message = parseObject(text)
  if (message['v'] !== WIRE_VERSION) fail(`version ${JSON.stringify(message['v'])} is not known here`)
  if ('c' in message) {
    if (Buffer.byteLength(text) >= MAX_CONTROL_BYTES) fail('the control message is too long')
    return decodeControl(message)
  }
  const { t: table, o: operation, d: targets } = message
  if (typeof table !== 'string') fail('the table is no string')
  if (!isOperation(operation)) fail('the operation is not known')
  if (!Array.isArray(targets)) fail('the targets are no list')
  return { kind: 'change', table, operation, targets: targets.map(decodeTarget) }
}

/**
 * The text of a control message. Changes are written by the triggers.
 *
 * @throws StalemateError `control-too-long`
 */
export function encodeControl({ control, nonce, body }: Control): string {
  const text = JSON.stringify({ v: WIRE_VERSION, c: control, n: nonce, b: body })
  const bytes = Buffer.byteLength(text)
  if (bytes >= MAX_CONTROL_BYTES) {
    throw new StalemateError(
      'control-too-long',
      `Expected a control message of less than ${MAX_CONTROL_BYTES} bytes, got ${bytes} for ${control}.`,
      { hint: 'Send several messages, or say less precisely what is meant.' },
    )
  }
  return text
}

/** Targets as JSON, in the form that triggers write. */
export function encodeTargets(targets: readonly NamedTarget[]): readonly JsonValue[] {
  return targets.map((target) =>
    target.kind === 'all'
      ? [target.cache, target.reason]
      : [target.cache, [...target.params], [...target.values]],
  )
}

/** @throws StalemateError `wire-invalid` */
export function decodeTargets(targets: unknown): readonly Target[] {
  if (!Array.isArray(targets)) fail('the targets are no list')
  return targets.map(decodeTarget)
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new StalemateError('wire-invalid', 'A message is not JSON.', { cause })
  }
  if (!isObject(value)) fail('it is no object')
  return value
}

function decodeControl(message: Record<string, unknown>): Control {
  const { c: control, n: nonce, b: body } = message
  if (typeof control !== 'string') fail('the control is no string')
  if (typeof nonce !== 'string') fail('the nonce is no string')
  return { kind: 'control', control, nonce, ...(body === undefined ? {} : { body: body as JsonValue }) }
}

function decodeTarget(target: unknown): Target {
  if (!Array.isArray(target) || typeof target[0] !== 'string') fail('a target names no cache')
  const [cache, params, values] = target as [string, unknown, unknown]
  if (target.length === 2 && isReason(params)) return { kind: 'all', cache, reason: params }
  if (target.length !== 3 || !isTexts(values)) fail('a target is malformed')
  if (isObject(params)) return decodeLinks(cache, params, values)
  if (!isTexts(params)) fail('a target is malformed')
  if (params.length === 0 || values.length % params.length !== 0)
    fail('a target has values that fit no params')
  return { kind: 'bindings', cache, params, values }
}

function decodeLinks(cache: string, link: Record<string, unknown>, values: readonly string[]): Target {
  const { l: path, n: width = 1 } = link
  if (typeof path !== 'string') fail('a link names no path')
  if (typeof width !== 'number' || !Number.isInteger(width) || width < 1 || values.length % width !== 0)
    fail('a target has values that fit no links')
  return { kind: 'links', cache, path, values }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isOperation(value: unknown): value is Operation {
  return OPERATIONS.includes(value as Operation)
}

function isReason(value: unknown): value is BroadReason {
  return BROAD_REASONS.includes(value as BroadReason)
}

function fail(why: string): never {
  throw new StalemateError('wire-invalid', `A message is malformed: ${why}.`)
}
