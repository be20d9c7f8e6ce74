/** Child processes with a time limit and captured output. */

export interface Done {
  readonly code: number
  /** Standard output and standard error, in the order they came. */
  readonly output: string
}

/** Runs a command in its own process group; when the time is up the whole group is killed and the code is 124. */
export async function run(command: readonly string[], timeoutMs: number, env = process.env): Promise<Done> {
  const child = Bun.spawn(['sh', '-c', 'exec "$@" 2>&1', 'sh', ...command], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
    env,
    detached: true,
  })
  let late = false
  const timer = setTimeout(() => {
    late = true
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {} // it ended this very moment
  }, timeoutMs)
  const output = await new Response(child.stdout).text()
  const code = await child.exited
  clearTimeout(timer)
  return late ? { code: 124, output: `${output}\nkilled after ${timeoutMs / 1000} s\n` } : { code, output }
}

/** Calls work for each item, at most `width` at a time; results in the items' order. */
export async function sideBySide<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const i = next++
      results[i] = await work(items[i]!)
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
  return results
}
