/** What holds for a field in every form. */
import { isText } from './bytes.ts'
import { type Budget, limits } from './limits.ts'
import type { Field, Message } from './message.ts'

/**
 * A name that all forms can carry: 1 to 128 bytes, none of them a control character or "=", and nothing at its start that
 * the text form takes for a type or a mark.
 */
export function isName(name: string): boolean {
  if (name.length === 0 || name.length > limits.nameBytesMax) return false
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    if (code < 0x20 || code === 0x3d || code === 0x7f || code > 0xff) return false
  }
  return name[0] !== '(' && !name.startsWith('<<<') && !name.startsWith('>>>')
}

/** The field auth, which signs the others and therefore is not covered by its own digest. */
export const isAuth = (field: Field): boolean => field.type === 0 && field.name === 'auth'

/**
 * Make sure that a message can be written.
 * @throws RangeError saying what cannot.
 */
export function assertWritable(message: Message, left: Budget, depth = 0): void {
  if (depth > limits.depthMax) throw new RangeError(`messages are nested more than ${limits.depthMax} deep`)
  left.fields -= message.fields.length
  if (left.fields < 0) throw new RangeError(`a message has more than ${limits.fieldsMax} fields`)
  for (const field of message.fields) {
    if (!isName(field.name)) throw new RangeError(`${JSON.stringify(field.name)} cannot be the name of a field`)
    if (field.type === 2) assertWritable(field.value, left, depth + 1)
    else if (field.type === 0 && !isText(field.value)) throw new RangeError(`field ${field.name} is not plain text`)
    else if (field.type === 3) assertItems(field.name, field.value, left)
  }
}

function assertItems(name: string, items: readonly string[], left: Budget): void {
  left.items -= items.length
  if (left.items < 0) throw new RangeError(`a message has more than ${limits.itemsMax} list items`)
  if (!items.every(isText)) throw new RangeError(`field ${name} is not a list of plain texts`)
}
