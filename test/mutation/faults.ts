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
    from: '    else host.fencing.before([peer], () => this.takeFrom(peer, `${peer.name} is dead`))\n',
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
    from: '(failed) =>\n      this.releasedOrNot(deal, failed),\n    )\n',
    to: '() => {})\n    this.releasedOrNot(deal, [])\n',
  },
  {
    what: 'the taker does not wait for the giver’s done',
    from: "    this.say(ask.set, 'other')\n",
    to: "    this.say(ask.set, 'other')\n    this.take()\n",
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
    from: 'if (this.retries++ >= STOP_RETRIES)',
    to: 'if (this.retries++ >= 0)',
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
    from: 'if (!sameDigest(given, digest(found, data))) {',
    to: 'if (given.length !== digest(found, data).length) {',
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
  {
    what: 'a dead node is taken from before it has been reset',
    from: '    if (!this.pending) return take()\n',
    to: '    take()\n    if (!this.pending) return\n',
  },
  {
    what: 'a reset that failed counts as one',
    from: '    if (ok) this.succeeded(doom, detail)\n',
    to: "    if (ok || detail !== '') this.succeeded(doom, detail)\n",
  },
  {
    what: 'a reset that failed is not tried again',
    from: '      else this.again(doom)\n',
    to: '      else void doom\n',
  },
  {
    what: 'what was to be taken from a dead node is taken though it is heard again',
    from: "    for (const names of this.takes.keys()) if (names.split(' ').includes(peer.name)) this.takes.delete(names)\n",
    to: '',
  },
  {
    what: 'a node that has said goodbye is reset',
    from: '    if (peer.gone) return false\n    if (host.isLegacy',
    to: '    if (host.isLegacy',
  },
  {
    what: 'a node is reset for a group in maintenance',
    from: "    if (host.maintenance.covers(group)) return 'the group is in maintenance'\n",
    to: '',
  },
  {
    what: 'after a stall the answer of an earlier reset counts',
    from: '      doom.id = null\n      doom.resetMs = null\n      doom.dueMs = this.host.ctx.now.ms + RETRY_MS\n',
    to: '      void doom\n',
  },
  {
    what: 'a monitor acts on its first failure',
    from: 'if (w.failures >= monitor.fail && !group.sick)',
    to: 'if (w.failures >= 1 && !group.sick)',
  },
  {
    what: 'a group in maintenance is monitored',
    from: "if (w.group.state !== 'held' || maintenance.covers(w.group)) this.rest(w)",
    to: "if (w.group.state !== 'held') this.rest(w)",
  },
  {
    what: 'a probe that does not answer is waited for for ever',
    from: 'if (w.job !== null && ctx.now.ms >= w.job.untilMs) this',
    to: 'if (w.job !== null && ctx.now.ms < 0) this',
  },
  {
    what: 'restarts of a monitor are not counted',
    from: '    group.restarts.push(ms)\n',
    to: '',
  },
  {
    what: 'a group is handed to a node that could not start it',
    from: '    return peer.hb.failed.includes(g.index) ? `',
    to: '    return peer.hb.failed.length > 1e9 ? `',
  },
  {
    what: 'a sick group may come back at once',
    from: 'FIRST_PAUSE_MS * 2 ** Math.min(20, times - 1)',
    to: '0 * times',
  },
  {
    what: 'of two states of maintenance the older wins',
    from: 'theirs.stamp < this.state.stamp) return\n    const mine',
    to: 'theirs.stamp > this.state.stamp) return\n    const mine',
  },
  {
    what: 'groups in maintenance are taken from another node',
    from: '|| blocked !== null) return this.decline',
    to: "|| blocked === '') return this.decline",
  },
  {
    what: 'the end of maintenance is not refused while a node that is away may run groups',
    from: 'const danger = on ? null : this.danger(key)',
    to: "const danger = on ? null : this.danger('')",
  },
  {
    what: 'a node that died before it heard of the end of maintenance is taken over',
    from: '    if (left.length === 0) return\n    const groups',
    to: '    if (left.length >= 0) return\n    const groups',
  },
  {
    what: 'a new program begins its numbers again',
    from: 'membership.outbox.history.resume(h.seq)',
    to: 'membership.outbox.history.resume(0)',
  },
  {
    what: 'a program is replaced in the middle of a hand-over',
    from: "  if (!resources.standby.idle || resources.many.moves.underWay) return 'a hand-over is under way'\n",
    to: '',
  },
  {
    what: 'lengths of time are moved like moments',
    from: "new Set(['deadtimeMs', 'tookMs'])",
    to: "new Set(['tookMs'])",
  },
  {
    what: 'a new program does not know which resources run',
    from: '  for (const i of on) group.on.add(i)\n',
    to: '  void on\n',
  },
  {
    what: 'a takeover that nobody answers has no end',
    from: "    this.host.ctx.timers.arm('takeover', this.host.ctx.now.ms + ANSWER_MS)\n",
    to: '',
  },
  {
    what: 'a takeover is granted whatever stands in its way',
    from: 'if (why === null) return host.standby.begin(set, `',
    to: "if (why !== '') return host.standby.begin(set, `",
  },
  {
    what: 'a takeover gives the wrong set',
    from: "const set = mirror(standbySet(get(message, 'rsc_hold') ?? 'all') ?? 'all')",
    to: "const set = standbySet(get(message, 'rsc_hold') ?? 'all') ?? 'all'",
  },
  {
    what: 'a request that had to wait is forgotten',
    from: '    this.host.standby.accept(waiting.ask, waiting.peer)\n',
    to: '',
  },
  {
    what: 'a request that waited too long is granted',
    from: ' || this.host.ctx.now.ms > waiting.untilMs) return',
    to: ') return',
  },
  {
    what: 'of two that ask at once each takes the side of the other',
    from: '    if (nodes.indexOf(this.host.ctx.self.name) < nodes.indexOf(peer.name)) return\n',
    to: '    void nodes\n',
  },
  {
    what: 'ipfail: the node that sees more ping nodes gives up',
    from: 'if (now.pings > theirs) return',
    to: 'if (now.pings < theirs) return',
  },
  {
    what: 'ipfail: given up at once, without a chance to think better of it',
    from: 'atMs: nowMs + 2 * this.options.keepaliveMs',
    to: 'atMs: nowMs',
  },
  {
    what: 'ipfail: abort_giveup is not heeded',
    from: '        if (fromPartner) this.due = null\n',
    to: '',
  },
  {
    what: 'ipfail: anybody is the partner',
    from: "const fromPartner = get(message, 'src') === this.options.partner",
    to: "const fromPartner = get(message, 'src') !== undefined",
  },
  {
    what: 'a heartbeat in legacy mode that takes this node for dead is not asked to let go',
    from: '    if (host.isLegacy) return host.legacy.afterPartition(peer)\n    host.standby',
    to: '    host.standby',
  },
  {
    what: 'a heartbeat is not asked for what it does not claim',
    from: '    if (this.requests++ < REQUESTS_MAX)',
    to: '    if (this.requests > REQUESTS_MAX)',
  },
  {
    what: 'a heartbeat that stands in a hand-over that is over is left there',
    from: '    if (host.unfinished.audit()) return\n',
    to: '',
  },
  {
    what: 'a heartbeat that does not begin is told late, though both claim the same',
    from: '    if (late !== null) host.unfinished.notBegun()\n',
    to: '',
  },
  {
    what: 'the last word of another hand-over is taken for that of this one',
    from: "this.phase === 'awaiting' && set === deal.set)",
    to: "this.phase === 'awaiting')",
  },
  {
    what: 'after a pause what a node once said of its own start is believed',
    from: '    this.alsoStarts = false\n    this.waitFrom(fromMs, 0)\n',
    to: '    this.waitFrom(fromMs, 0)\n',
  },
  {
    what: 'between three: what a node had that is back for another one only is inherited',
    from: "(p: Peer | undefined): p is Peer => p?.state === 'dead'\n",
    to: "(p: Peer | undefined): p is Peer => p?.state === 'dead' && !p.gone\n",
  },
  {
    what: 'a leaving node keeps what the other one takes until it is its turn to stop',
    from: '    host.shutdown.claimed()\n',
    to: '',
  },
  {
    what: 'of two that have the same one waits ten seconds for an answer',
    from: 'host.contested ? this.beginMs : ANSWER_MS',
    to: 'ANSWER_MS',
  },
  {
    what: 'a node that leaves before it is a member becomes one',
    from: '    } else host.membership.joining.stop()\n',
    to: '    }\n',
  },
  {
    what: 'after an end of trouble the state of a group changes untold',
    from: "    this.host.ctx.event('group', g.key, 'failed', 'stopped', cause)\n",
    to: '',
  },
  {
    what: 'a group that a reload removes is started if that was ordered before',
    from: '    // Its start may have been ordered, and not begun.\n    g.wanted = false\n',
    to: '',
  },
  {
    what: 'a reload looks for something to take among the groups of before',
    from: "  host.orders.give('removed from haresources', fresh, () => {})\n",
    to: "  host.groups = old\n  host.orders.give('removed from haresources', fresh, () => {})\n  host.groups = groups\n",
  },
  {
    what: 'a node that stood still while it joined believes what was said before',
    from: 'return this.joinLater(drainMs)',
    to: 'return host.membership.judging.excuseAll()',
  },
  {
    what: 'a report that came during a hand-over without an answer is forgotten',
    from: 'this.host.other.stable ||= deal.known',
    to: 'this.host.other.stable = deal.known',
  },
  {
    what: 'a group that cannot be stopped holds up the others',
    from: 'if (task.steps.length === 0) return runner.goOn()',
    to: 'if (task !== undefined) return runner.goOn()',
  },
  {
    what: 'in legacy mode a node that is not a member yet says that it has nothing',
    from: "(host.stage === 'init' && !group.present)",
    to: "host.stage === 'init'",
  },
  {
    what: 'a heartbeat that lets go later than it is waited for is ignored',
    from: 'if (ask !== null) this.expect(ask, peer)',
    to: 'void ask',
  },
  {
    what: 'what cannot be let go of is claimed with all that the standby named',
    from: 'if (deal.only === null) host.mine = { ...deal.claimed }',
    to: 'if (deal.only === null) host.claim(deal.set, true)',
  },
  {
    what: 'a heartbeat that stood by while it took over is not asked once more',
    from: 'const crossing = peer.hb === null && !this.takeover.asked && (host.contested || host.reports.isNew(set))',
    to: 'const crossing = false',
  },
  {
    what: 'a generation that others refuse is kept for ever',
    from: 'if (++this.asks > this.asksMax) {',
    to: 'if (++this.asks > Number.MAX_SAFE_INTEGER) {',
  },
  {
    what: 'a heartbeat that asks for more patience than it has is waited for',
    from: 'return lastStatusMs + this.ctx.config.deadtimeMs\n',
    to: 'return lastStatusMs + peer.deadtimeMs + this.ctx.config.deadtimeMs\n',
  },
  {
    what: 'between three: what a node has whom another one hears is taken',
    from: 'if (live.some((p) => this.unheard(p.hb?.seen.get(g.index)))) return false',
    to: '',
  },
  {
    what: 'between three: every survivor takes',
    from: 'this.heirs.heir(g) === host.ctx.self.name && this.surely(g)',
    to: 'this.heirs.heir(g) !== null && this.surely(g)',
  },
  {
    what: 'between three: one that has handed over at once names nobody any more',
    from: 'target.untilMs = ms + TOLD_BEATS * host.ctx.config.keepaliveMs',
    to: 'target.untilMs = ms - 1',
  },
  {
    what: 'a heartbeat that takes this node for dead in a hand-over is waited for',
    from: '    host.standby.partnerForgot(peer, seq)\n',
    to: '    void seq\n',
  },
  {
    what: 'what a heartbeat says again is taken for an answer',
    from: "if (host.stage === 'starting' && peer.hb === null && seq <= this.floorSeq) return",
    to: 'if (seq < 0) return',
  },
  {
    what: 'the report of an earlier hand-over is one of this',
    from: 'this.isPartner(peer) && seq > this.heardSeq) this.enter',
    to: 'this.isPartner(peer)) this.enter',
  },
  {
    what: 'a request that is said again begins another hand-over',
    from: 'if (peer.hb === null && seq < this.heardSeq) return',
    to: 'if (seq < 0) return',
  },
  {
    what: 'a heartbeat that restarted while this node was away is not asked',
    from: "if (peer.hb === null && state === 'active') this.askAnew(peer)",
    to: 'void state',
  },
  {
    what: 'a generation that a heartbeat refuses is kept when this node is active',
    from: 'if (this.unstable > ASK_STATE_AUDITS && !reports.isAnswered) membership.joining.doubtGeneration(peer)',
    to: 'void reports',
  },
  {
    what: 'what a heartbeat does not serve is left there',
    from: "    host.standby.takeover.askToLetGo(set, 'nobody answers for it')\n",
    to: '',
  },
  {
    what: 'what is served when the heartbeat agrees is taken',
    from: 'if (!host.unserved.doubts(ask, peer)) standby.accept(ask, peer)',
    to: 'standby.accept(ask, peer)',
  },
  {
    what: 'what a heartbeat serves goes with what it does not serve',
    from: '.every((g) => (this.silent.get(g) ?? 0) >= looks && !host.failover.unfit(g))',
    to: '.some((g) => (this.silent.get(g) ?? 0) >= looks && !host.failover.unfit(g))',
  },
  {
    what: 'what another life of the heartbeat could not do counts for ever',
    from: '      if (g.trouble !== null) g.trouble.returned = false\n',
    to: '',
  },
  {
    what: 'what a heartbeat served is not offered to it again',
    from: "if (g.state === 'failed' && g.servedThere) return null\n",
    to: 'void g\n',
  },
  {
    what: 'in legacy mode a new generation may lose an answer',
    from: 'return !this.standby.idle || this.legacy.answering',
    to: 'return !this.standby.idle',
  },
  {
    what: 'initdead is over after a stall before it',
    from: '    this.drain(drainMs)\n    this.host.membership.judging.excuseAll()\n',
    to: '    this.drain(drainMs)\n',
  },
  {
    what: 'initdead goes on while this node does not listen',
    from: '    this.startMs = Math.min(now, this.startMs + ms)\n',
    to: '',
  },
  {
    what: 'a heartbeat is told of the end of a hand-over while its own request is open',
    from: 'this.toldMs + AGAIN_MS, this.requestMs + FORGETS_MS)',
    to: 'this.toldMs + AGAIN_MS)',
  },
  {
    what: 'a heartbeat is not told to take what it claims and does not serve',
    from: '    this.host.legacy.answer(heartbeat, g.key, false)\n',
    to: '',
  },
  {
    what: 'a heartbeat is not told that this node is at rest after a hand-over',
    from: 'this.reports.sayAfterStandby()',
    to: 'this.reports.sayIfChanged()',
  },
  {
    what: 'what was handed over since it was looked for is left to the heartbeat',
    from: '|| !this.claimedBy(heartbeat, g) || !this.host.settled) return',
    to: ') return',
  },
  {
    what: 'an owner that has said farewell is given its group',
    from: "owner?.state !== 'active' || owner.gone)",
    to: "owner?.state !== 'active')",
  },
  {
    what: 'a question that was lost while a link healed is not put again',
    from: 'const lost = reports.isOverdue',
    to: 'const lost = false',
  },
  {
    what: 'what came with a lost question is not said again',
    from: '    if (lost) reports.say()\n',
    to: '',
  },
  {
    what: 'a report that does not say whether that node is stable is an answer',
    from: 'if (isstable !== undefined) this.questions = 0',
    to: 'this.questions = 0',
  },
  {
    what: 'a new generation overtakes the last word of a hand-over',
    from: '    if (this.conflicts === 0 && host.standby.echoes) return\n',
    to: '',
  },
  {
    what: 'a heartbeat that has said farewell is asked to let go',
    from: "p.hb === null && p.state === 'active' && !p.gone)",
    to: "p.hb === null && p.state === 'active')",
  },
  {
    what: 'a heartbeat that starts with everything is not told that this node is at rest',
    from: 'unless it hears that this node is at rest.\n    host.healing.begin(peer)',
    to: '\n    host.starting.ask()',
  },
  {
    what: "after a pause the groups of the other node, which left them here, are nobody's",
    from: '    if (foreign) host.mine.foreign = true\n',
    to: '',
  },
  {
    what: 'after a pause the groups of the other node are taken though it has them',
    from: 'hadForeign && !host.other.local && ',
    to: 'hadForeign && ',
  },
  {
    what: 'a status does not name its protocol',
    from: "      text('protocol', '1'),\n",
    to: '',
  },
  {
    what: 'who yields in legacy mode stops its services before its address',
    from: 'host.healing.letGo([group], `${owner.name}, its owner, has it (${mac})`)',
    to: 'host.orders.give(`${owner.name}, its owner, has it (${mac})`, [group], () => {})',
  },
  {
    what: 'a node with another haresources is not asked whom it hears',
    from: 'return !this.deadHolders([g]).some((dead) =>',
    to: 'return true || !this.deadHolders([g]).some((dead) =>',
  },
]
