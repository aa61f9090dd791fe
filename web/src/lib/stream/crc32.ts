/** CRC-32 as in zlib (reflected polynomial 0xEDB88320), an unsigned 32-bit number. */

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
  return rest
})

const utf8 = new TextEncoder()

const next = (rest: number, byte: number): number => (rest >>> 8) ^ (table[(rest ^ byte) & 0xff] ?? 0)

export function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff
  for (const byte of bytes) rest = next(rest, byte)
  return (rest ^ 0xffffffff) >>> 0
}

/** That of a text's UTF-8 bytes. Most keys are ASCII: those are not copied into bytes first. */
export function crc32OfText(text: string): number {
  let rest = 0xffffffff
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code > 0x7f) return crc32(utf8.encode(text))
    rest = next(rest, code)
  }
  return (rest ^ 0xffffffff) >>> 0
}
