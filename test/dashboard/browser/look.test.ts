import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import test from 'ava'
import { ROOT } from '../../helpers/root.ts'
import { USER } from '../fake-app.ts'
import { createLively } from './lively.ts'
import { openPage, type Look } from './open-page.ts'
import { serve } from './serve.ts'

/** To be looked at by people; not part of the repository. */
const SCREENSHOTS = join(ROOT, '.cache', 'screenshots')
const VIEWS = ['overview', 'changes', 'rules', 'entries', 'warming', 'work', 'actions'] as const

const LOOKS: readonly Look[] = [
  { width: 1280, scheme: 'light' },
  { width: 1280, scheme: 'dark' },
  { width: 400, scheme: 'light' },
  { width: 400, scheme: 'dark' },
]

type Violation = {
  readonly id: string
  readonly help: string
  readonly nodes: readonly { readonly html: string }[]
}

for (const look of LOOKS) {
  const name = `${look.width}-${look.scheme}`
  test.serial(`every view at ${name} fits, is accessible, and complains of nothing`, async (t) => {
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    await mkdir(SCREENSHOTS, { recursive: true })
    const { dashboard, clock } = createLively({ token: '0123456789abcdef' })
    const { page, complaints, evaluate } = await openPage(t, (await serve(t, dashboard)).url, look)
    await evaluate(`${axe}; undefined`)
    for (const view of VIEWS) {
      await page.locator(`nav a[href="#${view}"]`).click()
      await page.locator(`.view.${view}`).waitFor()
      clock.advance(1_000)
      if (view === 'rules') {
        await page.locator('.node.table').first().click()
        await page.locator('.panel details').first().waitFor()
      }
      if (view === 'entries') {
        await page.getByLabel('Search').fill(`${USER.slice(0, -2)}1`)
        await page.getByText('50 entries.').waitFor()
        await page.locator('button.small').first().click()
        await page.locator('.facts').waitFor()
      }
      if (view === 'changes') await page.getByLabel('Filter').fill('leads')
      if (view === 'changes') await page.locator('tbody code', { hasText: 'leads.yaml' }).first().waitFor()
      if (view === 'overview') await page.locator('.legend b').first().waitFor()
      await page.screenshot({ path: join(SCREENSHOTS, `${view}-${name}.png`), fullPage: true })
      const wide = await evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      t.is(wide, 0, `${view} scrolls sideways`)
      const found = await evaluate<readonly Violation[]>(
        `axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)`,
      )
      t.deepEqual(
        found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`),
        [],
        view,
      )
    }
    t.deepEqual(complaints, [])
  })
}
