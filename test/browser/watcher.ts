/**
 * Keeps the status page open in Chromium, as an administrator does, and tells what is to be read there: one line of JSON
 * (Reading) at the start and whenever something has changed. Ends with its standard input.
 *
 * Usage: watcher.ts URL
 */
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'

export interface Reading {
  readonly title: string
  /** Group to the node that holds it, as the table has it. */
  readonly holders: Readonly<Record<string, string>>
  /** The line that says that the page is old, or ''. */
  readonly banner: string
  /** How often the page was loaded as a whole. */
  readonly loads: number
  /** What the browser complained of, refused styles and scripts included. */
  readonly complaints: readonly string[]
  /** What it takes to read the page: pixels that stick out of the window, in a wide window and on a telephone. */
  readonly overflowPx: readonly number[]
  /** The same table in a browser without script. */
  readonly plainHolders: Readonly<Record<string, string>>
}

const EVERY_MS = 200

// In words: the browser's own types are not those of the rest of the project.
const HOLDERS = `Object.fromEntries(
  [...document.querySelectorAll('section:first-of-type tbody tr')].map((row) =>
    [...row.children].slice(0, 2).map((cell) => cell.textContent.trim())))`
const OVERFLOW = 'Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)'

const holdersOf = (page: Page): Promise<Record<string, string>> => page.evaluate(HOLDERS)
const overflowOf = (page: Page): Promise<number> => page.evaluate(OVERFLOW)

const url = process.argv[2]
if (url === undefined) {
  console.error('usage: watcher.ts URL')
  process.exit(2)
}
const complaints: string[] = []
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium-headless-shell',
  // The client of a lab is root, and Chromium's sandbox is not for root.
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
})
process.stdin.once('end', async () => {
  await browser.close()
  process.exit(0)
})
process.stdin.resume()

async function open(options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage()
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  return page
}

const wide = await open({ viewport: { width: 1280, height: 800 } })
const narrow = await open({ viewport: { width: 360, height: 740 } })
const plain = await open({ javaScriptEnabled: false })
let loads = 0
wide.on('load', () => loads++)
for (const page of [wide, narrow, plain]) await page.goto(url)

let told = ''
for (;;) {
  const banner = wide.locator('#banner')
  const reading: Reading = {
    title: await wide.title(),
    holders: await holdersOf(wide),
    banner: (await banner.isVisible()) ? ((await banner.textContent()) ?? '') : '',
    loads,
    complaints,
    overflowPx: [await overflowOf(wide), await overflowOf(narrow)],
    plainHolders: await holdersOf(plain).catch(() => ({})),
  }
  const text = JSON.stringify(reading)
  if (text !== told) console.log(text)
  told = text
  await Bun.sleep(EVERY_MS)
}
