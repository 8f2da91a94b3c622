/** Sparkplug among unknown files: bytes that begin with a timestamp of our days and go on as a payload does. */
import type { Bytes } from "../../std/bytes.ts";
import { type Probe, readWhole } from "../probe.ts";
import { SPARKPLUG_LIMITS, sparkplug } from "./codec.ts";

/** 2001 to 2100, in milliseconds. */
const EARLIEST = 1_000_000_000_000n;
const LATEST = 4_102_444_800_000n;

export const probe: Probe = {
  codec: "sparkplug",
  recognises: (start) => {
    if (start[0] !== 0x08) return false;
    const { value, end } = varint(start);
    if (value < EARLIEST || value > LATEST) return false;
    return start.length === end || [0x12, 0x18, 0x22, 0x2a].includes(start[end]!);
  },
  read: (chunks) =>
    readWhole(chunks, SPARKPLUG_LIMITS.bytes, (body) => {
      sparkplug().decode(body);
      return { documents: 1, kinds: { payload: 1 } };
    }),
};

function varint(bytes: Bytes): { value: bigint; end: number } {
  let value = 0n;
  let at = 1;
  for (; at < Math.min(bytes.length, 11); at += 1) {
    value |= BigInt(bytes[at]! & 0x7f) << BigInt(7 * (at - 1));
    if (bytes[at]! < 0x80) break;
  }
  return { value, end: at + 1 };
}
