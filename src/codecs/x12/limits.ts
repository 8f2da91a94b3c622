/** How much of an X12 file is held at once. Each limit refuses what is beyond it and names itself. */
export interface X12Limits {
  /** Bytes of one segment. A line of an order has about 60; 1 MB leaves room for BIN and stops a file without terminators. */
  readonly segmentBytes: number;
  /** Segments of one set. A ship notice of 20,000 cartons has about 100,000. */
  readonly segmentsPerSet: number;
  /** Segments of a document read as a whole; larger files are streamed. At about 200 bytes each, 200 MB of memory. */
  readonly segmentsPerDocument: number;
  /** Bytes of a document read as a whole. */
  readonly documentBytes: number;
  /** Findings kept for one set, group or interchange. The first ones say what is wrong. */
  readonly problemsKept: number;
}

export const LIMITS: X12Limits = {
  segmentBytes: 1_048_576,
  segmentsPerSet: 250_000,
  segmentsPerDocument: 1_000_000,
  documentBytes: 67_108_864,
  problemsKept: 100,
};
