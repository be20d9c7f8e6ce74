/** Lengths of time as operators write them on the command line. */
import { UsageError } from './args.ts'

const units: Readonly<Record<string, number>> = {
  ms: 1,
  '': 1000,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
}

/** A day: more is not a time limit, and timers end at 24 days. */
const MAX_MS = 86_400_000

/** '90', '90s', '1.5min', '500ms' in milliseconds; throws a UsageError for anything else, zero included. */
export function durationMs(option: string, text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)([a-z]*)$/.exec(text) ?? []
  const ms = Math.round(Number(digits) * (units[unit] ?? Number.NaN))
  if (ms >= 1 && ms <= MAX_MS) return ms
  throw new UsageError(
    `--${option} ${text} is no usable time: expected seconds, or a number with ms, s, min or h, up to 24h`,
  )
}
