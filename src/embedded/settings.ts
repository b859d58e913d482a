import { StalemateError } from '../errors.ts'

/**
 * Settings of a server whose data is thrown away: no write waits for the disk, and everything that tests and
 * demos of invalidation need (logical decoding, prepared transactions, many connections) is there.
 *
 * `synchronous_commit` stays on: off, it delays every logical feed by `wal_writer_delay`.
 */
const defaults: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'on',
  full_page_writes: 'off',
  wal_level: 'logical',
  max_connections: '200',
  max_prepared_transactions: '20',
  max_wal_senders: '40',
  max_replication_slots: '40',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

/**
 * Refuses what would be more than one line of `postgresql.conf`.
 *
 * @throws {StalemateError} `option-invalid`.
 */
export function checkSettings(settings: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(settings)) {
    if (!/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)*$/.test(name)) {
      throw new StalemateError(
        'option-invalid',
        `Expected the name of a setting, got ${JSON.stringify(name)}.`,
        { hint: 'Names of settings look like `work_mem` or `extension.setting`.' },
      )
    }
    if (/[\0\r\n]/.test(value)) {
      throw new StalemateError(
        'option-invalid',
        `Expected one line for setting ${name}, got ${JSON.stringify(value)}.`,
      )
    }
  }
}

/** A backslash starts an escape inside the quotes of `postgresql.conf`. */
function quoteValue(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

/** Renders `postgresql.conf`: the defaults, then checked settings, then where the server listens. */
export function renderSettings(
  settings: Readonly<Record<string, string>>,
  port: number,
  socketDir: string,
): string {
  const all = {
    ...defaults,
    ...settings,
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: socketDir,
  }
  return Object.entries(all)
    .map(([name, value]) => `${name} = ${quoteValue(value)}\n`)
    .join('')
}
