/** What cl_status says about itself: scripts and people know it so. */
const verbs: readonly (readonly [string, readonly string[]])[] = [
  ['clientstatus <node-name> <client-id> [<timeout>]', ['Show the status of heartbeat clients.']],
  ['hblinkstatus <node-name> <link-name>', ['Show the status of a heartbeat link']],
  [
    'hbstatus',
    [
      'Indicate if heartbeat is running on the local system.',
      'Options:',
      '\t-v\tverbose: also add "listnodes -v" output',
    ],
  ],
  [
    'listnodes [<option>]',
    [
      'List the nodes in the cluster.',
      'Options:',
      "\t-p\tlist only 'ping' type nodes",
      "\t-n\tlist only 'normal' type nodes",
      '\t-v\tverbose: also list type and status,',
      '\t\tthen add "listhblinks -v" output',
    ],
  ],
  [
    'listhblinks <node-name>',
    ['List the network interfaces used as hearbeat links.', 'Options:', '\t-v\tverbose: list link status as well'],
  ],
  ['nodestatus <node-name>', ['List the node status.']],
  ['nodeweight <node-name>', ['List the node weight.']],
  ['nodesite <node-name>', ['List the node site.']],
  ['nodetype <node-name>', ['List the nodes of a given type.']],
  ['rscstatus', ['Show the status of cluster resources.']],
  [
    'hbparameter -p <parameter-name>',
    ['Retrieve the value of a cluster parameter.', 'As for the valid parameter names, please refer to the man page.'],
  ],
]

const body = verbs.map(([call, lines]) => `${call}\n${lines.map((line) => `\t${line}\n`).join('')}`).join('')

export const clStatusHelp = `Usage: cl_status <sub-command> [<options>] [<parameters>]\n\nSub-commands:\n${body}`
