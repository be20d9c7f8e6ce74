/** Dead processes that came from elsewhere, in a process of its own that asks the kernel for orphans as a first process gets them. */
import { expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

function apart(code: string): unknown {
  const setUp = `
    import { spawn, spawnSync } from 'node:child_process'
    import { awaitChild, buryOrphans } from './src/linux/orphans.ts'
    import { bindLibc } from './src/runtime/ffi.ts'
    const PR_SET_CHILD_SUBREAPER = 36
    bindLibc({ prctl: { args: ['i32', 'u64', 'u64', 'u64', 'u64'], returns: 'i32' } }).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    const orphans = (n) => spawnSync('sh', ['-c', 'for i in $(seq ' + n + '); do (sleep 0.1 &); done'])
    /* Nothing of the runtime runs meanwhile. */
    const standStill = () => Bun.sleepSync(500)
    const said = []`
  const script = `${setUp}\n${code}\nconsole.log(JSON.stringify(said))`
  const done = spawnSync(process.execPath, ['-e', script], { cwd: join(import.meta.dir, '../..'), encoding: 'utf8' })
  if (done.status !== 0) throw new Error(done.stderr)
  return JSON.parse(done.stdout)
}

test('all of them are buried, once', () => {
  const said = apart('orphans(7); standStill(); said.push(buryOrphans(true), buryOrphans(true))')
  expect(said).toEqual([7, 0])
})

test('a process that is not the first leaves everything alone', () => {
  expect(apart('orphans(2); standStill(); said.push(buryOrphans(), buryOrphans(true))')).toEqual([0, 2])
})

test("the runtime's own children are left to it, and their exit codes arrive", () => {
  const said = apart(`
    const codes = [3, 4].map((code) => new Promise((told) => {
      const child = spawn('sh', ['-c', 'exit ' + code])
      awaitChild(child)
      child.on('exit', (code) => told(code))
    }))
    standStill()
    said.push(buryOrphans(true), ...(await Promise.all(codes)))
    orphans(1)
    standStill()
    said.push(buryOrphans(true))`)
  expect(said).toEqual([0, 3, 4, 1])
})
