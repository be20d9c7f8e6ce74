/** What an error of a socket call means to an operator. */
const meanings: Readonly<Record<string, string>> = {
  EACCES: 'not permitted; run as root or with CAP_NET_RAW',
  EADDRINUSE: 'another program has this port for itself; stop it or choose another udpport',
  EADDRNOTAVAIL: 'the interface has no usable address yet',
  EAFNOSUPPORT: 'this kernel runs without that version of IP',
  EHOSTUNREACH: 'the peer cannot be reached from this interface',
  ENETDOWN: 'the interface is down',
  ENETUNREACH: 'no route; give the interface an address',
  ENODEV: 'the interface is gone, or that version of IP is switched off on it',
  ENXIO: 'the interface is gone',
  EPERM: 'not permitted; a packet filter refuses it, or CAP_NET_RAW is missing',
}

/** The error's name with its meaning behind it where there is one. */
export function describe(code: string): string {
  const meaning = meanings[code]
  return meaning === undefined ? code : `${code} (${meaning})`
}

const ofTheMoment = new Set(['EAGAIN', 'EWOULDBLOCK', 'EINTR', 'ENOBUFS', 'ENOMEM', 'EMSGSIZE'])

/** Whether a send error says something about the link, rather than about this datagram or this moment. */
export const concernsLink = (code: string): boolean => !ofTheMoment.has(code)
