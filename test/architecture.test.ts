/** The core is pure, and nothing in src imports itself by a detour. */
import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const SRC = resolve(import.meta.dir, '../src')

interface Source {
  readonly path: string
  /** Code without comments and without what stands between quotes. */
  readonly code: string
  readonly imports: readonly { readonly from: string; readonly typeOnly: boolean }[]
}

function sources(): Source[] {
  const names = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  return names.filter((n) => n.endsWith('.ts')).map((path) => parse(path, readFileSync(join(SRC, path), 'utf8')))
}

function parse(path: string, text: string): Source {
  const statements = [...text.matchAll(/^(import|export)\s+(type\s)?([^;'"]*?\sfrom\s+)?'([^']+)'/gms)]
  const imports = statements.map((m) => ({ from: target(path, m[4]!), typeOnly: isTypeOnly(m[2], m[3] ?? '') }))
  const code = text
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/'(\\.|[^'\\\n])*'/g, "''")
    .replace(/`(\\.|[^`\\])*`/gs, (template) => [...template.matchAll(/\$\{([^}]*)\}/g)].map((m) => m[1]).join(' '))
  return { path, code, imports }
}

function isTypeOnly(word: string | undefined, names: string): boolean {
  if (word !== undefined) return true
  const braces = /\{([^}]*)\}/.exec(names)
  if (braces === null || /\w\s*,\s*\{/.test(names)) return false
  return braces[1]!
    .split(',')
    .filter((n) => n.trim() !== '')
    .every((n) => n.trim().startsWith('type '))
}

const target = (path: string, from: string) =>
  from.startsWith('.') ? relative(SRC, resolve(SRC, dirname(path), from)) : from

const isCore = (path: string) =>
  /^(wire|cluster|resources)\//.test(path) ||
  ['engine.ts', 'handover.ts', 'snapshot.ts', 'io.ts'].includes(path) ||
  (path.startsWith('config/') && path !== 'config/read.ts')

/** Hashing, unpacking and judging bytes are functions of their arguments. */
function mayImport(path: string, module: string): boolean {
  if (path.startsWith('wire/')) return ['runtime/hash.ts', 'runtime/inflate.ts'].includes(module)
  if (path.startsWith('config/')) return ['runtime/hash.ts', 'node:buffer', 'valibot'].includes(module)
  return false
}

const IMPURE: readonly (readonly [string, RegExp])[] = [
  ['a clock', /\bDate\b|\bperformance\b/],
  ['dice', /\bMath\s*\.\s*random\b|\bcrypto\s*\.\s*random/],
  ['a timer', /\bset(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b/],
  ['the process', /\bprocess\s*[.?[]/],
  ['a runtime', /\b(Bun|Deno)\s*[.?[]/],
  ['the network', /\bfetch\s*\(/],
  ['waiting', /\bawait\b|\basync\b/],
]

/** Impurities of one source, as words. */
function impurities({ path, code, imports }: Source): string[] {
  const outside = imports.filter((i) => !i.typeOnly && !isCore(i.from) && !mayImport(path, i.from))
  return [
    ...outside.map((i) => `${path} imports ${i.from}`),
    ...IMPURE.filter(([, pattern]) => pattern.test(code)).map(([what]) => `${path} uses ${what}`),
  ]
}

/** The launcher and the release are made by Bun, for Bun. */
const knowsRuntimes = (path: string) => /^(runtime|launcher|release)\//.test(path)

const asksForRuntime = ({ path, code }: Source): boolean =>
  !knowsRuntimes(path) && /\b(Bun|Deno)\s*[.?[]|\bglobalThis\b|\bprocess\.versions\b/.test(code)

/** A way from a file back to itself, or null. */
function circle(all: readonly Source[]): string[] | null {
  const edges = new Map(all.map((s) => [s.path, s.imports.filter((i) => !i.typeOnly).map((i) => i.from)]))
  const done = new Set<string>()
  const visit = (path: string, way: readonly string[]): string[] | null => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path]
    if (done.has(path)) return null
    for (const next of edges.get(path) ?? []) {
      const found = visit(next, [...way, path])
      if (found !== null) return found
    }
    done.add(path)
    return null
  }
  for (const path of edges.keys()) {
    const found = visit(path, [])
    if (found !== null) return found
  }
  return null
}

describe('architecture', () => {
  const all = sources()

  test('the core has no clock, no dice, no timer, no process and imports nothing of the shell', () => {
    const core = all.filter((s) => isCore(s.path))
    expect(core.length).toBeGreaterThan(30)
    expect(core.flatMap(impurities)).toEqual([])
  })

  test('what differs between runtimes is in src/runtime', () => {
    expect(all.filter(asksForRuntime).map((s) => s.path)).toEqual([])
  })

  test('no import leads back to where it began', () => {
    expect(circle(all)).toBeNull()
  })

  test('these tests see what they look for', () => {
    const bad = (text: string) => impurities(parse('cluster/bad.ts', text)).length
    expect(bad("import { x } from '../links/link.ts'\n")).toBe(1)
    expect(bad("import { x } from 'node:fs'\n")).toBe(1)
    expect(bad("import type { X } from '../links/link.ts'\n")).toBe(0)
    expect(bad('const now = Date.now()\n')).toBe(1)
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source to judge
    expect(bad('const s = `${performance.now()}`\n')).toBe(1)
    expect(bad("// Date.now() would be wrong\nconst s = 'setTimeout'\n")).toBe(0)
    expect(asksForRuntime(parse('links/bad.ts', "const x = 'Bun' in globalThis\n"))).toBe(true)
    expect(asksForRuntime(parse('runtime/good.ts', 'Bun.gc(true)\n'))).toBe(false)
    const a = parse('a.ts', "import { b } from './b.ts'\n")
    const b = parse('b.ts', "import { a } from './a.ts'\n")
    expect(circle([a, b])).toEqual(['a.ts', 'b.ts', 'a.ts'])
    expect(circle([a, parse('b.ts', "import type { a } from './a.ts'\n")])).toBeNull()
  })
})
