import { describe, expect, test } from 'bun:test'
import { explain, seconds } from '../../src/config/explain.ts'
import { haCf, read, right } from './helper.ts'

const told = (change: Parameters<typeof read>[0] = {}) => explain(right(read(change)), 'alpha')
const change = (from: string, to: string) => ({ haCf: haCf.replace(from, to) })

test('a pair with one group and auto_failback off, in full', () => {
  expect(told()).toEqual([
    'This node is alpha. The cluster is alpha and beta.',
    'They hear each other over ucast eth0, every 1 s.',
    'There is one link only: if it is cut, both sides hold everything.',
    '',
    'Groups of resources, when all nodes are up:',
    '  192.168.0.100: belongs to alpha; one resource',
    '',
    'When alpha dies:',
    '  beta takes over 192.168.0.100 and whatever else it held.',
    '  Out of service for 9 s to 10.25 s and the time that the resources take to start.',
    'When alpha returns:',
    '  192.168.0.100 stays where it is until someone runs hb takeover on alpha or hb standby on the other node.',
    '',
    'When beta dies:',
    '  alpha takes over whatever it held.',
    '  Out of service for 9 s to 10.25 s and the time that the resources take to start.',
    'When beta returns:',
    '  it takes nothing: no group belongs to it.',
    '',
    'When a node is stopped in order or put on standby:',
    '  the other takes over as soon as everything has been stopped, without waiting for deadtime.',
    'When a node starts and hears nobody:',
    '  it takes all groups after 20 s (initdead).',
    'When no link works any more:',
    '  each side takes the other for dead and holds everything.',
    'When a resource cannot be stopped:',
    '  the group stays blocked on that node until an operator helps.',
    'If hb is killed or hangs, the kernel takes its addresses away by itself; its other resources go on running.',
  ])
})

describe('what the configuration changes', () => {
  test.each(['on', 'legacy'])('auto_failback %s', (value) => {
    const lines = told(change('auto_failback off', `auto_failback ${value}`))
    expect(lines).toContain(
      '  192.168.0.100 goes back to it at once: out of service for the time that stopping and starting take.',
    )
  })
  test('two links', () => {
    const lines = told(change('ucast', 'bcast eth1\nucast'))
    expect(lines[1]).toBe('They hear each other over bcast eth1 and ucast eth0, every 1 s.')
    expect(lines.join('\n')).not.toContain('one link only')
  })
  test('ping nodes', () => {
    expect(told(change('ucast', 'ping gw\nucast'))).toContain('Ping nodes: gw, down after 10 s of silence.')
  })
  test('fencing', () => {
    const lines = told(change('ucast', 'stonith ssh /x\nucast'))
    expect(lines).toContain('  beta resets alpha and then takes over 192.168.0.100 and whatever else it held.')
    expect(lines).toContain('  each side takes the other for dead and tries to reset it.')
  })
  test('a stop that fences, with a device and without one', () => {
    const hbCf = 'stop_failure fence\n'
    expect(told({ ...change('ucast', 'stonith ssh /x\nucast'), hbCf })).toContain(
      '  the peer, if it runs hb, resets that node and takes over.',
    )
    expect(told({ hbCf })).toContain('  the group stays blocked on that node: no device is configured to reset it.')
  })
  test('no lease, and a stop that reboots', () => {
    const lines = told({ hbCf: 'lease off\nstop_failure reboot\n' })
    expect(lines).toContain('  that node reboots itself.')
    expect(lines.at(-1)).toContain('(lease off)')
  })
  test('no resources', () => expect(told({ haresources: '' })).toContain('There are no resources.'))
  test('one node', () => {
    expect(told(change('alpha beta', 'alpha'))).toContain('  nobody is there to take over.')
  })
  test('IPv6 addresses that heartbeat would tear apart', () => {
    const haresources = 'alpha 2001:db8::1 IPv6addr::2001:db8::2 IPv6addr::2001:db8:0:0:0:0:0:3 Xen::a::b 10.0.0.1\n'
    expect(told({ haresources })).toContain(
      '  A node that still runs heartbeat does not understand 2001:db8::1 and IPv6addr::2001:db8::2: write IPv6addr::ADDRESS in full there.',
    )
  })
})

test('seconds are short', () => {
  expect([0, 200, 1000, 1500, 60_000].map(seconds)).toEqual(['0 s', '0.2 s', '1 s', '1.5 s', '60 s'])
})
