import { StalemateError } from './errors.ts'
import { RUNTIME_DEFAULTS, type RuntimeOptions } from './options.ts'

/**
 * The options that were given, and the defaults of those that were not.
 *
 * @throws StalemateError `option-invalid`
 */
export function readOptions(options: Partial<RuntimeOptions>): RuntimeOptions {
  const settings = { ...RUNTIME_DEFAULTS }
  for (const name of Object.keys(RUNTIME_DEFAULTS) as (keyof RuntimeOptions)[]) {
    const value = options[name]
    if (value === undefined) continue
    if (typeof value !== 'number' || !(value > 0) || (value > 2 ** 31 - 1 && name !== 'maxMemory')) {
      throw new StalemateError(
        'option-invalid',
        `Expected ${name} to be a number above 0, got ${String(value)}.`,
      )
    }
    settings[name] = value
  }
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
