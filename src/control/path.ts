/** Where the control socket is. */
export const DEFAULT_SOCKET = '/run/hb/control.sock'

/** The kernel's limit (sockaddr_un), less the closing zero. */
export const SOCKET_PATH_BYTES_MAX = 107

/** The path in force: the option, else HB_SOCKET, else the default. */
export function socketPath(option: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  return option || env.HB_SOCKET || DEFAULT_SOCKET
}
