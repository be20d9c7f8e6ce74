/** What hb sim tells: by itself, and called as an operator calls it. */
import { describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sim } from '../../src/cli/sim.ts'
import { type ForecastOptions, forecast, rightDeadtimeMs, withNodes } from '../../src/sim/forecast.ts'
import { forecastWords } from '../../src/sim/words.ts'
import { files, read, right } from '../config/helper.ts'

const config = right(read({ haresources: 'alpha 192.168.0.100 apache\nbeta 192.168.0.101/24/eth0\n' })).cluster
const quick = { ...config, keepaliveMs: 1000, deadtimeMs: 3000, initdeadMs: 6000 }
const calm: ForecastOptions = {
  hours: 0.5,
  lossPercent: 0,
  pauseMs: 0,
  pauseEveryMs: 600_000,
  seed: 1,
  powerFailures: 3,
  progress: () => {},
}

describe('a forecast', () => {
  test('good weather: nothing happens, and power failures are over soon after deadtime', () => {
    const found = forecast(quick, calm)
    expect(found).toMatchObject({ falseDeaths: 0, falseFailovers: 0, doubledMs: 0, outages: { count: 0 } })
    expect(found.longestSilenceMs).toBeLessThan(1100)
    expect(found.powerFailures).toMatchObject({ count: 3, unserved: 0 })
    expect(found.powerFailures.worstMs).toBeGreaterThan(1900)
    expect(found.powerFailures.worstMs).toBeLessThan(3300)
  })

  test('bad links: living nodes are declared dead, and a longer deadtime would not have done so', () => {
    const found = forecast(quick, { ...calm, lossPercent: 50, hours: 1 })
    expect(found.falseDeaths).toBeGreaterThan(10)
    expect(found.falseFailovers).toBeGreaterThan(10)
    expect(found.rightDeadtimeMs).toBeGreaterThan(found.longestSilenceMs)
    const again = forecast({ ...quick, deadtimeMs: found.rightDeadtimeMs }, { ...calm, lossPercent: 50, hours: 1 })
    expect(again.falseDeaths).toBeLessThan(found.falseDeaths / 10)
  })

  test('hosts that stand still longer than deadtime: their groups are taken, and nobody serves them meanwhile', () => {
    const found = forecast(quick, { ...calm, pauseMs: 8000, hours: 2 })
    expect(found.falseDeaths).toBeGreaterThan(3)
    expect(found.outages.count).toBeGreaterThan(3)
    // When both stood still, the one that is back first begins to serve when the other one is back, too.
    expect(found.outages.worstMs).toBeLessThan(8500)
    expect(found.longestSilenceMs).toBeGreaterThan(4000)
    expect(forecastWords(found).join('\n')).toContain('deadtime is too short')
  })

  test('monitored services work as long as they run: nothing is started anew or taken for their sake', () => {
    const hbCf = 'monitor apache every 2 timeout 1 fail 1 restarts 0 within 60 via status\n'
    const { cluster } = right(read({ haresources: 'alpha 192.168.0.100 apache\n', hbCf }))
    const found = forecast({ ...cluster, deadtimeMs: 3000, initdeadMs: 6000 }, calm)
    expect(found).toMatchObject({ falseDeaths: 0, falseFailovers: 0, outages: { count: 0 } })
    expect(found.powerFailures).toMatchObject({ count: 3, unserved: 0 })
  })

  test('a device that resets the dead: a power failure lasts as long as that takes, and the living are reset in error', () => {
    const haCf = `${files.haCf}stonith_host * external/ssh alpha beta\n`
    const { cluster } = right(read({ haCf }))
    const fenced = { ...cluster, deadtimeMs: 3000, initdeadMs: 6000 }
    const found = forecast(fenced, calm)
    expect(found).toMatchObject({ falseDeaths: 0, falseFailovers: 0 })
    expect(found.powerFailures).toMatchObject({ count: 3, unserved: 0 })
    expect(found.powerFailures.worstMs).toBeLessThan(5500)
    const paused = forecast(fenced, { ...calm, pauseMs: 8000, hours: 2 })
    expect(paused.falseDeaths).toBeGreaterThan(3)
    expect(paused.doubledMs).toBe(0)
  })

  test('the same seed tells the same, another one something else', () => {
    const one = forecast(quick, { ...calm, lossPercent: 40 })
    expect(forecast(quick, { ...calm, lossPercent: 40 })).toEqual(one)
    expect(forecast(quick, { ...calm, lossPercent: 40, seed: 2 })).not.toEqual(one)
  })

  test('more nodes than ha.cf has, or fewer', () => {
    expect(withNodes(quick, 4).nodes).toEqual(['alpha', 'beta', 'more1', 'more2'])
    expect(withNodes({ ...quick, nodes: ['alpha', 'beta', 'gamma'] }, 2).nodes).toEqual(['alpha', 'beta'])
    expect(forecast(withNodes(quick, 4), { ...calm, hours: 0.2 }).falseDeaths).toBe(0)
  })

  test.each([
    [0, 1000, 2000],
    [4000, 1000, 5000],
    [4100, 1000, 5500],
  ])('after a silence of %d ms with keepalive %d ms, %d ms are right', (silence, keepalive, right) => {
    expect(rightDeadtimeMs(silence, keepalive)).toBe(right)
  })
})

describe('hb sim', () => {
  async function call(...argv: string[]) {
    const dir = mkdtempSync(join(tmpdir(), 'hb-sim-'))
    try {
      writeFileSync(join(dir, 'ha.cf'), files.haCf!)
      writeFileSync(join(dir, 'haresources'), files.haresources!)
      writeFileSync(join(dir, 'authkeys'), files.authkeys!.text, { mode: 0o600 })
      writeFileSync(join(dir, 'nodeinfo'), 'alpha\n')
      const said = { out: '', err: '' }
      const io = {
        out: (t: string) => {
          said.out += t
        },
        err: (t: string) => {
          said.err += t
        },
        env: {},
      }
      return { code: await sim(['--config', dir, ...argv], io), ...said }
    } finally {
      rmSync(dir, { recursive: true })
    }
  }

  test('text, with progress apart from it', async () => {
    const { code, out, err } = await call('--hours', '0.2', '--loss', '20%')
    expect(code).toBe(0)
    expect(out).toContain('0.2 hours with 2 nodes, 1 link, keepalive 1.0 s, deadtime 10 s')
    expect(out).toContain('(as configured)')
    expect(err).toContain('hb sim: 0.2 of 0.2 hours')
  })

  test('JSON', async () => {
    const { out } = await call('--hours', '0.1', '--json', '--pause', '500ms', '--seed', '7', '--nodes', '3')
    expect(JSON.parse(out)).toMatchObject({ version: 1, nodes: 3, seed: 7, pauseMs: 500, falseDeaths: 0 })
  })

  test('a wrong configuration is told, not run', async () => {
    const { code, err } = await call('--config', '/nonexistent')
    expect(code).toBe(1)
    expect(err).toContain('/nonexistent/ha.cf')
  })

  test.each([
    ['--loss', '130%'],
    ['--nodes', '1'],
    ['--nodes', '2.5'],
    ['--hours', 'many'],
    ['--pause', '0'],
  ])('%s %s is refused', async (name, value) => {
    await expect(call(name, value)).rejects.toThrow(value)
  })
})
