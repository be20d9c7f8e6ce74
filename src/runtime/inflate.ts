/** What zlib's deflate has packed; throws an Error when it is not that, or more than bytesMax. */
export const inflate = (packed: Uint8Array, bytesMax: number): Uint8Array =>
  // Loaded by the first who needs it: the module costs 1.8 MB of memory, and few clusters compress.
  process.getBuiltinModule('node:zlib').inflateSync(packed, { maxOutputLength: bytesMax })
