/** heartbeat's client socket: there while this node is active, gone otherwise. */
import { chmodSync, chownSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { dirname } from 'node:path'
import type { Accounts } from './accounts.ts'
import { Client } from './client.ts'
import { peerCredentials } from './credentials.ts'
import type { Switchboard } from './switchboard.ts'

export interface Register {
  close(): void
}

/**
 * Listens at path (mode 0777, in a directory of mode 0750 that belongs to hacluster:haclient where these exist).
 * Throws an Error that says why it cannot, for instance because another daemon listens there.
 */
export async function openRegister(path: string, board: Switchboard, accounts: Accounts): Promise<Register> {
  prepareDirectory(dirname(path), accounts)
  await clearStale(path)
  const server = createServer((socket) => {
    const credentials = peerCredentials(socket)
    if (!board.admitConnection((events) => new Client(socket, credentials, events))) socket.destroy()
  })
  await listen(server, path)
  chmodSync(path, 0o777)
  return {
    close() {
      server.close()
      board.closeAll()
      rmSync(path, { force: true })
    },
  }
}

function prepareDirectory(directory: string, accounts: Accounts): void {
  mkdirSync(directory, { recursive: true, mode: 0o750 })
  const [uid, gid] = [accounts.uid('hacluster'), accounts.gid('haclient')]
  if (process.getuid?.() === 0 && uid !== null && gid !== null) chownSync(directory, uid, gid)
  chmodSync(directory, 0o750)
}

async function clearStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) throw new Error(`${path} exists and is not a socket`)
  if (await answers(path)) throw new Error(`another daemon listens on ${path}`)
  rmSync(path, { force: true })
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path)
    probe.once('error', () => resolve(false))
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
  })
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      server.on('error', () => {})
      resolve()
    })
  })
}
