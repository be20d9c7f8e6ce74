/** The scenes of every suite, by the names that `run.ts --kind` takes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateFenced } from './fencing.ts'
import { generate, generateLong } from './generate.ts'
import { partitionScene } from './partitions.ts'
import type { Scene } from './scene.ts'
import { generateServices } from './services.ts'

export interface Kept {
  /** What it once showed. */
  readonly was: string
  readonly scene: Scene
}

/** Whole scenes, not seeds: what a seed means changes with the generator. */
export function kept(): Kept[] {
  const lines = readFileSync(join(import.meta.dirname, 'kept.jsonl'), 'utf8').split('\n')
  return lines.filter((l) => l !== '').map((l) => JSON.parse(l) as Kept)
}

export const KINDS = {
  seeds: generate,
  long: generateLong,
  fencing: generateFenced,
  services: generateServices,
  partitions: (seed) => partitionScene(seed, []),
  'partitions-ann': (seed) => partitionScene(seed, ['ann']),
  'partitions-bob': (seed) => partitionScene(seed, ['bob']),
  /** The seed is the line in kept.jsonl. */
  kept: (line) => kept()[line - 1]!.scene,
} satisfies Record<string, (seed: number) => Scene>

export type Kind = keyof typeof KINDS

/** What replays one of them. */
export const replay = (kind: Kind, seed: number): string =>
  `bun test/sim/run.ts ${kind === 'seeds' ? '' : `--kind ${kind} `}--seed ${seed} --trace --shrink`
