/** Starts a command and says how long it took until a page answered 200, in ms; then ends it. Words: URL COMMAND... */
const [url, ...command] = process.argv.slice(2)
const GIVE_UP_MS = 20_000
const beganMs = performance.now()
const child = Bun.spawn(command, { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore', env: process.env })
try {
  for (;;) {
    const answer = await fetch(url!).catch(() => null)
    const tookMs = performance.now() - beganMs
    if (answer?.ok === true) {
      console.log(tookMs.toFixed(1))
      break
    }
    if (tookMs > GIVE_UP_MS) throw new Error(`${url} did not answer within ${GIVE_UP_MS} ms`)
    await Bun.sleep(1)
  }
} finally {
  child.kill('SIGTERM')
  await child.exited
}

export {}
