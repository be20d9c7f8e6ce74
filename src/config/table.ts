/** The one table of directives: the parser, the error texts and docs/settings.md come out of it. */
import type { Directive } from './directive.ts'
import { hbDirectives } from './table-hb.ts'
import { mediaDirectives } from './table-media.ts'
import { nodeDirectives } from './table-nodes.ts'
import { compressionDirectives, pacemakerDirectives } from './table-other.ts'
import { loggingDirectives, processDirectives } from './table-process.ts'
import { resourceDirectives } from './table-resources.ts'
import { timingDirectives } from './table-timing.ts'

export interface Theme {
  readonly title: string
  readonly directives: readonly Directive[]
}

/** ha.cf by theme, in the order of the documentation. */
export const haThemes: readonly Theme[] = [
  { title: 'Nodes', directives: nodeDirectives },
  { title: 'Media', directives: mediaDirectives },
  { title: 'Timing', directives: timingDirectives },
  { title: 'Resources and failover', directives: resourceDirectives },
  { title: 'Logging', directives: loggingDirectives },
  { title: 'Process', directives: processDirectives },
  { title: 'Compression', directives: compressionDirectives },
  { title: 'Pacemaker', directives: pacemakerDirectives },
]

export const hbThemes: readonly Theme[] = [{ title: 'hb.cf', directives: hbDirectives }]

/** Directives by every name that they go by. */
export type Table = ReadonlyMap<string, Directive>

const byName = (themes: readonly Theme[]): Table =>
  new Map(
    themes.flatMap((t) => t.directives.flatMap((d) => [d.name, ...(d.aliases ?? [])].map((n) => [n, d] as const))),
  )

export const haTable = byName(haThemes)
export const hbTable = byName(hbThemes)
