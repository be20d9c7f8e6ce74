import { expect, test } from 'bun:test'
import { deadtimeMs, serviceAddress, slackMs, withRunning } from './harness.ts'

const group = `${serviceAddress}/24/eth0`
/** The kernel counts lifetimes in whole seconds and may be late by a good part of one. */
const LEASE_END_MS = 2300

test('kill -9 of the daemon alone: the kernel takes the address away, the peer has it', () =>
  withRunning({}, async (cluster) => {
    await cluster.lab.run('signal', 'node1', 'hb', 'KILL')
    await cluster.heldBy(['node2'], Math.max(LEASE_END_MS, deadtimeMs + slackMs))
    await cluster.reachedAt('node2', 3000)
    await cluster.lab.run('start', 'node1', 'hb')
    expect(await cluster.agreed()).toEqual({ [group]: 'node2' })
  }))

test('kill -9 of a daemon that is alone: no address stays behind', () =>
  withRunning({}, async (cluster) => {
    await cluster.lab.run('off', 'node2')
    await Bun.sleep(deadtimeMs + slackMs)
    await cluster.lab.run('signal', 'node1', 'hb', 'KILL')
    await cluster.heldBy([], LEASE_END_MS)
  }))
