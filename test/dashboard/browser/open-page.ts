import type { ExecutionContext } from 'ava'
import { chromium, type Page } from 'playwright-core'
import { findChromium } from './find-chromium.ts'

export type Look = { readonly width: number; readonly scheme: 'light' | 'dark' }

export type OpenPage = {
  readonly page: Page
  /** What the page complained of: errors in its console, and answers and scripts that failed. */
  readonly complaints: readonly string[]
}

/** Milliseconds that anything in a browser may take. */
const PATIENCE = 30_000

const ARGUMENTS = [
  // One process: the others need more of the kernel than a container allows.
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
    env,
    args: ARGUMENTS,
    headless: true,
    timeout: PATIENCE,
    // The browser ends with its process, whatever ends it.
    handleSIGINT: true,
  })
  t.teardown(() => browser.close())
  const page = await browser.newPage({
    viewport: { width, height: width < 640 ? 860 : 900 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    locale: 'en-US',
  })
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
  return { page, complaints }
}
