/** Directives that say who belongs to the cluster. */
import { complain, type Directive, into, words } from './directive.ts'
import { nodesMax } from './table-media.ts'
import { anyWord, choice, nodeName } from './values.ts'

export const nodeDirectives: readonly Directive[] = [
  words({
    name: 'node',
    grammar: 'node NAME...',
    meaning: 'The nodes of the cluster, each by the name that `uname -n` prints there. This node must be among them.',
    example: 'node alpha beta',
    repeat: 'many',
    reload: {
      how: 'a node can be added at any time, removed once it is stopped; otherwise the reload is refused and says so',
    },
    value: nodeName,
    set: (draft, name, at) => {
      const twin = draft.nodes.find((n) => n.name === name)
      if (twin)
        complain(at, 'error', {
          message: `this node stands in line ${twin.line} already`,
          remedy: 'name each node once',
        })
      else if (draft.nodes.length + draft.pingNodes.length >= nodesMax)
        complain(at, 'error', { message: `more than ${nodesMax} nodes`, remedy: 'ping nodes count too' })
      else draft.nodes.push({ ...at.place, name })
    },
  }),
  words({
    name: 'autojoin',
    grammar: 'autojoin none',
    default: 'none',
    meaning: 'Whether nodes that are not listed may join: never, where haresources is used.',
    example: 'autojoin none',
    recorded: true,
    handling: {
      does: 'refuses',
      how: 'other and any cannot be joined with haresources, which must name every node',
      remedy: 'write `autojoin none` and list the nodes with node',
      when: (value) => value !== 'none',
    },
    value: choice('none', 'other', 'any'),
  }),
  words({
    name: 'cluster',
    grammar: 'cluster NAME',
    default: 'linux-ha',
    meaning: 'A name for the cluster, shown and otherwise unused.',
    example: 'cluster web',
    recorded: true,
    value: anyWord,
    set: into('clusterName'),
  }),
  words({
    name: 'uuidfrom',
    grammar: 'uuidfrom file|nodename',
    default: 'file',
    meaning: 'Where the identity of this node comes from: the file hb_uuid, or computed from its name.',
    example: 'uuidfrom file',
    recorded: true,
    reload: {
      how: 'this node keeps its identity while it runs; hb standby, hb stop and hb run give it the other one',
      of: (config) => config.uuidfrom,
    },
    value: choice('file', 'nodename'),
    set: into('uuidfrom'),
  }),
  words({
    name: 'hbgenmethod',
    grammar: 'hbgenmethod file|time',
    default: 'file',
    meaning: 'Where the generation number comes from that each start raises: the file hb_generation, or the clock.',
    example: 'hbgenmethod file',
    recorded: true,
    reload: { how: 'it counts when hb is started the next time', of: (config) => config.hbgenmethod },
    value: choice('file', 'time'),
    set: into('hbgenmethod'),
  }),
]
