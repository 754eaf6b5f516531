/**
 * Reads frames for the tests, from RFC 6455 §5.2 and from nothing else: the page's decoder must not be its own judge.
 */
export interface Frame {
  raw: Buffer;
  fin: boolean;
  rsv1: boolean;
  opcode: number;
  key: Buffer | undefined;
  /** Unmasked. */
  payload: Buffer;
}

export function frames(bytes: Buffer): Frame[] {
  const out: Frame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at;
    const first = bytes.readUInt8(at++);
    const second = bytes.readUInt8(at++);
    let length = second & 0x7f;
    if (length === 126) {
      length = bytes.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at));
      at += 8;
    }
    let key: Buffer | undefined;
    if (second & 0x80) {
      key = bytes.subarray(at, at + 4);
      at += 4;
    }
    if (at + length > bytes.length) {
      throw new Error(`the frame at ${start} is cut off`);
    }
    const payload = Buffer.from(bytes.subarray(at, at + length));
    at += length;
    if (key) {
      for (let i = 0; i < payload.length; i++) {
        payload[i]! ^= key[i % 4]!;
      }
    }
    out.push({
      raw: Buffer.from(bytes.subarray(start, at)),
      fin: (first & 0x80) !== 0,
      rsv1: (first & 0x40) !== 0,
      opcode: first & 0x0f,
      key,
      payload,
    });
  }
  return out;
}

/** Reads exactly one frame. */
export function frame(bytes: Buffer): Frame {
  const [only, ...more] = frames(bytes);
  if (!only || more.length > 0) {
    throw new Error(`not one frame: ${bytes.toString("hex")}`);
  }
  return only;
}
