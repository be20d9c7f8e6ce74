import { type Family, familyOf } from './address.ts'

export interface Resolver {
  /** The address, or null as long as there is none. */
  readonly address: string | null
  /** Why there is none, '' when there is one. */
  readonly problem: string
  close(): void
}

/** Finds an address of a family for a name, asynchronously; the answer is an error's name or an address. */
export type Lookup = (name: string, family: Family, answer: (code: string, address: string) => void) => void

const systemLookup: Lookup = (name, family, answer) => {
  // Loaded by the first name: addresses need none, and the module is memory.
  const { lookup } = process.getBuiltinModule('node:dns')
  lookup(name, { family }, (error, address) => answer(error === null ? '' : (error.code ?? error.message), address))
}

const RETRY_MS = 5000

/**
 * Resolves a name once, asking again every five seconds until it succeeds; an address literal needs no asking.
 * onChange is called after each answer, never before this function has returned.
 */
export function createResolver(
  name: string,
  family: Family,
  onChange: () => void,
  { lookup = systemLookup, retryMs = RETRY_MS }: { lookup?: Lookup; retryMs?: number } = {},
): Resolver {
  const literal = familyOf(name)
  if (literal === family) return { address: name, problem: '', close: () => {} }
  if (literal !== null) {
    return { address: null, problem: `'${name}' is not an IPv${family} address`, close: () => {} }
  }
  const state = { address: null as string | null, problem: `'${name}' is being looked up` }
  let timer: ReturnType<typeof setTimeout> | undefined
  let open = true
  const ask = (): void => {
    lookup(name, family, (code, address) => {
      if (!open) return
      if (code === '') {
        state.address = address
        state.problem = ''
      } else {
        state.problem = `cannot find an IPv${family} address of '${name}': ${code}; put it into /etc/hosts or give the address`
        timer = setTimeout(ask, retryMs)
      }
      onChange()
    })
  }
  timer = setTimeout(ask, 0)
  return {
    get address() {
      return state.address
    },
    get problem() {
      return state.problem
    },
    close: () => {
      open = false
      clearTimeout(timer)
    },
  }
}
