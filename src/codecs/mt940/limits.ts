/** How much of a bank file is held at once. Each limit refuses what is beyond it and names itself. */
export interface Mt940Limits {
  /** Characters of one line. The standard allows 65; wrapped texts of some banks come unwrapped, with up to some thousand. */
  readonly lineLength: number;
  /** Characters of one field. :86: has 390 by the standard and up to 2,000 with generous banks. */
  readonly fieldLength: number;
  /** Lines before the first field: SWIFT blocks or a bank's envelope have five. */
  readonly headLines: number;
  /** Bytes of a document read as a whole; larger files are streamed. */
  readonly documentBytes: number;
  /** Notes kept for one message. The first ones say what is odd. */
  readonly notesKept: number;
}

export const LIMITS: Mt940Limits = {
  lineLength: 16_384,
  fieldLength: 65_536,
  headLines: 50,
  documentBytes: 67_108_864,
  notesKept: 100,
};
