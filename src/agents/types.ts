/** What starts and stops a resource. */
import type { Operation, Outcome, ResourceJob } from '../io.ts'

export interface AgentResult {
  readonly outcome: Outcome
  readonly code: number | null
  readonly detail: string
}

/** Carries out jobs; never throws, always answers within the job's time limit plus a moment. */
export interface Agent {
  run(job: ResourceJob): Promise<AgentResult> | AgentResult
}

export type { Operation, ResourceJob }
