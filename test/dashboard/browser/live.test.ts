import test from 'ava'
import { createLively } from './lively.ts'
import { openPage } from './open-page.ts'
import { serve, type ServeOptions } from './serve.ts'

test.serial(
  'a page whose server is gone says so, and goes on with the next one, rules and all',
  async (t) => {
    const first = await serve(t, createLively().dashboard)
    const { page } = await openPage(t, first.url)
    const status = page.locator('#status')
    await status.filter({ hasText: /^live$/ }).waitFor()
    t.is(await page.locator('nav a').count(), 7)
    await first.stop()
    await status.filter({ hasText: 'lost its server' }).waitFor()

    const next = createLively({ databaseOnly: true })
    await serve(t, next.dashboard, { port: first.port })
    await status.filter({ hasText: /^live$/ }).waitFor()
    // It is another server, which shows less.
    await page.locator('#notice').filter({ hasText: 'the database’s side' }).waitFor()
    t.is(await page.locator('nav a').count(), 4)
    const changes = page.locator('.tile', { hasText: 'Changes' }).locator('dd')
    const before = await changes.textContent()
    next.change('users', 'overview')
    next.clock.advance(1_000)
    await changes.filter({ hasNotText: before ?? '' }).waitFor()
  },
)

test.serial('a server that refuses the stream for a while is asked again', async (t) => {
  const { dashboard, clock } = createLively()
  let refused = 0
  const answer: ServeOptions['answer'] = (request, response) => {
    if (request.url !== '/api/events' || refused > 0) return false
    refused += 1
    response.writeHead(503).end()
    return true
  }
  const { page } = await openPage(t, (await serve(t, dashboard, { answer })).url)
  await page.locator('#status.live').waitFor()
  clock.advance(1_000)
  t.is(refused, 1)
})
