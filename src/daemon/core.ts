/** The core as this process begins it: anew, or where the program before this one has left it. */
import { Engine } from '../engine.ts'
import type { Now } from '../io.ts'
import type { GenerationFile } from './generation.ts'
import type { Left } from './handover-file.ts'
import type { InForce } from './in-force.ts'
import { readMaintenance } from './maintenance-file.ts'
import { fileUuid, nodenameUuid } from './uuid.ts'

export interface CoreOptions {
  readonly inForce: InForce
  readonly stateDir: string
  readonly now: Now
  readonly generation: GenerationFile
  readonly left: Left | null
  readonly problem: (text: string) => void
}

/** Throws what the file system says where this node's identity can neither be read nor written. */
export function createCore({ inForce, stateDir, now, generation, left, problem }: CoreOptions): Engine {
  const { config, node } = inForce
  const core = left?.core ?? null
  const first = () => (config.hbgenmethod === 'time' ? now.wallS : generation.begin(now.wallS))
  const uuid = () => (config.uuidfrom === 'nodename' ? nodenameUuid(node) : fileUuid(stateDir))
  return new Engine({
    // The state is about the groups that it was made under; whatever is new in the files follows as a reload.
    config: core === null || left === null ? config.cluster : left.shell.cluster,
    identity: { name: node, uuid: left === null ? uuid() : Uint8Array.from(left.shell.uuid) },
    generation: core?.generation ?? first(),
    seed: randomSeed(),
    run: core?.run ?? randomSeed().toString(16),
    ...(core === null ? {} : { handover: core }),
    now,
    maintenance: readMaintenance(stateDir, problem),
  })
}

export const randomSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!
