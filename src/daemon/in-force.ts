/** The configuration that is in force at the moment, and what is asked of it in many places. */
import { scriptEnvironment } from '../agents/environment.ts'
import type { Config } from '../config/types.ts'

export class InForce {
  constructor(
    public config: Config,
    readonly node: string,
  ) {}

  /** The environment of scripts and programs. */
  readonly env = (): Record<string, string> => scriptEnvironment(this.config, process.env, this.node)

  readonly keys = () => this.config.keys

  /** How long an address may outlive the decision loop; null: without a lease. */
  readonly leaseMs = (): number | null => (this.config.addresses.lease ? this.config.cluster.deadtimeMs : null)
}
