/**
 * A heartbeat message is an ordered list of typed fields. Text is kept as one character per byte (latin1), so that
 * what was received is what is sent again.
 */
export const FieldType = { text: 0, binary: 1, struct: 2, list: 3, compressed: 4 } as const

export type Field =
  | { readonly type: 0; readonly name: string; readonly value: string }
  | { readonly type: 1 | 4; readonly name: string; readonly value: Uint8Array }
  | { readonly type: 2; readonly name: string; readonly value: Message }
  | { readonly type: 3; readonly name: string; readonly value: readonly string[] }

export interface Message {
  readonly fields: readonly Field[]
}

/** A text field. */
export const text = (name: string, value: string): Field => ({ type: 0, name, value })

/** A binary field (UUIDs: 16 bytes). */
export const binary = (name: string, value: Uint8Array): Field => ({ type: 1, name, value })

/** The first text field of that name; names may repeat and readers take the first. */
export function get(message: Message, name: string): string | undefined {
  const field = message.fields.find((f) => f.name === name)
  return field?.type === 0 ? field.value : undefined
}

/** The first binary field of that name. */
export function getBytes(message: Message, name: string): Uint8Array | undefined {
  const field = message.fields.find((f) => f.name === name)
  return field?.type === 1 ? field.value : undefined
}

/** A hexadecimal text field as a number: digits only, at most 13 so that it stays exact; otherwise undefined. */
export function getHex(message: Message, name: string): number | undefined {
  const value = get(message, name)
  return value !== undefined && /^[0-9a-fA-F]{1,13}$/.test(value) ? Number.parseInt(value, 16) : undefined
}

/** A decimal text field as a number: digits only, at most 15; otherwise undefined. */
export function getDecimal(message: Message, name: string): number | undefined {
  const value = get(message, name)
  return value !== undefined && /^[0-9]{1,15}$/.test(value) ? Number.parseInt(value, 10) : undefined
}
