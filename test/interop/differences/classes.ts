/** Configurations that one program starts with and the other refuses: every kind of them, with the reason of the refuser. */

export interface Difference {
  /** As docs/differences.md names it. */
  readonly name: string
  readonly accepts: 'hb' | 'heartbeat'
  /** What the refuser says. */
  readonly says: RegExp
  /** Something that must stand in ha.cf or haresources as well. */
  readonly where?: RegExp
}

export const strayReturn = /[\r\f][^\r\f\n]/

export const differences: readonly Difference[] = [
  {
    name: 'an interface that is not there',
    accepts: 'hb',
    says: /Get broadcast for interface|interface \[.*\] does not exist|Illegal bcast|Illegal configuration directive \[bcast\]|is invalid or not set up properly|Unable to retrieve local interface address|^it waits$/,
  },
  {
    name: 'a host name that does not resolve',
    accepts: 'hb',
    says: /cannot resolve hostname|unknown host|Illegal ping/,
  },
  { name: 'an IPv6 peer or group of any scope', accepts: 'hb', says: /[um]cast6 \[.*\] bad addr/ },
  { name: 'a serial device', accepts: 'hb', says: /serial port \[|Serial port \[|Illegal serial/ },
  { name: 'a stonith device that is not there', accepts: 'hb', says: /Invalid Stonith|^glib: Cannot open / },
  {
    name: 'users, groups and programs that are not there',
    accepts: 'hb',
    says: /Invalid uid \[|Invalid user id|Bad uid list|Invalid group name|Bad gid list|Invalid apiauth directive|is not executable/,
  },
  { name: 'more than 64 ping nodes', accepts: 'hb', says: /Too many media/ },
  {
    name: 'a comma around the name of a directive',
    accepts: 'hb',
    says: /Illegal directive \[(,.*|[^\]]+,.*)\]/,
  },
  { name: 'a carriage return or form feed within a line', accepts: 'hb', says: /./, where: strayReturn },
  {
    name: 'directives of special builds',
    accepts: 'hb',
    says: /Illegal directive \[(normalpoll|hbaping|tipc|rds|openais)\]/,
  },
  {
    name: 'a word in upper case',
    accepts: 'hb',
    says: /Log facility\(.*\) not valid|Compression module\(.*\) not found|Invalid uuidfrom|Illegal hb generation method/,
  },
  {
    name: 'a word in upper case',
    accepts: 'hb',
    says: /^no reason given$/,
    where: /^msgfmt \w*[A-Z]/m,
  },
  {
    name: "Pacemaker's own settings",
    accepts: 'hb',
    says: /^no reason given$/,
    where: /^\s*(crm_daemon_dir|crmd_spawns_pengine)\b/m,
  },
  { name: 'a comment right behind a node', accepts: 'hb', says: /Bad nodename in .* \[\w+#/ },
  { name: 'a backslash alone in its line', accepts: 'hb', says: /Bad nodename in .* \[\\\]/ },

  {
    name: 'a carriage return or form feed within a line of haresources',
    accepts: 'heartbeat',
    says: /names this node/,
    where: strayReturn,
  },
  { name: 'a node name that no host can have', accepts: 'heartbeat', says: /: not a node name/ },
  { name: 'the log facility mark', accepts: 'heartbeat', says: /logfacility: .*'mark'/ },
  { name: 'a port beyond 65535', accepts: 'heartbeat', says: /udpport: out of range/ },
  { name: 'a time with more than a unit behind it', accepts: 'heartbeat', says: /: not a time: / },
  { name: 'a time of more than 24 days', accepts: 'heartbeat', says: /a time of more than 24 days/ },
  {
    name: 'a number beyond 32 bits',
    accepts: 'heartbeat',
    says: /out of range: '\d{10,}'|number of the key is out of range/,
  },
  {
    name: 'a number of mcast that is none',
    accepts: 'heartbeat',
    says: /mcast6?: (out of range|not one of the words for it|not a whole number)/,
  },
  { name: 'part of an address', accepts: 'heartbeat', says: /neither an IPv[46] address nor a host name/ },
  { name: 'an interface name that none can have', accepts: 'heartbeat', says: /: not an interface name/ },
  {
    name: 'two nodes of one name',
    accepts: 'heartbeat',
    says: /a node and a ping node have the same name|this node stands in line/,
  },
  { name: 'a control character', accepts: 'heartbeat', says: /a control character/ },
  {
    name: 'a watchdog, core directory or log that no file can be',
    accepts: 'heartbeat',
    says: /(watchdog|coreroot): not a full path|not the path of a file/,
  },
  { name: 'serial links alone', accepts: 'heartbeat', says: /the only link is serial/ },
  { name: '64 media and this host among their peers', accepts: 'heartbeat', says: /more than 64 media/ },
  {
    name: 'a group that could never start',
    accepts: 'heartbeat',
    says: /not an IPv4 or IPv6 address|not a netmask|not an interface: |longer than 15 characters|too many parts in the address|not a broadcast address|a backslash that is not the last character/,
  },
  {
    name: 'a resource in two groups',
    accepts: 'heartbeat',
    says: /begins with the same resource|the address stands in line/,
  },
]

/** Recorded directives that both read, each in its own way. */
export const otherValues: ReadonlyMap<string, string> = new Map([['use_logd', 'no log named']])
