/** Another thousand seeds, so that two processors share the work. */
import { describe } from 'bun:test'
import { COUNT, FROM, testSeeds } from './seeds.ts'

describe('simulated clusters', () => {
  testSeeds(FROM + COUNT, COUNT, false)
})
