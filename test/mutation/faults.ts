// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are pieces of source text
/**
 * Faults to be planted in the core, one at a time: the exact text that goes, which stands in one place only, and what is put
 * there.
 */
export interface Planted {
  readonly what: string
  readonly from: string
  readonly to: string
}

export const faults: readonly Planted[] = [
  {
    what: 'a message of an earlier life is believed',
    from: 'if (generation < peer.generation) {',
    to: 'if (generation > peer.generation + 1e9) {',
  },
  {
    what: 'a status that was heard before brings a dead node back',
    from: '    if (seq <= peer.lastStatusSeq) {\n      ctx.count',
    to: '    if (seq < 0) {\n      ctx.count',
  },
  {
    what: 'nobody is ever declared dead',
    from: "if (peer.state !== 'dead' && ctx.now.ms >= this.deathMs(peer)) this.declareDead(peer)",
    to: "if (peer.state === 'dead' && ctx.now.ms >= this.deathMs(peer)) this.declareDead(peer)",
  },
  {
    what: 'initdead is not waited for',
    from: 'Math.max(this.ctx.config.initdeadMs, peer.deadtimeMs)',
    to: 'Math.min(this.ctx.config.initdeadMs, peer.deadtimeMs)',
  },
  {
    what: 'own deadtime instead of what the peer has said (dt)',
    from: 'if (dt !== undefined && dt > 0) peer.deadtimeMs',
    to: 'if (dt !== undefined && dt > 1e9) peer.deadtimeMs',
  },
  {
    what: 'the beat is not armed again',
    from: "    ctx.timers.arm('beat', next > ctx.now.ms ? next : ctx.now.ms + keepaliveMs)\n",
    to: '    void next\n',
  },
  {
    what: 'a new generation is not written down',
    from: "    ctx.emit({ kind: 'generation', value: outbox.generation })\n",
    to: '',
  },
  {
    what: 'judged at once after a stall, before the sockets are drained',
    from: '    if (ctx.now.ms < this.notBeforeMs) return\n',
    to: '',
  },
  {
    what: 'requests for the node list are not answered',
    from: "if (type === 'reqnodes') joining.answerNodes(peer)",
    to: "if (type === 'reqnodes') void peer",
  },
  {
    what: 'nothing that is missing is asked for',
    from: "if (peer.alive && peer.kind === 'normal') membership",
    to: "if (!peer.alive && peer.kind === 'normal') membership",
  },
  {
    what: 'a refused repetition is asked for for ever',
    from: 'if (seq === undefined || !peer.order.giveUp(seq)) return',
    to: 'if (seq === undefined || seq >= 0) return',
  },
  {
    what: 'a message that comes twice counts twice',
    from: "if (seq === last) return 'duplicate'",
    to: "if (seq === last) return 'next'",
  },
  {
    what: 'the list of missing numbers grows without end',
    from: '      if (this.missing.size >= MISSING_MAX) this.missing.delete(this.lowestMissing()!)\n',
    to: '',
  },
  {
    what: 'the history of what was sent is never shortened',
    from: '    if (this.sent.size > HISTORY_MAX) this.sent.delete(this.lowest++)\n',
    to: '',
  },
  {
    what: 'acknowledged beyond what is missing',
    from: 'const complete = peer.order.complete',
    to: 'const complete = peer.order.highest',
  },
  {
    what: 'a dead node’s groups are not taken',
    from: '    host.fencing.before([peer], () => this.takeFrom(peer, `${peer.name} is dead`))\n',
    to: '',
  },
  {
    what: 'an orderly end is not followed by a takeover',
    from: '    this.takeFrom(peer, `${peer.name} has shut down`)\n',
    to: '',
  },
  {
    what: 'no new generation after a peer was declared dead',
    from: 'if (peer.heard && !consented) host.membership.newGeneration',
    to: 'if (!peer.heard && !consented) host.membership.newGeneration',
  },
  {
    what: 'after a stall the addresses are not dropped',
    from: "    ctx.emit({ kind: 'drop', resources: addresses, cause })\n",
    to: '    void addresses\n',
  },
  {
    what: 'after a stall the silence of all others is never noticed',
    from: "    ctx.timers.arm('silence', ctx.now.ms + ctx.config.deadtimeMs)\n",
    to: '',
  },
  {
    what: 'local groups are taken though the other side has them',
    from: 'const take = !host.other.foreign && !host.shutdown.asked',
    to: 'const take = !host.shutdown.asked',
  },
  {
    what: 'failback under auto_failback off',
    from: "if (host.ctx.config.autoFailback !== 'on' || !host.mine.foreign) {",
    to: "if (host.ctx.config.autoFailback === 'legacy' || !host.mine.foreign) {",
  },
  {
    what: 'isstable=1 is said before it is true',
    from: "const isstable = host.settled ? '1' : '0'",
    to: "const isstable = '1'",
  },
  {
    what: 'nothing is announced when a node is back',
    from: '    host.healing.announceHeld(`${peer.name} is back`)\n',
    to: '',
  },
  {
    what: 'the giver says done before it has let go',
    from: '    host.orders.give(`standby ${this.set}: ${this.cause}`, groups, (failed) => this.releasedOrNot(failed))\n',
    to: '    host.orders.give(`standby ${this.set}: ${this.cause}`, groups, () => {})\n    this.releasedOrNot([])\n',
  },
  {
    what: 'the taker does not wait for the giver’s done',
    from: "    this.say(set, 'other')\n  }\n\n  private take",
    to: "    this.say(set, 'other')\n    this.take()\n  }\n\n  private take",
  },
  {
    what: 'a hand-over has no time limit',
    from: "    this.host.ctx.timers.arm('standby', this.host.ctx.now.ms + limitMs)\n",
    to: '    void limitMs\n',
  },
  {
    what: 'a failed stop is handed over all the same',
    from: 'if (stuck.length > 0) {\n      if (host.membership',
    to: 'if (stuck.length > 1e9) {\n      if (host.membership',
  },
  {
    what: 'after a partition both sides let go',
    from: 'if (group.config.owner === self.name) return true',
    to: 'if (group.config.owner === self.name) return false',
  },
  {
    what: 'after a partition the higher term keeps it',
    from: 'return group.term < theirs',
    to: 'return group.term > theirs',
  },
  {
    what: 'who keeps a group after a partition does not announce it',
    from: "    this.announce([group], 'the other holder has let go of it')\n",
    to: '',
  },
  {
    what: 'letting go leaves the addresses until the services have stopped',
    from: "    host.ctx.emit({ kind: 'drop', resources: groups.flatMap((g) => g.addresses()), cause })\n",
    to: '',
  },
  {
    what: 'the lease outlives deadtime',
    from: 'Math.floor((deadtimeMs - KERNEL_LATE_MS) / 1000)',
    to: 'Math.ceil((deadtimeMs + KERNEL_LATE_MS) / 1000)',
  },
  {
    what: 'a stall is not noticed',
    from: 'if (lateMs <= NOISE_MS) return',
    to: 'if (lateMs >= 0) return',
  },
  {
    what: 'addresses are not asserted with each beat',
    from: '    this.ctx.emit(assertion(this.resources))\n    const { keepaliveMs',
    to: '    const { keepaliveMs',
  },
  {
    what: 'a failed start leaves what was started',
    from: "    this.work = 'give'\n    this.at = this.group.config.resources.length - 1\n    this.next()\n",
    to: "    this.end('failed', this.failure, false)\n",
  },
  {
    what: 'a group is stopped from left to right',
    from: "this.at = work === 'take' || work === 'find' ? 0 : group.config.resources.length - 1",
    to: 'this.at = 0',
  },
  {
    what: 'a stop is not tried again',
    from: 'if (this.retries++ < STOP_RETRIES)',
    to: 'if (this.retries++ > STOP_RETRIES)',
  },
  {
    what: 'shutdone is said before everything is released',
    from: "    host.orders.give('shutdown', host.groups, () => this.given())\n",
    to: "    host.orders.give('shutdown', host.groups, () => {})\n    this.given()\n",
  },
  {
    what: 'every claim of somebody else is answered at once, for ever',
    from: 'if (last !== undefined && nowMs < last.atMs + last.pauseMs) return false',
    to: 'if (last !== undefined && nowMs < last.atMs) return false',
  },
  {
    what: 'a wrong digest is believed',
    from: 'if (!sameDigest(digest, digester(found)(data))) {',
    to: 'if (digest.length !== digester(found)(data).length) {',
  },
  {
    what: 'a message without its common fields is let in',
    from: 'export function missing(message: Message): Refused | null {\n',
    to: 'export function missing(message: Message): Refused | null {\n  if (message.fields.length > 0) return null\n',
  },
  {
    what: 'the time of a stall counts as silence of the others',
    from: '    membership.judging.excuse(lateMs)\n',
    to: '',
  },
  {
    what: 'after a stall old reports in the sockets are believed',
    from: 'return this.host.ctx.now.ms < this.drainedMs',
    to: 'return false',
  },
  {
    what: 'a heartbeat that was late to hear this node keeps what it took in legacy mode',
    from: '    this.resources.legacy.claimedTwice(address)\n',
    to: '',
  },
]
