/** How much of an EDIFACT file is held at once. Each limit refuses what is beyond it and names itself. */
export interface EdifactLimits {
  /** Bytes of one segment. The longest free text has about 2,600; 1 MB stops a file without terminators. */
  readonly segmentBytes: number;
  /** Data elements and components of one segment. The widest segments of the standard have about 100. */
  readonly partsPerSegment: number;
  /** Segments of one message. A price catalogue of 10,000 items has about 100,000. */
  readonly segmentsPerMessage: number;
  /** Segments of a document read as a whole; larger files are streamed. At about 250 bytes each, 250 MB of memory. */
  readonly segmentsPerDocument: number;
  /** Bytes of a document read as a whole. */
  readonly documentBytes: number;
  /** Findings kept for one message, group or interchange. The first ones say what is wrong. */
  readonly problemsKept: number;
}

export const LIMITS: EdifactLimits = {
  segmentBytes: 1_048_576,
  partsPerSegment: 5_000,
  segmentsPerMessage: 250_000,
  segmentsPerDocument: 1_000_000,
  documentBytes: 67_108_864,
  problemsKept: 100,
};
