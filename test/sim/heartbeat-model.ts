import type { Identity } from '../../src/cluster/context.ts'
import type { ClusterConfig } from '../../src/config/types.ts'
import type { Effect, Input, Now } from '../../src/io.ts'

export interface ModelStart {
  readonly config: ClusterConfig
  readonly identity: Identity
  readonly generation: number
  readonly seed: number
  readonly now: Now
}

export class HeartbeatModel {
  deadlineMs = Number.POSITIVE_INFINITY
  constructor(readonly start: ModelStart) {}
  step(_input: Input, _now: Now): Effect[] {
    throw new Error('no model of heartbeat yet')
  }
}
