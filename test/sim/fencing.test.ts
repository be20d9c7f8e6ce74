/**
 * Partitions, crashes and stalls in clusters with fencing, in virtual time. Losing each other is no excuse for two
 * holders here: nothing is taken from a dead node before it was reset.
 */
import { testPaths } from './seeds.ts'

const WALKING = 60

testPaths('fencing', Number(process.env.SIM_FENCED ?? WALKING), WALKING, [
  'reset',
  'counter fencings',
  'counter fencing_failures',
  'event fencing no>resetting',
  'event fencing resetting>ended',
  'cause X is heard again',
])
