/** A program that runs beside the cluster: started by this program, or by the one that was this process before. */
import { awaitChild, awaitPid } from '../linux/orphans.ts'
import { look } from '../linux/wait.ts'

/** How often a child that was taken over is looked after: the runtime tells nothing of it. */
const LOOK_MS = 250

export interface End {
  /** null: a signal ended it, it could not be started, or nobody knows. */
  readonly code: number | null
  readonly how: string
  /** It is not known how it ended. */
  readonly unknown?: boolean
}

export interface Child {
  /** undefined where it could not be started. */
  readonly pid: number | undefined
  /** Kept once, however it ends. */
  readonly ended: Promise<End>
}

export interface ChildOptions {
  readonly env: Readonly<Record<string, string>>
  readonly uid: number
  readonly gid: number
}

/** Starts a command as that user, in a process group of its own. Never throws. */
export function startChild(command: string, { env, uid, gid }: ChildOptions): Child {
  const { promise, resolve } = Promise.withResolvers<End>()
  const failed = (error: unknown) =>
    resolve({ code: null, how: `cannot be started: ${error instanceof Error ? error.message : error}` })
  try {
    // Loaded by the first program: the module is memory.
    const { spawn } = process.getBuiltinModule('node:child_process')
    const child = spawn('/bin/sh', ['-c', `exec ${command}`], {
      cwd: '/',
      env: { ...env },
      detached: true,
      stdio: 'ignore',
      ...(process.getuid?.() === 0 ? { uid, gid } : {}),
    })
    awaitChild(child)
    child.on('error', failed)
    child.on('exit', (code, signal) => resolve(endOf(code, signal)))
    return { pid: child.pid, ended: promise }
  } catch (error) {
    failed(error)
    return { pid: undefined, ended: promise }
  }
}

/** Takes over a child of this process that an earlier program of it has started; one that has ended meanwhile is told. */
export function adoptChild(pid: number): Child {
  const { promise, resolve } = Promise.withResolvers<End>()
  const told = awaitPid(pid)
  const see = (): boolean => {
    const found = look(pid)
    if (found.state === 'running') return false
    told()
    if (found.state === 'ended') resolve(endOf(found.code, found.signal))
    else resolve({ code: null, how: 'it has gone, nobody saw how', unknown: true })
    return true
  }
  if (!see()) {
    const timer = setInterval(() => see() && clearInterval(timer), LOOK_MS)
    ;(timer as { unref?: () => void }).unref?.()
  }
  return { pid, ended: promise }
}

const endOf = (code: number | null, signal: string | null): End => ({
  code,
  how: signal === null ? `exit code ${code}` : `ended by ${signal}`,
})
