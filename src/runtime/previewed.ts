/**
 * What a person is shown of a selection before it is carried out, and how large one may be.
 */
import type { WouldSend } from "./would-send.ts";

/** One item as somebody looks at it before it is carried out. */
export interface PreviewedItem extends WouldSend {
  readonly number: number;
  readonly delivery: string;
  readonly connection: string;
  readonly contract: string;
  readonly subject: string;
  readonly correlation: string;
  readonly would: string;
  /** Why it is left out; null when it is not. */
  readonly skip: string | null;
}

/** The most items of one selection; more is a campaign that deserves several. */
export const SELECTION_MAX = 20_000;
