/**
 * Durations as people write them: "30s", "4h", "3d".
 *
 * The type refuses a misspelt unit at compile time; `milliseconds` is the only place that knows the arithmetic.
 */
import { ensure } from "./errors.ts";

export type Span = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** @example milliseconds("4h") // 14_400_000 */
export function milliseconds(span: Span): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(span);
  ensure(parts, `"${span}" is a duration such as 30s, 4h or 3d`);
  return Number(parts[1]) * UNIT_MS[parts[2] as keyof typeof UNIT_MS];
}
