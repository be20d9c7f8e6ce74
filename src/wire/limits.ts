/** The bounds of everything that is read from or written to the wire. */
export const limits = {
  /** What one UDP datagram can carry over IPv4. */
  datagramBytesMax: 65_507,
  /** A message on the FIFO, the API socket or a serial line; heartbeat refuses this length and more. */
  messageBytesMax: 256 * 1024 - 1,
  /** A compressed message, unpacked. */
  unpackedBytesMax: 2 * 1024 * 1024,
  /** Fields of a message, those of nested messages included. */
  fieldsMax: 256,
  /** Items of all lists of a message. */
  itemsMax: 1024,
  nameBytesMax: 128,
  /** Messages in messages: heartbeat's text form has a newline byte for each of so many levels. */
  depthMax: 16,
  /** Key numbers run from 0 to this. */
  keyNumberMax: 15,
} as const

/** What reading one message may still use up; shared by its nested messages. */
export interface Budget {
  fields: number
  items: number
}

/** A fresh budget for one message. */
export const budget = (): Budget => ({ fields: limits.fieldsMax, items: limits.itemsMax })
