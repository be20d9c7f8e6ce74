/** Directives that name the nodes' links and ping nodes. */
import * as v from 'valibot'
import { type At, complain, type Directive, into, line, words } from './directive.ts'
import type { Draft } from './draft.ts'
import type { Medium, PingNode } from './types.ts'
import {
  absolutePath,
  address6,
  anyWord,
  asWritten,
  choice,
  device,
  group4,
  group6,
  host4,
  host6,
  integer,
  looseInteger,
  parsed,
  port,
} from './values.ts'

const mediaMax = 64
export const nodesMax = 100

/** A kind of medium keeps the port that was in force when its first medium was met. */
function portFor(draft: Draft, kind: Medium['kind']): number {
  const port = draft.ports.get(kind) ?? draft.settings.udpport!
  draft.ports.set(kind, port)
  return port
}

function addMedium(draft: Draft, medium: Medium, at: At): void {
  if (draft.media.some((m) => JSON.stringify(m) === JSON.stringify(medium)))
    complain(at, 'warning', { message: 'this medium stands here twice', remedy: 'one of the two is left out' })
  else if (draft.media.length >= mediaMax)
    complain(at, 'error', { message: `more than ${mediaMax} media`, remedy: 'two or three links are enough' })
  else draft.media.push(medium)
}

function addPing(draft: Draft, node: PingNode, at: At): void {
  if (draft.pingNodes.some((p) => p.name === node.name))
    complain(
      at,
      'warning',
      { message: 'this ping node stands here twice', remedy: 'one of the two is left out' },
      node.name,
    )
  else if (draft.nodes.length + draft.pingNodes.length >= nodesMax)
    complain(at, 'error', { message: `more than ${nodesMax} nodes`, remedy: 'ping nodes count too' })
  else draft.pingNodes.push(node)
}

const kept = (draft: Draft, port: number) => [...draft.ports].filter(([, p]) => p !== port)

const portOrName = parsed<number | string>((word) => {
  if (v.is(port, word)) return Number(word)
  const named = /^[a-z][a-z0-9-]*$/.test(word)
  return named ? word : { message: 'not a port', remedy: '1 to 65535, or a service name' }
})

const loop = choice('0', '1')

export const mediaDirectives: readonly Directive[] = [
  words({
    name: 'udpport',
    grammar: 'udpport PORT',
    default: '694',
    defaultNote: 'service ha-cluster of /etc/services, else 694',
    meaning:
      'UDP port of bcast, ucast and ucast6. It must stand before them: each kind of medium keeps the port of its first use.',
    example: 'udpport 694',
    recorded: true,
    reload: { how: 'at once; the other nodes have to follow within deadtime, which the answer says' },
    value: looseInteger(1, 65535),
    remark: asWritten,
    set: (draft, value, at) => {
      const other = draft.services.get(value)
      if (other !== undefined && other !== 'ha-cluster')
        complain(at, 'warning', {
          message: `port ${value} belongs to ${other} in /etc/services`,
          remedy: 'choose a free one',
        })
      for (const [kind, port] of kept(draft, value))
        complain(at, 'warning', {
          message: `udpport stands behind ${kind}, which keeps port ${port}`,
          remedy: `put udpport before the first ${kind}`,
        })
      draft.settings.udpport = value
    },
  }),
  words({
    name: 'baud',
    grammar: 'baud SPEED',
    default: '19200',
    unit: 'bit/s',
    meaning: 'Speed of serial links; it must stand before them.',
    example: 'baud 38400',
    recorded: true,
    repeat: 'once',
    handling: { does: 'obeys', how: 'noted; hb does not use serial links' },
    value: choice('9600', '19200', '38400', '57600', '115200', '230400', '460800'),
    set: (draft, value, at) => {
      if (draft.media.some((m) => m.kind === 'serial' && m.baud !== Number(value)))
        complain(at, 'warning', { message: 'baud stands behind serial and comes too late', remedy: 'put it before' })
      draft.settings.baud = Number(value)
    },
  }),
  words({
    name: 'bcast',
    grammar: 'bcast INTERFACE...',
    meaning: 'Heartbeats as UDP broadcasts on each of these interfaces.',
    example: 'bcast eth1',
    repeat: 'many',
    value: device,
    set: (draft, device, at) => addMedium(draft, { kind: 'bcast', device, port: portFor(draft, 'bcast') }, at),
  }),
  words({
    name: 'udp',
    grammar: 'udp INTERFACE...',
    meaning: 'The old name of bcast.',
    example: 'bcast eth1',
    repeat: 'many',
    handling: { does: 'warns', how: 'it is read as bcast', remedy: 'write bcast' },
    value: device,
    set: (draft, device, at) => addMedium(draft, { kind: 'bcast', device, port: portFor(draft, 'bcast') }, at),
  }),
  line({
    name: 'ucast',
    grammar: 'ucast INTERFACE PEER',
    meaning: 'Heartbeats to one IPv4 address; one line for each peer. A line that names this node itself does no harm.',
    example: 'ucast eth0 192.168.0.2',
    repeat: 'many',
    value: v.tuple([device, host4]),
    set: (draft, [device, peer], at) =>
      addMedium(draft, { kind: 'ucast', device, peer, port: portFor(draft, 'ucast') }, at),
  }),
  line({
    name: 'ucast6',
    grammar: 'ucast6 INTERFACE ADDRESS',
    meaning: 'Heartbeats to one IPv6 address; a link-local one belongs to the interface.',
    example: 'ucast6 eth0 fe80::2',
    repeat: 'many',
    value: v.tuple([device, host6]),
    set: (draft, [device, peer], at) =>
      addMedium(draft, { kind: 'ucast6', device, peer, port: portFor(draft, 'ucast6') }, at),
  }),
  line({
    name: 'mcast',
    grammar: 'mcast INTERFACE GROUP PORT TTL LOOP',
    meaning: 'Heartbeats to an IPv4 multicast group, on a port of its own. TTL is 0 to 4, LOOP 0 or 1.',
    example: 'mcast eth0 239.0.0.42 694 1 0',
    repeat: 'many',
    value: v.tuple([device, group4, port, integer(0, 4), loop]),
    set: (draft, [device, group, port, ttl, loop], at) =>
      addMedium(draft, { kind: 'mcast', device, group, port, ttl, loop: loop === '1' }, at),
  }),
  line({
    name: 'mcast6',
    grammar: 'mcast6 INTERFACE GROUP PORT HOPS LOOP',
    meaning: 'Heartbeats to an IPv6 multicast group; the port may be a service name.',
    example: 'mcast6 eth0 ff02::42 694 1 0',
    repeat: 'many',
    value: v.tuple([device, group6, portOrName, integer(0, 4), loop]),
    set: (draft, [device, group, given, ttl, loop], at) => {
      const port = typeof given === 'number' ? given : [...draft.services].find(([, name]) => name === given)?.[0]
      if (port === undefined)
        complain(
          at,
          'error',
          { message: 'the service is not in /etc/services', remedy: 'write its number' },
          String(given),
        )
      else addMedium(draft, { kind: 'mcast6', device, group, port, ttl, loop: loop === '1' }, at)
    },
  }),
  words({
    name: 'serial',
    grammar: 'serial DEVICE...',
    meaning: 'Heartbeats over a serial line.',
    example: 'serial /dev/ttyS0',
    repeat: 'many',
    handling: {
      does: 'warns',
      how: 'hb does not use this link, only those over the network',
      remedy: 'a second network link, as with ucast, takes its place',
    },
    value: absolutePath,
    set: (draft, device, at) => addMedium(draft, { kind: 'serial', device, baud: draft.settings.baud! }, at),
  }),
  words({
    name: 'ping',
    grammar: 'ping HOST...',
    meaning: 'Hosts that a healthy node reaches, such as the router; each is a ping node of its own.',
    example: 'ping 192.168.0.1',
    repeat: 'many',
    value: host4,
    set: (draft, host, at) => addPing(draft, { name: host, kind: 'ping', hosts: [host] }, at),
  }),
  words({
    name: 'ping6',
    grammar: 'ping6 ADDRESS...',
    meaning: 'The same for IPv6 addresses.',
    example: 'ping6 2001:db8::1',
    repeat: 'many',
    value: address6,
    set: (draft, host, at) => addPing(draft, { name: host, kind: 'ping6', hosts: [host] }, at),
  }),
  line({
    name: 'ping_group',
    grammar: 'ping_group NAME HOST...',
    meaning: 'Several hosts that count as one ping node, which is up while any of them answers.',
    example: 'ping_group routers 192.168.0.1 192.168.0.254',
    repeat: 'many',
    value: v.tupleWithRest([anyWord, host4], host4),
    set: (draft, [name, ...hosts], at) => addPing(draft, { name, kind: 'ping_group', hosts }, at),
  }),
  ...['hbaping', 'tipc', 'rds', 'openais'].map((name) =>
    words({
      name,
      grammar: `${name} ...`,
      meaning: 'A medium of special builds of heartbeat.',
      example: 'ucast eth0 192.168.0.2',
      repeat: 'many',
      handling: {
        does: 'refuses',
        how: 'a medium of special builds of heartbeat, which hb does not have',
        remedy: 'use bcast, ucast or mcast',
      },
      value: anyWord,
    }),
  ),
  words({
    name: 'hopfudge',
    grammar: 'hopfudge NUMBER',
    default: '1',
    meaning: 'How far messages may be relayed: their hop limit is the number of nodes plus this.',
    example: 'hopfudge 1',
    recorded: true,
    value: looseInteger(0, 255),
    remark: asWritten,
    set: into('hopfudge'),
  }),
  words({
    name: 'msgfmt',
    grammar: 'msgfmt classic|netstring',
    default: 'classic',
    meaning: 'Form of the messages. As with heartbeat, datagrams are netstrings either way.',
    example: 'msgfmt netstring',
    recorded: true,
    value: choice('classic', 'netstring'),
    set: into('msgfmt'),
  }),
]
