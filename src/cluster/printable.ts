/** A name from the wire, made harmless for a log. */
export function printable(name: string): string {
  return name.slice(0, 100).replace(/[^\x21-\x7e]/g, '?')
}
