import { expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hb } from './program.ts'

test('hb resource finds the scripts of a configuration whose path is relative', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hb-resource-'))
  mkdirSync(join(folder, 'ha.d/resource.d'), { recursive: true })
  const script = '#!/bin/sh\ncase $1 in start) echo "$HA_DIR";; status) echo stopped;; esac\n'
  writeFileSync(join(folder, 'ha.d/resource.d/note'), script, { mode: 0o755 })
  for (const dir of ['ha.d', './ha.d/', join(folder, 'ha.d')]) {
    const { code, out, err } = await hb(['resource', 'note', 'start', '--config', dir], {}, folder)
    expect([code, out, err]).toEqual([0, expect.stringContaining(`${folder}/ha.d\n`), expect.anything()])
  }
})
