import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Dashboard } from '../../../src/dashboard/create-dashboard.ts'
import type { Test } from '../../helpers/test.ts'

export type Served = { readonly url: string; readonly port: number; readonly stop: () => Promise<void> }

export type ServeOptions = {
  readonly port?: number
  /** Answers in the dashboard's place, or not. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean
}

/** Serves a dashboard on this machine until the test ends, or it is stopped. */
export async function serve(
  t: Test,
  dashboard: Dashboard,
  { port = 0, answer = () => false }: ServeOptions = {},
): Promise<Served> {
  const server = createServer((request, response) => {
    if (!answer(request, response)) void dashboard.node(request, response)
  })
  const stop = async (): Promise<void> => {
    dashboard.close()
    server.closeAllConnections()
    await new Promise<void>((done) => server.close(() => done()))
  }
  t.teardown(stop)
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(port, '127.0.0.1', () => done())
  })
  const own = (server.address() as AddressInfo).port
  return { url: `http://127.0.0.1:${own}/`, port: own, stop }
}
