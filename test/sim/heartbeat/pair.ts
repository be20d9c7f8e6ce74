/** The settings of the pairs of heartbeats that were captured (test/vectors). */
import type { Scene } from '../scene.ts'

export const pairOf = (one: string, two: string) =>
  ({
    nodes: [one, two],
    old: [one, two],
    links: ['eth0'],
    keepaliveMs: 200,
    deadtimeMs: 1000,
    initdeadMs: 3000,
    ping: false,
    encoded: false,
  }) satisfies Partial<Scene>
