/** What a host is sent: the archive as scripts/release packs it. */
import { test } from 'bun:test'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tarXz } from '../../src/release/archive.ts'
import { archiveTree } from '../../src/release/tree.ts'
import { executable } from '../e2e/harness.ts'
import { hold } from './say.ts'

test('the size of the .tar.xz', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hb-archive-'))
  try {
    archiveTree(join(folder, 'hb-9'), executable, '9')
    tarXz(folder, 'hb-9', join(folder, 'hb.tar.xz'), { epoch: 0, level: 6 })
    hold({ what: 'the .tar.xz', unit: 'MB', most: 48 }, statSync(join(folder, 'hb.tar.xz')).size / 1e6)
  } finally {
    rmSync(folder, { recursive: true })
  }
}, 120_000)
