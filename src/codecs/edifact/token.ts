/** What a file is cut into: openings of interchanges, segments, and text that is neither. */
import type { Segment } from "./document.ts";
import type { Opening } from "./service.ts";
import type { Spelling } from "./spelling.ts";

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
  /** Where it begins. */
  readonly at: number;
}

/** Where a message begins in a document that is held as a whole, and how it is read from there. */
export interface Written {
  readonly at: number;
  readonly line: number;
  /** How many segments came before it. */
  readonly number: number;
  readonly opening: Opening;
  readonly spelling: Spelling;
}

export type Token =
  | { readonly kind: "opening"; readonly opening: Opening; readonly line: number }
  /** Text outside every interchange. */
  | { readonly kind: "stray"; readonly line: number; readonly text: string; readonly reason: string }
  | SegmentToken;

/** The tag of what may be a segment of the envelope: cut off or too large, it is none. */
export const envelopeTag = ({ segment: { id }, fault, open }: SegmentToken): string =>
  open || fault?.code === "16" ? "" : id;
