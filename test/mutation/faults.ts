// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are pieces of source text
/** Faults to be planted in the core, one at a time: the exact text that goes, and what is put in its place. */
export interface Planted {
  readonly file: string
  readonly what: string
  readonly from: string
  readonly to: string
}

const membership = 'src/cluster/membership.ts'
const generations = 'src/cluster/generations.ts'
const hearing = 'src/cluster/hearing.ts'
const judging = 'src/cluster/judging.ts'
const repetition = 'src/cluster/repetition.ts'
const manager = 'src/resources/manager.ts'
const standby = 'src/resources/standby.ts'
const healing = 'src/resources/healing.ts'
const runner = 'src/resources/runner.ts'
const engine = 'src/engine.ts'

export const faults: readonly Planted[] = [
  {
    file: generations,
    what: 'a message of an earlier life is believed',
    from: 'if (generation < peer.generation) {',
    to: 'if (generation > peer.generation + 1e9) {',
  },
  {
    file: generations,
    what: 'a status that was heard before brings a dead node back',
    from: '    if (seq <= peer.lastStatusSeq) {\n      ctx.count',
    to: '    if (seq < 0) {\n      ctx.count',
  },
  {
    file: judging,
    what: 'nobody is ever declared dead',
    from: "if (peer.state !== 'dead' && ctx.now.ms >= this.deathMs(peer)) this.declareDead(peer)",
    to: "if (peer.state === 'dead' && ctx.now.ms >= this.deathMs(peer)) this.declareDead(peer)",
  },
  {
    file: judging,
    what: 'initdead is not waited for',
    from: 'Math.max(this.ctx.config.initdeadMs, peer.deadtimeMs)',
    to: 'Math.min(this.ctx.config.initdeadMs, peer.deadtimeMs)',
  },
  {
    file: hearing,
    what: 'own deadtime instead of what the peer has said (dt)',
    from: 'if (dt !== undefined && dt > 0) peer.deadtimeMs',
    to: 'if (dt !== undefined && dt > 1e9) peer.deadtimeMs',
  },
  {
    file: membership,
    what: 'the beat is not armed again',
    from: "    ctx.timers.arm('beat', next > ctx.now.ms ? next : ctx.now.ms + keepaliveMs)\n",
    to: '    void next\n',
  },
  {
    file: membership,
    what: 'a new generation is not written down',
    from: "    ctx.emit({ kind: 'generation', value: outbox.generation })\n",
    to: '',
  },
  {
    file: judging,
    what: 'judged at once after a stall, before the sockets are drained',
    from: '    if (ctx.now.ms < this.notBeforeMs) return\n',
    to: '',
  },
  {
    file: hearing,
    what: 'requests for the node list are not answered',
    from: "if (type === 'reqnodes') joining.answerNodes(peer)",
    to: "if (type === 'reqnodes') void peer",
  },
  {
    file: judging,
    what: 'nothing that is missing is asked for',
    from: "if (peer.alive && peer.kind === 'normal') membership",
    to: "if (!peer.alive && peer.kind === 'normal') membership",
  },
  {
    file: repetition,
    what: 'a refused repetition is asked for for ever',
    from: 'if (seq === undefined || !peer.order.giveUp(seq)) return',
    to: 'if (seq === undefined || seq >= 0) return',
  },
  {
    file: 'src/cluster/order.ts',
    what: 'a message that comes twice counts twice',
    from: "if (seq === last) return 'duplicate'",
    to: "if (seq === last) return 'next'",
  },
  {
    file: 'src/cluster/order.ts',
    what: 'the list of missing numbers grows without end',
    from: '      if (this.missing.size >= MISSING_MAX) this.missing.delete(this.lowestMissing()!)\n',
    to: '',
  },
  {
    file: 'src/cluster/history.ts',
    what: 'the history of what was sent is never shortened',
    from: '    if (this.sent.size > HISTORY_MAX) this.sent.delete(this.lowest++)\n',
    to: '',
  },
  {
    file: 'src/cluster/acks.ts',
    what: 'acknowledged beyond what is missing',
    from: 'const complete = peer.order.complete',
    to: 'const complete = peer.order.highest',
  },
  {
    file: manager,
    what: 'a dead node’s groups are not taken',
    from: '    this.takeFrom(peer, `${peer.name} is dead`)\n',
    to: '',
  },
  {
    file: manager,
    what: 'an orderly end is not followed by a takeover',
    from: '    this.takeFrom(peer, `${peer.name} has shut down`)\n',
    to: '',
  },
  {
    file: manager,
    what: 'no new generation after a peer was declared dead',
    from: 'if (peer.heard && !consented) this.membership.newGeneration',
    to: 'if (!peer.heard && !consented) this.membership.newGeneration',
  },
  {
    file: manager,
    what: 'after a stall the addresses are not dropped',
    from: "    ctx.emit({ kind: 'drop', resources: addresses, cause })\n",
    to: '    void addresses\n',
  },
  {
    file: manager,
    what: 'after a stall the silence of all others is never noticed',
    from: "    ctx.timers.arm('silence', ctx.now.ms + ctx.config.deadtimeMs)\n",
    to: '',
  },
  {
    file: manager,
    what: 'local groups are taken though the other side has them',
    from: 'const take = !this.other.foreign && !this.shutdown.asked',
    to: 'const take = !this.shutdown.asked',
  },
  {
    file: manager,
    what: 'failback under auto_failback off',
    from: "if (config.autoFailback !== 'on' || !this.mine.foreign) {",
    to: "if (config.autoFailback === 'legacy' || !this.mine.foreign) {",
  },
  {
    file: manager,
    what: 'isstable=1 is said before it is true',
    from: "const isstable = this.settled ? '1' : '0'",
    to: "const isstable = '1'",
  },
  {
    file: manager,
    what: 'nothing is announced when a node is back',
    from: '    this.healing.announceHeld(`${peer.name} is back`)\n',
    to: '',
  },
  {
    file: standby,
    what: 'the giver says done before it has let go',
    from: '    host.give(`standby ${this.set}: ${this.cause}`, groups, (failed) => this.releasedOrNot(failed))\n',
    to: '    host.give(`standby ${this.set}: ${this.cause}`, groups, () => {})\n    this.releasedOrNot([])\n',
  },
  {
    file: standby,
    what: 'the taker does not wait for the giver’s done',
    from: "    this.say(set, 'other')\n  }\n\n  private take",
    to: "    this.say(set, 'other')\n    this.take()\n  }\n\n  private take",
  },
  {
    file: standby,
    what: 'a hand-over has no time limit',
    from: "    this.host.ctx.timers.arm('standby', this.host.ctx.now.ms + limitMs)\n",
    to: '    void limitMs\n',
  },
  {
    file: standby,
    what: 'a failed stop is handed over all the same',
    from: 'if (stuck.length > 0) {\n      if (host.membership',
    to: 'if (stuck.length > 1e9) {\n      if (host.membership',
  },
  {
    file: healing,
    what: 'after a partition both sides let go',
    from: 'if (group.config.owner === self.name) return true',
    to: 'if (group.config.owner === self.name) return false',
  },
  {
    file: healing,
    what: 'after a partition the higher term keeps it',
    from: 'return group.term < theirs',
    to: 'return group.term > theirs',
  },
  {
    file: healing,
    what: 'who keeps a group after a partition does not announce it',
    from: "    this.announce([group], 'the other holder has let go of it')\n",
    to: '',
  },
  {
    file: healing,
    what: 'letting go leaves the addresses until the services have stopped',
    from: "    host.ctx.emit({ kind: 'drop', resources: groups.flatMap((g) => g.addresses()), cause })\n",
    to: '',
  },
  {
    file: 'src/resources/assertion.ts',
    what: 'the lease outlives deadtime',
    from: 'Math.floor((deadtimeMs - KERNEL_LATE_MS) / 1000)',
    to: 'Math.ceil((deadtimeMs + KERNEL_LATE_MS) / 1000)',
  },
  {
    file: engine,
    what: 'a stall is not noticed',
    from: 'if (lateMs <= NOISE_MS) return',
    to: 'if (lateMs >= 0) return',
  },
  {
    file: engine,
    what: 'addresses are not asserted with each beat',
    from: '    this.ctx.emit(assertion(this.resources))\n    const { keepaliveMs',
    to: '    const { keepaliveMs',
  },
  {
    file: runner,
    what: 'a failed start leaves what was started',
    from: "    this.work = 'give'\n    this.at = this.group.config.resources.length - 1\n    this.next()\n",
    to: "    this.end('failed', this.failure, false)\n",
  },
  {
    file: runner,
    what: 'a group is stopped from left to right',
    from: "this.at = work === 'take' || work === 'find' ? 0 : group.config.resources.length - 1",
    to: 'this.at = 0',
  },
  {
    file: runner,
    what: 'a stop is not tried again',
    from: 'if (this.retries++ < STOP_RETRIES)',
    to: 'if (this.retries++ > STOP_RETRIES)',
  },
  {
    file: 'src/resources/shutdown.ts',
    what: 'shutdone is said before everything is released',
    from: "    host.give('shutdown', host.groups, () => this.given())\n",
    to: "    host.give('shutdown', host.groups, () => {})\n    this.given()\n",
  },
  {
    file: 'src/resources/conflicts.ts',
    what: 'every claim of somebody else is answered at once, for ever',
    from: 'if (last !== undefined && nowMs < last.atMs + last.pauseMs) return false',
    to: 'if (last !== undefined && nowMs < last.atMs) return false',
  },
  {
    file: 'src/wire/signature.ts',
    what: 'a wrong digest is believed',
    from: 'if (!sameDigest(digest, digester(found)(data))) {',
    to: 'if (digest.length !== digester(found)(data).length) {',
  },
  {
    file: 'src/wire/required.ts',
    what: 'a message without its common fields is let in',
    from: 'export function missing(message: Message): Refused | null {\n',
    to: 'export function missing(message: Message): Refused | null {\n  if (message.fields.length > 0) return null\n',
  },
]
