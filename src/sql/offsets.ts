/** Offset in UTF-16 units of the character at a byte offset of the text as UTF-8. */
export function fromBytes(text: string, bytes: number): number {
  let offset = 0
  let count = 0
  while (offset < text.length && count < bytes) {
    const point = text.codePointAt(offset) ?? 0
    count += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_00_00 ? 3 : 4
    offset += point > 0xff_ff ? 2 : 1
  }
  return offset
}

/** Offset in UTF-16 units of the character that has this number of code points before it. */
export function fromCodePoints(text: string, points: number): number {
  let offset = 0
  for (let count = 0; offset < text.length && count < points; count += 1) {
    offset += (text.codePointAt(offset) ?? 0) > 0xff_ff ? 2 : 1
  }
  return offset
}
