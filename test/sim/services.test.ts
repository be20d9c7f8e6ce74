/**
 * Monitors, maintenance, failing starts and crashes in virtual time. The properties of every other run hold: whatever the
 * monitors say, a group runs on one host at most; and in maintenance nothing is started or stopped.
 */
import { testPaths } from './seeds.ts'

const WALKING = 120

testPaths('services', Number(process.env.SIM_SERVICED ?? WALKING), WALKING, [
  'fault sick',
  'fault maintenance',
  'counter monitor_restarts',
  'counter monitor_failovers',
  'event maintenance off>on',
  'event monitor failed>well',
  'cause in maintenance: looking what runs here',
])
