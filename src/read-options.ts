import { StalemateError } from './errors.ts'
import { REFRESH_DEFAULTS, type RefreshOptions, RUNTIME_DEFAULTS, type RuntimeOptions } from './options.ts'

/**
 * The options that were given, and the defaults of those that were not.
 *
 * @throws StalemateError `option-invalid`
 */
export function readOptions(options: Partial<RuntimeOptions>): RuntimeOptions {
  const settings = readNumbers(options, RUNTIME_DEFAULTS, '')
  if (settings.heartbeatInterval + settings.heartbeatTimeout > settings.maxSilence) {
    throw new StalemateError(
      'option-invalid',
      `maxSilence (${settings.maxSilence} ms) is shorter than heartbeatInterval and heartbeatTimeout together.`,
      { hint: 'Raise maxSilence, or shorten heartbeatInterval and heartbeatTimeout.' },
    )
  }
  if (settings.heartbeatInterval + settings.heartbeatTimeout > settings.retention) {
    throw new StalemateError(
      'option-invalid',
      `retention (${settings.retention} ms) is shorter than heartbeatInterval and heartbeatTimeout together.`,
      { hint: 'Raise retention, or shorten heartbeatInterval and heartbeatTimeout.' },
    )
  }
  return settings
}

/**
 * The options of work in the background, given as `refresh`.
 *
 * @throws StalemateError `option-invalid`
 */
export function readRefreshOptions(options: Partial<RefreshOptions> | undefined): RefreshOptions {
  if (options !== undefined && (typeof options !== 'object' || options === null)) {
    throw new StalemateError('option-invalid', `Expected refresh to be an object, got ${String(options)}.`)
  }
  const settings = readNumbers(options ?? {}, REFRESH_DEFAULTS, 'refresh.')
  for (const name of ['concurrency', 'queue', 'attempts'] as const) {
    if (Number.isInteger(settings[name])) continue
    throw new StalemateError(
      'option-invalid',
      `Expected refresh.${name} to be a whole number, got ${settings[name]}.`,
    )
  }
  return settings
}

function readNumbers<T extends Readonly<Record<string, number>>>(
  given: Partial<T>,
  defaults: T,
  prefix: string,
): T {
  const settings: Record<string, number> = { ...defaults }
  for (const name of Object.keys(defaults)) {
    const value = given[name] as unknown
    if (value === undefined) continue
    if (typeof value !== 'number' || !(value > 0) || (value > 2 ** 31 - 1 && name !== 'maxMemory')) {
      throw new StalemateError(
        'option-invalid',
        `Expected ${prefix}${name} to be a number above 0, got ${typeof value === 'number' ? value : typeof value}.`,
      )
    }
    settings[name] = value
  }
  return settings as T
}
