/**
 * bun:test for Deno: describe, test, hooks and expect, in terms of Deno.test. deno.json maps the import to this file, so
 * that one set of tests runs on both runtimes.
 */
export { expect } from './expect.ts'

type Body = () => unknown
type EachBody = (...values: never[]) => unknown

interface DenoTest {
  test(options: { name: string; fn: Body; ignore: boolean; sanitizeOps: boolean; sanitizeResources: boolean }): void
}

interface Scope {
  readonly name: string
  readonly parent: Scope | null
  readonly ignored: boolean
  readonly hooks: Record<'beforeAll' | 'beforeEach' | 'afterEach' | 'afterAll', Body[]>
  begun: boolean
  waiting: number
}

function scopeIn(parent: Scope | null, name: string, ignored: boolean): Scope {
  const hooks = { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] }
  return { name, parent, ignored: ignored || (parent?.ignored ?? false), hooks, begun: false, waiting: 0 }
}

let current = scopeIn(null, '', false)

const chain = (scope: Scope): Scope[] => (scope.parent === null ? [scope] : [...chain(scope.parent), scope])

async function all(bodies: readonly Body[]): Promise<void> {
  for (const body of bodies) await body()
}

/** One test between its hooks, those of the outermost group first on the way in and last on the way out. */
async function within(scope: Scope, body: Body): Promise<void> {
  const scopes = chain(scope)
  for (const s of scopes) {
    if (!s.begun) await all(s.hooks.beforeAll)
    s.begun = true
  }
  try {
    for (const s of scopes) await all(s.hooks.beforeEach)
    await body()
  } finally {
    for (const s of scopes.toReversed()) {
      await all(s.hooks.afterEach)
      if (--s.waiting === 0) await all(s.hooks.afterAll)
    }
  }
}

function register(name: string, body: Body, ignore: boolean): void {
  const scope = current
  const scopes = chain(scope)
  const whole = [...scopes.map((s) => s.name).filter((n) => n !== ''), name].join(' > ')
  const ignored = ignore || scope.ignored
  if (!ignored) for (const s of scopes) s.waiting++
  const { Deno } = globalThis as unknown as { Deno: DenoTest }
  const fn = () => within(scope, body)
  Deno.test({ name: whole, fn, ignore: ignored, sanitizeOps: false, sanitizeResources: false })
}

function group(name: string, body: Body, ignored: boolean): void {
  const outer = current
  current = scopeIn(outer, name, ignored)
  try {
    body()
  } finally {
    current = outer
  }
}

/** The words of a row's name: %s, %d, %i, %j and %p take the values in order, %# is the row's number from 0. */
export function rowName(pattern: string, values: readonly unknown[], index: number): string {
  let next = 0
  return pattern.replace(/%([sdijop#%])/g, (_, kind: string) => {
    if (kind === '%') return '%'
    if (kind === '#') return String(index)
    const value = values[next++]
    return kind === 's' || kind === 'd' || kind === 'i' ? String(value) : JSON.stringify(value)
  })
}

type Registrar = (name: string, body: Body, ignored: boolean) => void

function each(registrar: Registrar) {
  return (rows: readonly unknown[]) => (pattern: string, body: EachBody) => {
    for (const [index, row] of rows.entries()) {
      const values = Array.isArray(row) ? row : [row]
      registrar(rowName(pattern, values, index), () => (body as (...v: unknown[]) => unknown)(...values), false)
    }
  }
}

function forms(registrar: Registrar) {
  const plain = (name: string, body: Body) => registrar(name, body, false)
  const skip = (name: string, body: Body) => registrar(name, body, true)
  const skipIf = (when: boolean) => (when ? skip : plain)
  return Object.assign(plain, { each: each(registrar), skip, skipIf })
}

export const test = forms(register)
export const it = test
export const describe = forms(group)

const hook = (kind: keyof Scope['hooks']) => (body: Body) => void current.hooks[kind].push(body)
export const beforeAll = hook('beforeAll')
export const beforeEach = hook('beforeEach')
export const afterEach = hook('afterEach')
export const afterAll = hook('afterAll')
