/**
 * Network namespaces for tests, entered by this thread itself, so that what is tested runs in one and the test looks
 * in from the other:
 *
 *     here: eth0 10.9.0.1/24 ── veth ── there: peer0 10.9.0.2/24
 *
 * A program that the test starts runs where the thread is at that moment.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { bindLibc } from '../../src/runtime/ffi.ts'

const CLONE_NEWNET = 0x40000000

const calls = () =>
  bindLibc({
    unshare: { args: ['i32'], returns: 'i32' },
    setns: { args: ['i32', 'i32'], returns: 'i32' },
  })

/** Why namespaces cannot be made here, or null when they can. Said on the console, so that no test skips unseen. */
export function whyNoNamespaces(test: string): string | null {
  const why = reason()
  if (why) console.warn(`${test}: skipped: ${why}`)
  return why
}

function reason(): string | null {
  if (process.platform !== 'linux') return 'network namespaces need Linux'
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  if (spawnSync('ip', ['-V']).error) return 'the ip command is missing (Debian: apt install iproute2)'
  const tried = spawnSync('unshare', ['-n', 'ip', 'link', 'add', 'va', 'type', 'veth', 'peer', 'name', 'vb'])
  return tried.status === 0 ? null : `no namespaces or veth pairs here: ${tried.error ?? tried.stderr}`
}

/** Runs ip with that line of words; throws with its complaint. */
export function ip(line: string): string {
  const done = spawnSync('ip', line.split(' '), { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`ip ${line}: ${done.stderr || done.error}`)
  return done.stdout
}

export class Pair {
  readonly #home = openSync('/proc/thread-self/ns/net', 'r')
  readonly #libc = calls()
  readonly #here: number
  readonly #there: number

  /** Makes both namespaces and the cable between them, and stays in `here`. */
  constructor() {
    this.#there = this.#make()
    this.#here = this.#make()
    ip('link set lo up')
    ip('link add eth0 type veth peer name peer0')
    ip(`link set peer0 netns /proc/${process.pid}/fd/${this.#there}`)
    ip('addr add 10.9.0.1/24 brd 10.9.0.255 dev eth0')
    ip('link set eth0 up')
    this.there(() => {
      ip('link set lo up')
      ip('addr add 10.9.0.2/24 brd 10.9.0.255 dev peer0')
      ip('link set peer0 up')
    })
  }

  /** Does something on the other side. Not for anything that waits. */
  there<T>(action: () => T): T {
    this.#enter(this.#there)
    try {
      return action()
    } finally {
      this.#enter(this.#here)
    }
  }

  /** Goes back to where the thread came from; the namespaces vanish with the last descriptor. */
  close(): void {
    this.#enter(this.#home)
    for (const fd of [this.#here, this.#there, this.#home]) closeSync(fd)
  }

  #make(): number {
    if (this.#libc.unshare(CLONE_NEWNET) !== 0) throw new Error('unshare failed')
    return openSync('/proc/thread-self/ns/net', 'r')
  }

  #enter(fd: number): void {
    if (this.#libc.setns(fd, CLONE_NEWNET) !== 0) throw new Error('setns failed')
  }
}
