import { startPostgres } from '../../src/embedded/postgres.ts'

/** A program that starts a server, tells its process id on standard output, and then ends, or stays if told. */
const server = await startPostgres()
process.stdout.write(`${server.pid}\n`)
if (process.argv[2] === 'stay') process.stdin.resume()
