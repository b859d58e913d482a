import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Dashboard } from '../../../src/dashboard/create-dashboard.ts'
import type { Test } from '../../helpers/test.ts'

/** Serves a dashboard on this machine until the test ends; returns its address. */
export async function serve(t: Test, dashboard: Dashboard, port = 0): Promise<string> {
  const server = createServer((request, response) => void dashboard.node(request, response))
  t.teardown(() => {
    dashboard.close()
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
