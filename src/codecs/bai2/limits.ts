/** How much of a BAI2 file is held at once, and what becomes of control totals that do not add up. */
export interface Bai2Limits {
  /** Characters of one physical record. The standard has 80; banks send up to some hundred. */
  readonly lineLength: number;
  /** Characters of a record with its continuations. */
  readonly recordLength: number;
  /** Bytes of a document read as a whole; larger files are streamed. */
  readonly documentBytes: number;
  readonly notesKept: number;
  /** A total or count that differs refuses the file, or is noted. */
  readonly controls: "refuse" | "note";
}

export const LIMITS: Bai2Limits = {
  lineLength: 16_384,
  recordLength: 262_144,
  documentBytes: 67_108_864,
  notesKept: 100,
  controls: "refuse",
};
