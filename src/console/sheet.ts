/**
 * A table somebody takes along as a file: the same cells whichever kind of file it becomes.
 *
 * Every cell is text, amounts too: no digit passes through a floating number on its way.
 */
export interface Sheet {
  /** What the file is called, without its ending. */
  readonly name: string;
  readonly columns: readonly Column[];
  /** A row may be shorter than the columns are many. */
  readonly rows: readonly (readonly string[])[];
}

export interface Column {
  readonly name: string;
  /** What its cells are to a spreadsheet: decimals it adds up, RFC 3339 times it sorts; without it, text. */
  readonly as?: "number" | "time";
}
