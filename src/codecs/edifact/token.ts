/** What a file is cut into: openings of interchanges, segments, and text that is neither. */
import type { Segment } from "./document.ts";
import type { Opening } from "./service.ts";

/** Why a segment cannot be taken as it stands. */
export interface SegmentFault {
  readonly code: string;
  readonly expected: string;
  readonly found: string;
}

export interface SegmentToken {
  readonly kind: "segment";
  readonly segment: Segment;
  readonly fault: SegmentFault | undefined;
  /** The input ended before the terminator. */
  readonly open: boolean;
}

export type Token =
  | { readonly kind: "opening"; readonly opening: Opening; readonly line: number }
  /** Text outside every interchange. */
  | { readonly kind: "stray"; readonly line: number; readonly text: string; readonly reason: string }
  | SegmentToken;
