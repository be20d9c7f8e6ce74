import { afterAll, describe, expect, test } from 'bun:test'
import { createAgents } from '../../src/agents/index.ts'
import type { ResourceJob } from '../../src/io.ts'
import { resource, Sandbox } from './sandbox.ts'

const box = new Sandbox()
afterAll(() => box.remove())

function setup() {
  const log: string[] = []
  const agents = createAgents({
    scripts: { directories: box.directories, env: () => ({ PATH: '/usr/bin:/bin' }) },
    addresses: () => ({ lease: true, arpCount: null, arpIntervalMs: null, arpRefreshMs: 0 }),
    leaseMs: () => null,
    log: (level, text) => log.push(`${level} ${text}`),
  })
  const status = (text: string) => {
    const job: ResourceJob = { id: 1, op: 'status', group: text, resource: resource(text), timeoutMs: 2000 }
    return agents.agent.run(job)
  }
  return { agents, log, status }
}

describe('who carries a job out', () => {
  test('addresses are answered at once by netlink, scripts later by their processes', async () => {
    const { agents, status } = setup()
    box.script('apache', 'echo running')
    expect(status('IPaddr::203.0.113.77')).toMatchObject({ outcome: 'stopped', detail: '203.0.113.77 is not here' })
    const answer = status('apache')
    expect(answer).toBeInstanceOf(Promise)
    expect(await answer).toMatchObject({ outcome: 'running' })
    agents.close()
  })

  test("the site's own IPaddr is not run, which is said once", () => {
    const { agents, log, status } = setup()
    const path = box.script('IPaddr', `touch ${box.dir}/was-run; echo running`)
    status('IPaddr::203.0.113.77')
    status('IPaddr::203.0.113.78')
    expect(log).toEqual([`info IPaddr is built in: ${path} is not run`])
    agents.close()
  })

  test('what is not held is neither announced nor waited for', async () => {
    const { agents, log } = setup()
    await agents.announce([resource('IPaddr::203.0.113.77'), resource('apache')], 'test')
    await agents.announced(resource('IPaddr::203.0.113.77'))
    expect(log).toEqual([])
    agents.close()
  })
})
