import { expect, test } from 'bun:test'
import { type Answer, judge, longestMs } from './probe.ts'

const answers = (...rows: [atMs: number, number: number, host: string][]): Answer[] =>
  rows.map(([atMs, number, host]) => ({ atMs, number, host }))

test('the outage is the longest time between two answers, with who gave them', () => {
  const seen = judge(answers([0, 0, 'node1'], [5, 1, 'node1'], [905, 181, 'node2'], [910, 182, 'node2']), 183, 912)
  expect(seen).toMatchObject({ outageMs: 900, from: 'node1', to: 'node2', moved: true, hosts: ['node1', 'node2'] })
  expect(seen).toMatchObject({ sent: 183, answered: 4, doubled: 0, silentMs: 2 })
})

test('two answers to one datagram are counted', () => {
  expect(judge(answers([0, 0, 'node1'], [1, 0, 'node2'], [5, 1, 'node1']), 2, 5)).toMatchObject({
    answered: 2,
    doubled: 1,
  })
})

test('no answer at all is no outage of nought', () => {
  expect(judge([], 10, 50)).toMatchObject({ outageMs: null, silentMs: null, moved: false, answered: 0 })
})

test('one answer, then silence, shows in the silence', () => {
  expect(judge(answers([10, 0, 'node1']), 100, 510)).toMatchObject({ outageMs: null, silentMs: 500 })
})

test('a client waits for the next answer, or until the end', () => {
  const rows: [number, number, string][] = [
    [0, 0, 'node1'],
    [300, 60, 'node1'],
  ]
  expect(longestMs(judge(answers(...rows), 61, 302))).toBe(300)
  expect(longestMs(judge(answers(...rows), 160, 800))).toBe(500)
  expect(longestMs(judge(answers([0, 0, 'node1']), 100, 500))).toBe(500)
  expect(longestMs(judge([], 100, 500))).toBe(Number.POSITIVE_INFINITY)
})

test('a probe that is ended in a silence sees its end', async () => {
  let silent = false
  const echo = await Bun.udpSocket({
    hostname: '127.0.77.1',
    port: 7777,
    socket: {
      data: (socket, data, port, address) => void (silent || socket.send(`${data} node1`, port, address)),
    },
  })
  const program = [process.execPath, `${import.meta.dir}/probe.ts`, '127.0.77.1', '30']
  const child = Bun.spawn(program, { stdin: 'pipe', stdout: 'pipe' })
  const output = child.stdout.getReader()
  const read = async () => new TextDecoder().decode((await output.read()).value)
  expect(await read()).toBe('ready\n')
  silent = true
  await Bun.sleep(100)
  child.stdin.write('\n')
  child.stdin.flush()
  await Bun.sleep(400)
  silent = false
  expect(longestMs(JSON.parse(await read()))).toBeGreaterThan(490)
  await child.exited
  echo.close()
})
