import { expect, test } from 'bun:test'
import { unserved } from '../../src/daemon/readiness.ts'
import type { GroupView } from '../../src/io.ts'

const group = (state: GroupView['state'], holder: string | null): GroupView => ({
  key: '10.0.0.1',
  owner: 'alpha',
  wanted: false,
  state,
  holder,
  sinceMs: 0,
  cause: 'svc start: exit code 1',
  resources: [],
})

test('what is held, here or elsewhere, or nobody has tried is no obstacle', () => {
  expect(unserved([])).toBeNull()
  expect(unserved([group('held', 'alpha'), group('stopped', 'beta'), group('stopped', null)])).toBeNull()
})

test('a group that failed here is one while nobody holds it', () => {
  expect(unserved([group('held', 'alpha'), group('failed', null)])).toBe(
    'group 10.0.0.1 could not be started here and nobody holds it: svc start: exit code 1',
  )
  expect(unserved([group('failed', 'beta')])).toBeNull()
})

test('a group that could not be stopped is one, whoever is believed to hold it', () => {
  expect(unserved([group('stop-failed', null)])).toContain('group 10.0.0.1 could not be stopped here: svc')
  expect(unserved([group('stop-failed', 'beta')])).not.toBeNull()
})
