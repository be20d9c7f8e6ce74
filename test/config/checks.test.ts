/** One row for each check of the whole, and the values that follow from others. */
import { describe, expect, test } from 'bun:test'
import { messages, read, right, said } from './helper.ts'

const base = 'logfacility local0\nauto_failback off\nnode alpha beta\n'
const link = 'ucast eth0 10.0.0.2\n'
const problems = (lines: string) => said(read({ haCf: base + lines }).problems)

describe('times', () => {
  test.each([
    ['keepalive 5\ndeadtime 10', "ha.cf:6:10 error '10': deadtime is not more than twice keepalive"],
    ['keepalive 15', "ha.cf:0:0 error '': deadtime is not more than twice keepalive"],
    ['deadping 2', "ha.cf:5:10 error '2': deadping is not more than twice keepalive"],
    ['initdead 20', "ha.cf:5:10 error '20': initdead is shorter than deadtime"],
    ['deadtime 5\ninitdead 9999ms', "ha.cf:6:10 warning '9999ms': initdead is under 10 s"],
    ['warntime 30', "ha.cf:5:10 warning '30': warntime is not shorter than deadtime"],
    ['warntime 1', "ha.cf:5:10 warning '1': warntime is not longer than keepalive"],
    [
      'keepalive 200ms\ndeadtime 1999ms',
      "ha.cf:6:10 warning '1999ms': deadtime is under 2 s: if hb is killed, its addresses may overlap the peer's for up to a second",
    ],
  ])('%p', (lines, expected) => expect(problems(`${link}${lines}\n`)).toEqual([expected]))

  test.each(['keepalive 5\ndeadtime 10001ms', 'deadping 2001ms', 'initdead 30', 'keepalive 200ms\ndeadtime 2', ''])(
    '%p is right',
    (lines) => expect(problems(`${link}${lines}\n`)).toEqual([]),
  )

  test('without a lease there is no remark about leases', () => {
    const haCf = `${base}${link}keepalive 200ms\ndeadtime 1\n`
    expect(read({ haCf, hbCf: 'lease off\n' }).problems).toEqual([])
  })
})

describe('nodes and media', () => {
  test.each([
    ['', "ha.cf:0:0 error '': no medium for heartbeats"],
    ['serial /dev/ttyS0', "ha.cf:4:8 error 'serial': the only link is serial, which hb does not use"],
    ['ping 10.0.0.1', "ha.cf:0:0 warning '': ping nodes only: the nodes cannot hear each other"],
    [
      `${link}node gamma`,
      "ha.cf:5:6 warning 'gamma': more than two nodes: heartbeat's rules for groups are made for two",
    ],
  ])('%p', (lines, expected) => expect(problems(`${lines}\n`)).toContain(expected))

  test('a network link beside the serial one will do', () => {
    expect(read({ haCf: `${base}serial /dev/ttyS0\n${link}` }).config).not.toBeNull()
  })

  test('more than 64 media are refused', () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => `ucast eth0 10.0.1.${i}\n`).join('')
    expect(problems(many(64))).toEqual([])
    expect(problems(many(65))).toEqual(["ha.cf:68:1 error 'eth0 10.0.1.64': more than 64 media"])
  })

  test('no node at all', () => {
    expect(messages(read({ haCf: `logfacility local0\nauto_failback on\n${link}` }).problems)).toEqual([
      'error: no node',
    ])
  })

  test('this host must be among the nodes; a near one is named', () => {
    const problem = (nodename: string) => read({}, { nodename }).problems[0]
    expect(problem('omega')).toMatchObject({
      line: 6,
      column: 6,
      word: 'omega',
      message: 'no node directive names this host',
    })
    expect(problem('bata')).toMatchObject({ line: 6, column: 12, remedy: 'did you mean it by beta?' })
    expect(problem('ALPHA')).toBeUndefined()
  })
})

describe('failover and logging', () => {
  test.each([
    ['', 'warning: auto_failback is not set and means legacy'],
    ['auto_failback legacy\n', 'warning: auto_failback legacy is outdated'],
  ])('%p', (lines, expected) =>
    expect(messages(read({ haCf: `logfacility local0\nnode alpha beta\n${link}${lines}` }).problems)).toEqual([
      expected,
    ]),
  )

  const quiet = `auto_failback off\nnode alpha beta\n${link}`
  test.each([
    ['', ["warning: no log is named: heartbeat would use its logging daemon, hb uses syslog's facility daemon"]],
    ['use_logd no\n', ['error: no log at all']],
    ['use_logd no\nlogfacility none\n', ['error: no log at all']],
    ['use_logd no\nlogfile /var/log/ha-log\n', []],
    ['debugfile /var/log/ha-debug\n', []],
  ])('%p', (lines, expected) => expect(messages(read({ haCf: quiet + lines }).problems)).toEqual(expected))

  test('stop_failure fence with a device is right', () => {
    expect(read({ haCf: `${base}${link}stonith ssh /x\n`, hbCf: 'stop_failure fence\n' }).problems).toEqual([])
  })
})

describe('programs, where they can be looked for', () => {
  const haCf = `${base}${link}respawn root /bin/watch -v\n`
  const haresources = 'alpha 10.0.0.1 www Filesystem::/a::/b\nbeta IPaddr2::10.0.0.2 www::x\n'
  const look = (found: string[]) => {
    const { problems } = read({ dir: '/etc/ha.d/', haCf, haresources }, { executable: (p) => found.includes(p) })
    return said(problems)
  }
  test('missing ones are warned about once', () => {
    expect(look([])).toEqual([
      "/etc/ha.d/ha.cf:5:1 warning '/bin/watch': no such program on this machine",
      "/etc/ha.d/haresources:1:16 warning 'www': no such resource script on this machine",
      "/etc/ha.d/haresources:1:20 warning 'Filesystem': no such resource script on this machine",
    ])
  })
  test('scripts are looked for in resource.d and init.d', () => {
    expect(look(['/bin/watch', '/etc/ha.d/resource.d/Filesystem', '/etc/init.d/www'])).toEqual([])
  })
})

describe('users and groups, where they can be looked for', () => {
  const haCf = `${base}${link}respawn cluster /bin/watch\napiauth me uid=root,cluster,77 gid=wheel,nogroup\n`
  test('unknown ones are warned about', () => {
    const { problems } = read({ haCf }, { passwd: 'root:x:0:0::/:/bin/sh\n', group: 'nogroup:x:65534:\n' })
    expect(said(problems)).toEqual([
      "ha.cf:5:1 warning 'cluster': no such user on this machine",
      "ha.cf:6:1 warning 'cluster': no such user on this machine",
      "ha.cf:6:1 warning 'wheel': no such group on this machine",
    ])
  })
  test('nothing is said where the files are not there', () => expect(read({ haCf }).problems).toEqual([]))
})

describe('the stonith device, where it can be looked for', () => {
  const glue = '/usr/lib/stonith/plugins'
  const look = (line: string, found: string[]) =>
    said(read({ haCf: `${base}${link}${line}\n` }, { exists: (p) => found.includes(p) }).problems)
  test.each<[string, string[], string[]]>([
    ['stonith ipmilan /x', [glue, `${glue}/stonith2/ipmilan.so`, '/x'], []],
    ['stonith_host * external/ssh alpha', [glue, `${glue}/external/ssh`], []],
    ['stonith_host beta external/nosuch alpha', [glue], []],
    ['stonith ipmilan /x', [glue, '/x'], ["ha.cf:5:1 warning 'ipmilan': no such stonith type on this machine"]],
    ['stonith ipmilan /x', ['/x'], ["ha.cf:5:1 warning 'stonith': cluster-glue is not on this machine"]],
    [
      'stonith external/ssh /x',
      [glue, `${glue}/external/ssh`],
      ["ha.cf:5:1 warning '/x': no such file on this machine"],
    ],
  ])('%s where there is %p', (line, found, expected) => expect(look(line, found)).toEqual(expected))
})

describe('parameters', () => {
  const parameters = (lines: string) => right(read({ haCf: base + link + lines })).parameters
  test('are the values as written, with every default', () => {
    expect(Object.fromEntries(parameters('keepalive 2\nkeepalive 500ms\nrealtime Off\n'))).toEqual({
      udpport: '694',
      baud: '19200',
      autojoin: 'none',
      cluster: 'linux-ha',
      uuidfrom: 'file',
      hbgenmethod: 'file',
      hopfudge: '1',
      msgfmt: 'classic',
      keepalive: '500ms',
      deadtime: '30000ms',
      warntime: '15000ms',
      initdead: '30000ms',
      deadping: '30000ms',
      max_rexmit_delay: '250',
      auto_failback: 'off',
      logfacility: 'local0',
      logfile: '/dev/null',
      debugfile: '/dev/null',
      use_logd: 'no',
      conn_logd_time: '60',
      syslogmsgfmt: 'true',
      log_badpack: 'true',
      debug: '0',
      realtime: 'Off',
      memreserve: '6500',
      coredumps: 'true',
      coreroot: '/var/lib/heartbeat/cores',
    })
  })
  test('a file that is named stays, one that is not is /dev/null beside a facility', () => {
    const named = parameters('logfile /var/log/ha-log\n')
    expect([named.get('logfile'), named.get('debugfile')]).toEqual(['/var/log/ha-log', '/dev/null'])
  })
  test('the port of /etc/services counts', () => {
    const reading = read({ haCf: base + link }, { services: 'ha-cluster 1694/udp' })
    expect(right(reading).parameters.get('udpport')).toBe('1694')
  })
})

describe('missing files', () => {
  test('each is an error of its own, and all the others are read', () => {
    expect(said(read({ haCf: null, haresources: null, authkeys: null }).problems)).toEqual([
      "ha.cf:0:0 error '': the file is missing",
      "haresources:0:0 error '': the file is missing",
      "authkeys:0:0 error '': the file is missing",
    ])
    expect(said(read({ haCf: null, haresources: 'alpha 10.0.0.999\n' }).problems)).toHaveLength(2)
  })
  test('one that cannot be read says why', () => {
    const unreadable = new Map([['hb.cf', 'cannot be read (EACCES)']])
    expect(said(read({ unreadable }).problems)).toEqual(["hb.cf:0:0 error '': the file cannot be read (EACCES)"])
  })
})
