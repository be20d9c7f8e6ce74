import { expect, test } from 'bun:test'
import { deadtimeMs, waitFor } from '../e2e/harness.ts'
import { Scene } from './scene.ts'

const DETECT_MS = 2 * 500 + 500
const SLACK_MS = 1500

test('HAProxy on two hosts: the host dies, HAProxy dies, HAProxy hangs, an operator does standby', async () => {
  const scene = new Scene()
  const { cluster } = scene
  const { lab } = cluster
  const measured: Record<string, number> = {}
  const rest = async () => {
    await cluster.hb('node1', 'clear')
    await waitFor(
      'rest',
      15_000,
      () => cluster.status('node1'),
      (s) => s?.stable === true,
    )
  }
  try {
    await scene.up()

    const standby = await scene.outage(() => cluster.hb('node1', 'standby'), 'node2')
    expect(standby.servers).toEqual(['one', 'two'])
    measured.standby = standby.outageMs
    await rest()

    const dies = await scene.outage(() => lab.run('signal', 'node2', 'haproxy', 'KILL'), 'node1')
    measured['HAProxy dies'] = dies.outageMs
    await scene.haproxy('node2')
    await rest()

    const hangs = await scene.outage(() => lab.run('signal', 'node1', 'haproxy', 'STOP'), 'node2')
    measured['HAProxy hangs'] = hangs.outageMs
    await lab.run('signal', 'node1', 'haproxy', 'CONT')
    await rest()

    const host = await scene.outage(() => lab.run('off', 'node2'), 'node1')
    measured['the host dies'] = host.outageMs

    console.log(`outages in ms: ${JSON.stringify(measured)}`)
    expect(measured.standby!).toBeLessThan(1000)
    expect(measured['HAProxy dies']!).toBeLessThan(DETECT_MS + SLACK_MS)
    expect(measured['HAProxy hangs']!).toBeLessThan(DETECT_MS + 500 + SLACK_MS)
    expect(measured['the host dies']!).toBeLessThan(deadtimeMs + SLACK_MS)
  } catch (error) {
    console.error(await cluster.logs())
    throw error
  } finally {
    await lab.down()
  }
}, 120_000)
