/** A flood of forged, repeated and oversized datagrams: nothing moves, and a failover still happens in time. */
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { deadtimeMs, keepaliveMs, serviceAddress, slackMs, withRunning } from './harness.ts'

const FLOOD_S = 14
const QUIET_MS = 6000
const group = `${serviceAddress}/24/eth0`

test('a flood at the rate of one core: no failover without a cause, and one in time with a cause', () =>
  withRunning({ media: ['bcast eth0'] }, async (cluster) => {
    const { lab } = cluster
    const script = [
      process.execPath,
      join(import.meta.dir, 'flood.ts'),
      '694',
      String(FLOOD_S),
      '10.77.0.1',
      '10.77.0.2',
    ]
    const calm = lab.probe(40)
    await calm.ready
    let flooding = true
    const flood = lab.ask('net', 'client', ...script).finally(() => {
      flooding = false
    })
    await Bun.sleep(QUIET_MS)
    const before = await calm.end()
    expect(before).toMatchObject({ hosts: ['node1'], moved: false, doubled: 0 })
    expect((await cluster.status('node2'))!.groups).toMatchObject([{ group, holder: 'node1' }])

    const probe = lab.probe(15, { untilMoved: true })
    await probe.ready
    await lab.run('kill', 'node1')
    const outage = await probe.result
    expect(flooding).toBe(true)
    expect(outage).toMatchObject({ moved: true, from: 'node1', to: 'node2', doubled: 0 })
    expect(outage.outageMs!).toBeGreaterThan(deadtimeMs - keepaliveMs - 50)
    expect(outage.outageMs!).toBeLessThan(deadtimeMs + slackMs)

    const { code, out, err } = await flood
    if (code !== 0) throw new Error(err)
    const { sent, rate } = JSON.parse(out.trim().split('\n').at(-1)!) as { sent: number; rate: number }
    const status = (await cluster.status('node2'))!
    const replays = status.counters.refused_replay ?? 0
    const refused = JSON.stringify(status.refusals)
    console.log(
      `${sent} datagrams, ${rate} a second; node2 refused ${refused} and ${replays} replays; outage ${outage.outageMs} ms`,
    )
    expect(rate).toBeGreaterThan(2000)
    expect(replays).toBeGreaterThan(100)
    // A forged one has a wrong digest, an oversized one more fields than a message may have.
    expect(status.refusals['bad-digest'] ?? 0).toBeGreaterThan(1000)
    expect(status.refusals.malformed ?? 0).toBeGreaterThan(10)
    expect(status.groups).toMatchObject([{ group, holder: 'node2', state: 'held' }])
  }))
