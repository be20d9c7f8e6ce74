/** /etc/services, as far as it matters here: which UDP port has which name. */

const textMax = 1 << 20

/** UDP port to the first service name that stands for it. */
export function parseServices(text: string): Map<number, string> {
  const services = new Map<number, string>()
  for (const line of text.slice(0, textMax).split('\n')) {
    const [, name, digits] = /^([^\s#]+)\s+(\d{1,5})\/udp\b/.exec(line) ?? []
    if (name !== undefined && !services.has(Number(digits))) services.set(Number(digits), name)
  }
  return services
}
