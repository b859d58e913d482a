import type { ExecutionContext } from 'ava'
import { type Browser, chromium, type Page } from 'playwright-core'
import { waitFor } from '../../helpers/wait.ts'
import { findChromium } from './find-chromium.ts'

export type Look = { readonly width: number; readonly scheme: 'light' | 'dark' }

export type OpenPage = {
  readonly browser: Browser
  readonly page: Page
  /** What the page complained of: errors and warnings in its console, and answers and scripts that failed. */
  readonly complaints: readonly string[]
  /** What an expression gives in the page. */
  readonly evaluate: <T>(expression: string) => Promise<T>
}

/** Milliseconds that anything in a browser may take. */
const PATIENCE = 60_000

const ARGUMENTS = [
  // One process: others would need more of the kernel than a container allows.
  '--single-process',
  '--no-sandbox',
  '--no-zygote',
  '--in-process-gpu',
  '--disable-gpu',
  '--disable-features=IsolateOrigins,site-per-process,AudioServiceOutOfProcess',
  '--font-render-hinting=none',
  '--lang=en-US',
  '--hide-scrollbars',
]

/** Opens an address in a browser of its own, which is closed when the test ends: it bears one page in its life. */
export async function openPage(
  t: ExecutionContext,
  url: string,
  { width, scheme }: Look = { width: 1280, scheme: 'light' },
): Promise<OpenPage> {
  const { executablePath, env } = await findChromium()
  const browser = await chromium.launch({
    executablePath,
    env: { ...env },
    args: ARGUMENTS,
    timeout: PATIENCE,
  })
  // What is not closed by then ends with this process.
  t.teardown(() => waitFor(browser.close(), 'the browser to end', 10_000).catch(() => {}))
  const page = await waitFor(
    browser.newPage({
      viewport: { width, height: width < 640 ? 860 : 900 },
      colorScheme: scheme,
      reducedMotion: 'reduce',
      locale: 'en-US',
    }),
    'a page',
    PATIENCE,
  )
  page.setDefaultTimeout(PATIENCE)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`)
  })
  await page.goto(url, { waitUntil: 'domcontentloaded' })
  return {
    browser,
    page,
    complaints,
    evaluate: async <T>(expression: string) =>
      await waitFor(page.evaluate<T>(expression), expression.slice(0, 60), PATIENCE),
  }
}
