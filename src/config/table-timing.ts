/** Directives that set times. */
import { type Directive, into, words } from './directive.ts'
import { asWritten, looseInteger, time, timeAboveZero, timeMsMax } from './values.ts'

const unit = 'time'

export const timingDirectives: readonly Directive[] = [
  words({
    name: 'keepalive',
    grammar: 'keepalive TIME',
    default: '1000ms',
    unit,
    meaning: 'Time from one heartbeat to the next. Shorter notices more quickly and costs more traffic.',
    example: 'keepalive 1',
    recorded: true,
    value: timeAboveZero,
    set: into('keepaliveMs'),
  }),
  words({
    name: 'deadtime',
    grammar: 'deadtime TIME',
    default: '30000ms',
    unit,
    meaning:
      'Silence after which a node counts as dead, more than twice keepalive. Longer forgives load and pauses, and makes an outage longer.',
    example: 'deadtime 10',
    recorded: true,
    value: time,
    set: into('deadtimeMs'),
  }),
  words({
    name: 'warntime',
    grammar: 'warntime TIME',
    defaultNote: 'half of deadtime',
    unit,
    meaning: 'Silence after which a late heartbeat is logged; the way to find a deadtime that fits.',
    example: 'warntime 5',
    recorded: true,
    value: timeAboveZero,
    set: into('warntimeMs'),
  }),
  words({
    name: 'initdead',
    grammar: 'initdead TIME',
    defaultNote: 'deadtime if above 10 s; 12 s if deadtime is below 6 s; else twice deadtime',
    unit,
    meaning:
      'Stands for deadtime while this node starts, since networks come up slowly after a boot. Not below deadtime.',
    example: 'initdead 60',
    recorded: true,
    value: time,
    set: into('initdeadMs'),
  }),
  words({
    name: 'deadping',
    grammar: 'deadping TIME',
    defaultNote: 'deadtime',
    unit,
    meaning: 'Silence after which a ping node counts as dead, more than twice keepalive.',
    example: 'deadping 10',
    recorded: true,
    value: time,
    set: into('deadpingMs'),
  }),
  words({
    name: 'max_rexmit_delay',
    grammar: 'max_rexmit_delay NUMBER',
    default: '250',
    unit: 'ms',
    meaning: 'Longest pause before a lost message is asked for again.',
    example: 'max_rexmit_delay 250',
    recorded: true,
    value: looseInteger(1, timeMsMax),
    remark: asWritten,
    set: into('maxRexmitDelayMs'),
  }),
]
