/** Makes a failing scene smaller, so that a person can read its trace. */
import type { Scene } from './scene.ts'
import { type Outcome, simulate } from './simulate.ts'

const property = (outcome: Outcome) => outcome.wrong?.split(':')[0] ?? null

/** The same scene with as few faults as still break the same property; a scene that breaks none stays as it is. */
export function shrink(scene: Scene): Scene {
  const wanted = property(simulate(scene))
  if (wanted === null) return scene
  const fails = (s: Scene) => property(simulate(s)) === wanted
  let best = scene
  for (let again = true; again; ) {
    again = false
    for (let i = 0; i < best.faults.length; i++) {
      const fewer = { ...best, faults: best.faults.filter((_, j) => j !== i) }
      if (!fails(fewer)) continue
      best = fewer
      again = true
      break
    }
  }
  return best
}
