import test from 'ava'
import { USER } from '../fake-app.ts'
import { createLively } from './lively.ts'
import { openPage } from './open-page.ts'
import { serve } from './serve.ts'

const TOKEN = '0123456789abcdef'

test.serial('what is allowed is done with the token, and only with it', async (t) => {
  const audited: string[] = []
  const audit = ({ action, outcome }: { action: string; outcome: string }): void =>
    void audited.push(`${action} ${outcome}`)
  const { dashboard, invalidated, warmed } = createLively({ token: TOKEN, audit })
  const { page } = await openPage(t, `${(await serve(t, dashboard)).url}#actions`)
  const said = page.locator('.said')

  await page.getByLabel('Token').fill('a guess')
  await page.getByLabel('Cache').selectOption('dashboard')
  await page.getByLabel('user_id').fill(USER)
  await page.getByRole('button', { name: 'Invalidate' }).click()
  await said.filter({ hasText: 'token is missing or wrong' }).waitFor()
  t.deepEqual(invalidated, [])

  await page.getByLabel('Token').fill(TOKEN)
  await page.getByRole('button', { name: 'Invalidate' }).click()
  await said.filter({ hasText: '3 entries of dashboard were dropped here' }).waitFor()
  t.deepEqual(invalidated, [['dashboard', { user_id: USER }]])

  const confirm = page.getByRole('button', { name: 'Confirm the clear' })
  t.true(await confirm.isDisabled())
  await page.getByLabel('Reason').fill('drill')
  await page.getByRole('button', { name: 'Ask for a clear' }).click()
  await said.filter({ hasText: 'nothing has been cleared yet' }).waitFor()
  // Whoever changes what is to be cleared asks anew.
  await page.getByLabel('What').selectOption('report')
  t.true(await confirm.isDisabled())
  await page.getByRole('button', { name: 'Ask for a clear' }).click()
  await page.locator('.danger:not([disabled])').click()
  await said.filter({ hasText: 'the epoch is 7 now' }).waitFor()

  await page.locator('nav a[href="#warming"]').click()
  await page.getByRole('button', { name: 'Run best-agents now' }).click()
  await said.filter({ hasText: 'best-agents is being warmed' }).waitFor()
  t.deepEqual(warmed, ['best-agents'])
  t.deepEqual(audited, [
    'invalidate refused',
    'invalidate done',
    'request-clear done',
    'request-clear done',
    'clear done',
    'warm done',
  ])
})

test.serial('entries are searched and inspected, and changes filtered and held still', async (t) => {
  const { dashboard, clock, change } = createLively()
  const { page, complaints } = await openPage(t, `${(await serve(t, dashboard)).url}#entries`)
  const rows = page.locator('tbody tr')
  await page.getByText('There are more').or(page.getByText('entries.')).first().waitFor()
  await page.getByLabel('Search').fill(`${USER.slice(0, -2)}17`)
  await page.getByText('5 entries.').waitFor()
  await page.locator('#entry-cache').selectOption('dashboard')
  await page.getByText('1 entry.').waitFor()
  t.true((await rows.first().textContent())?.includes('7.0 s'))
  await page.getByText('Inspect one entry').click()
  await page.locator('#inspect-cache').selectOption('dashboard')
  await page.locator('#inspect-user_id').fill(USER)
  await page.locator('form').getByRole('button', { name: 'Inspect' }).click()
  const facts = page.locator('.facts')
  await facts.filter({ hasText: 'absent: a read loads it' }).waitFor()
  t.true((await facts.textContent())?.includes('invalidated by update calls'))

  await page.locator('nav a[href="#changes"]').click()
  // Each with the rule that it followed.
  await page
    .locator('tbody code', { hasText: /calls\.yaml:\d+/ })
    .first()
    .waitFor()
  await page.getByLabel('Filter').fill('user_profile')
  await page.locator('tbody tr', { hasText: 'of calls' }).first().waitFor({ state: 'detached' })
  t.regex((await rows.first().textContent()) ?? '', /update of users/)
  await page.getByLabel('Filter').fill('')
  await page.getByRole('button', { name: 'Pause' }).click()
  const before = await page.locator('tbody').textContent()
  change('users', 'overview')
  clock.advance(1_000)
  await page.getByText(/^0\.0 changes|^\d+\.\d changes/).waitFor()
  t.is(await page.locator('tbody').textContent(), before)
  await page.getByRole('button', { name: 'Go on' }).click()
  await rows.first().filter({ hasText: 'overview ×1' }).waitFor()
  t.deepEqual(complaints, [])
})

test.serial('everything is reached and used by the keyboard alone', async (t) => {
  const { dashboard } = createLively()
  const { page, evaluate } = await openPage(t, (await serve(t, dashboard)).url)
  await page.locator('.view.overview').waitFor()
  const focused = async (): Promise<string> =>
    await evaluate('document.activeElement.getAttribute("href") ?? document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent') // prettier-ignore
  await page.keyboard.press('Tab')
  t.is(await focused(), '#main')
  const seen: string[] = []
  for (let n = 0; n < 3; n += 1) {
    await page.keyboard.press('Tab')
    seen.push(await focused())
  }
  t.deepEqual(seen, ['#overview', '#changes', '#rules'])
  await page.keyboard.press('Enter')
  await page.locator('.view.rules').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  const label = await focused()
  t.regex(label, /^table \w+: show its rules$/)
  await page.keyboard.press('Enter')
  await page.locator('.panel details').first().waitFor()
  t.is(await focused(), `Changes of ${label.split(/[ :]/)[1]}`)
})

test.serial('a toggle of the legend hides a line, and the latest values stand in it', async (t) => {
  const { dashboard } = createLively()
  const { page } = await openPage(t, (await serve(t, dashboard)).url)
  const button = page.locator('.legend button', { hasText: 'agent_leads' }).first()
  await button.filter({ hasText: /\d %/ }).waitFor()
  await button.click()
  t.is(await button.getAttribute('aria-pressed'), 'false')
})
