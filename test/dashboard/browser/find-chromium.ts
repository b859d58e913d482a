import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../../helpers/root.ts'

/** A browser, and the environment in which it finds its libraries and fonts. */
export type Chromium = {
  readonly executablePath: string
  readonly env: Readonly<Record<string, string>>
}

/** Prints the browser's path once it and everything that it needs is unpacked. */
const UNPACK = `import('@sparticuz/chromium').then(async ({ default: chromium }) => await chromium.executablePath())`

/**
 * The browser inside the package `@sparticuz/chromium`, unpacked once. It brings what a bare machine lacks where it believes
 * itself on one, so it is told that it is. `STALEMATE_CHROMIUM` names another browser, for machines that are not Linux.
 */
export async function findChromium(): Promise<Chromium> {
  const given = process.env['STALEMATE_CHROMIUM']
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
  if (given !== undefined) return { executablePath: given, env }
  const manifest = join(ROOT, 'node_modules/@sparticuz/chromium/package.json')
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string }
  const folder = join(ROOT, '.cache', `chromium-${version}-with-fonts`)
  if (!existsSync(folder)) await unpack(folder, env)
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      ...env,
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_PATH: join(folder, 'fonts'),
    },
  }
}

/** The package's own looks for fonts in /tmp and /opt; without any the browser ends at the first character that it lacks. */
function fontsConf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <cachedir>${join(folder, 'cache')}</cachedir>
</fontconfig>
`
}

/** Under a name of its own first: others may be doing the same. */
async function unpack(folder: string, env: Chromium['env']): Promise<void> {
  await mkdir(join(ROOT, '.cache'), { recursive: true })
  const own = await mkdtemp(`${folder}-`)
  const surroundings = { ...env, TMPDIR: own, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' }
  const settings = { cwd: ROOT, env: surroundings, timeout: 60_000 }
  await promisify(execFile)(process.execPath, ['-e', UNPACK], settings)
  await writeFile(join(own, 'fonts', 'fonts.conf'), fontsConf(join(folder, 'fonts')))
  try {
    await rename(own, folder)
  } catch (error) {
    await rm(own, { recursive: true })
    if (!existsSync(folder)) throw error
  }
}
