/**
 * A transaction set on its way out: its type and its segments, without envelope or control numbers.
 *
 * Writers of business documents hand these out; `envelope.ts` puts them into groups and an interchange.
 */
import type { Segment } from "./document.ts";

export interface SetDraft {
  /** ST01. */
  readonly type: string;
  /** Everything between ST and SE. */
  readonly segments: readonly Segment[];
  /** ST03, where an implementation guide must be named. */
  readonly implementation?: string;
}

export const draft = (type: string, segments: readonly Segment[]): SetDraft => ({ type, segments });
