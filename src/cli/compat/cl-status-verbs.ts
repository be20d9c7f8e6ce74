/** The verbs of cl_status that need the daemon. */
import { get } from '../../wire/message.ts'
import { askFor, askList, Code, type Session, sentence } from './cl-status-session.ts'

export interface Verb {
  /** Letters as getopt knows them. */
  readonly options: string
  /** How it words a wrong option: '' or 'code '; null where none is looked at. */
  readonly complains: string | null
  run(session: Session): Promise<number>
}

const CLIENT_MS = 500
const few = (session: Session, text: string) => {
  session.io.err(`${text}\n`)
  return Code.wrong
}

/** node verbs: one word about one node. */
function ofNode(field: string, few1: string, unknown: string, say: (node: string, value: string) => string): Verb {
  return {
    options: 'm',
    complains: '',
    async run(session) {
      const [node] = session.words
      if (node === undefined) return few(session, few1)
      const reqtype = `node${field === 'st' ? 'status' : field.replace('node', '')}`
      const found = await askFor(session, reqtype, [['node', node]], field)
      if ('reason' in found) return few(session, unknown)
      sentence(session, found.value, say(node, found.value))
      return field !== 'st' || ['active', 'up', 'ping'].includes(found.value) ? Code.fine : Code.failed
    },
  }
}

const NOT_ENOUGH = 'Not enough parameters.'
const NO_ENOUGH = 'No enough parameter.'
const MAY_BE = 'Error. May be due to incorrect node name'

async function links(session: Session, node: string, verbose: boolean): Promise<number> {
  const found = await askList(session, 'iflist', [['node', node]])
  if ('reason' in found) {
    session.error('Cannot start heartbeat link interface walk.')
    session.error(`REASON: ${found.reason}`)
    return Code.notTold
  }
  if (session.human) session.io.out('\tthis node has the following heartbeat links:\n')
  const shown = new Set<string>()
  for (const row of found.rows) {
    const name = get(row, 'ifname') ?? ''
    if (shown.has(name)) continue
    shown.add(name)
    if (!verbose) {
      session.io.out(`\t${name}\n`)
      continue
    }
    const fields: [string, string][] = [
      ['node', node],
      ['ifname', name],
    ]
    const state = await askFor(session, 'ifstatus', fields, 'st')
    session.io.out(`\t${name}\t${'value' in state ? state.value : ''}\n`)
  }
  return Code.fine
}

export const verbs: Readonly<Record<string, Verb>> = {
  nodestatus: ofNode('st', NOT_ENOUGH, MAY_BE, (node, value) => `The cluster node ${node} is ${value}`),
  nodetype: ofNode('nodetype', NO_ENOUGH, MAY_BE, (node, value) => `The node ${node}'s type: ${value}`),
  nodeweight: ofNode('weight', NOT_ENOUGH, 'Error. Maybe due to incorrect node name.', (node, value) => {
    return `The weight of the cluster node ${node} is ${value}`
  }),
  nodesite: ofNode('site', NOT_ENOUGH, MAY_BE, (node, value) => `The site of the cluster node ${node} is ${value}`),

  listnodes: {
    options: 'mnpv',
    complains: 'code ',
    async run(session) {
      const found = await askList(session, 'nodelist')
      if ('reason' in found) {
        session.error('Cannot start node walk')
        session.error(`REASON: ${found.reason}`)
        return Code.notTold
      }
      const { given, io } = session
      const verbose = given.has('v')
      const only = given.has('n') === given.has('p') ? null : given.has('n') ? 'normal' : 'ping'
      if (session.human) io.out('The nodes are as follow:\n')
      for (const row of found.rows) {
        const [node, type, status] = ['node', 'nodetype', 'st'].map((name) => get(row, name) ?? '')
        if (only !== null && only !== type) continue
        if (!verbose) io.out(`${node}\n`)
        else {
          io.out(`\n${node}\t${status}\t(nodetype: ${type})\n`)
          await links(session, node!, true)
        }
      }
      return Code.fine
    },
  },

  listhblinks: {
    options: 'mv',
    complains: 'code ',
    async run(session) {
      const [node] = session.words
      return node === undefined ? few(session, NO_ENOUGH) : links(session, node, session.given.has('v'))
    },
  },

  hblinkstatus: {
    options: 'm',
    complains: '',
    async run(session) {
      const [node, link] = session.words
      if (node === undefined || link === undefined) return few(session, NO_ENOUGH)
      const fields: [string, string][] = [
        ['node', node],
        ['ifname', link],
      ]
      const found = await askFor(session, 'ifstatus', fields, 'st')
      if ('reason' in found) {
        session.error('Cannot get heartbeat link status')
        session.error('REASON: ')
        return Code.notTold
      }
      sentence(session, found.value, `The node ${node}'s heartbeat link ${link} is ${found.value}`)
      return found.value === 'up' ? Code.fine : Code.failed
    },
  },

  clientstatus: {
    options: 'm',
    complains: '',
    async run(session) {
      const [node, name, timeout] = session.words
      if (node === undefined || name === undefined) return few(session, NO_ENOUGH)
      const state = await clientState(
        session,
        node,
        name,
        timeout === undefined ? CLIENT_MS : Number.parseInt(timeout, 10),
      )
      if (state === null) {
        session.error(`Cannot get heartbeat client ${name}'s status`)
        session.error('REASON: No timely response.')
        return Code.notTold
      }
      session.io.out(`${state}\n`)
      const at = ['online', 'offline', 'join', 'leave'].indexOf(state)
      return at < 0 ? Code.notTold : at
    },
  },

  rscstatus: {
    options: 'm',
    complains: '',
    async run(session) {
      if ((get(session.client.welcome, 'pacemaker') ?? 'false') !== 'false') {
        session.error('Cannot get cluster resource status of a pacemaker cluster; try crm_mon')
        return Code.failed
      }
      const found = await askFor(session, 'getrsc', [], 'rsc_hold')
      if ('reason' in found) {
        session.error('Cannot get cluster resource status')
        session.error(`REASON: ${found.reason}`)
        return Code.notTold
      }
      sentence(session, found.value, `This node is holding ${found.value} resources.`)
      return Code.fine
    },
  },

  hbparameter: {
    options: 'mp:',
    complains: 'code ',
    async run(session) {
      const name = session.given.get('p')
      if (name === undefined) {
        session.error('parameter name required')
        return Code.wrong
      }
      const found = await askFor(session, 'getparm', [['pname', name]], 'pvalue')
      if ('reason' in found) {
        session.error(`Cannot get parameter ${name}'s value`)
        session.error(`REASON: ${found.reason}`)
        return Code.failed
      }
      sentence(session, found.value, `Heartbeat parameter ${name}'s value: ${found.value}`)
      return Code.fine
    },
  },

  test: {
    options: '',
    complains: null,
    async run(session) {
      const { client, io } = session
      const ms = (name: string) => Number.parseInt(get(client.welcome, name) ?? '0', 16)
      const rsc = await askFor(session, 'getrsc', [], 'rsc_hold')
      const node = get(client.welcome, 'node') ?? ''
      const held = 'value' in rsc ? rsc.value : ''
      io.out(`Dead time: ${ms('deadtime')}\n keeplive time: ${ms('keepalive')}\n mynodeid: ${node}\n rsc: ${held}\n`)
      return Code.fine
    },
  },
}

/** Asks; a node far away answers later. null when nobody does in time. */
async function clientState(session: Session, node: string, name: string, withinMs: number): Promise<string | null> {
  const { client } = session
  if (!(withinMs > 0)) return null
  client.send('clientstatus', [
    { type: 0, name: 'node', value: node },
    { type: 0, name: 'cn', value: name },
  ])
  const answer = await client.next(
    (m) => (get(m, 't') === 'respond-cstatus' && get(m, 'cn') === name) || get(m, 'reqtype') === 'clientstatus',
    withinMs,
  )
  return (answer && get(answer, 'result') === 'OK' && get(answer, 'cs')) || null
}
