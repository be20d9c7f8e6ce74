import { expect, test } from 'bun:test'
import { serviceAddress, waitFor, withCluster, withRunning } from './harness.ts'

const refused = (refusals: Readonly<Record<string, number>> | undefined) =>
  Object.values(refusals ?? {}).reduce((a, b) => a + b, 0)

test('a node with another key is refused and counted, and both go on', () =>
  withCluster({}, async (cluster) => {
    await cluster.configure({}, 'node2', 'another')
    await cluster.start('node1', 'node2')
    for (const host of ['node1', 'node2']) {
      const status = await waitFor(
        `refusals counted on ${host}`,
        10_000,
        () => cluster.status(host),
        (s) => s?.phase === 'active' && refused(s.refusals) > 3,
      )
      expect(status?.nodes.find((n) => !n.local)?.state).toBe('dead')
      const secret = (
        await cluster.lab.run('exec', host, 'sh', '-c', 'cat /var/log/lab-hb.log /var/log/ha-log || true')
      ).match(/labsecret|another/)
      expect(secret).toBeNull()
    }
  }))

test('rubbish on the port harms nobody', () =>
  withRunning({}, async (cluster) => {
    const throwing = `
      const socket = require('dgram').createSocket('udp4')
      let n = 0
      const timer = setInterval(() => {
        const bytes = crypto.getRandomValues(new Uint8Array(1 + (n * 37) % 1400))
        const text = ['###\\n', '%%%', '>>>\\nt=status\\nst=active\\n<<<\\n', '(0)t=status'][n % 4]
        socket.send(n % 2 ? bytes : Buffer.concat([Buffer.from(text), bytes]), 694, '10.77.0.1')
        if (++n === 500) { clearInterval(timer); setTimeout(() => socket.close(), 100) }
      }, 1)`
    const before = refused((await cluster.status('node1'))?.refusals)
    await cluster.lab.run('net', 'client', process.execPath, '-e', throwing)
    const after = refused((await cluster.status('node1'))?.refusals)
    expect(after - before).toBeGreaterThan(300)
    expect(await cluster.agreed()).toEqual({ [`${serviceAddress}/24/eth0`]: 'node1' })
  }))
