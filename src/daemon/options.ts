import type { Config } from '../config/types.ts'

export interface DaemonOptions {
  readonly configDir: string
  readonly config: Config
  readonly node: string
  readonly stateDir: string
  /** Where heartbeat's pid file and client socket are. */
  readonly runDir: string
  readonly socketPath: string
}
