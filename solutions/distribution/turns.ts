/**
 * Whose turn it is to carry out a step that moves from one system to another, looked up once, when what it is about comes in.
 *
 * What must stay true: whose turn it was stays with what came. What came before a switch is finished as it began.
 */
import type { Reference } from "crossdock";
import type { CutoverStage } from "crossdock/canon";

/** What a flow looks up; nothing where no step moves. */
export const turnOf = (cutover: string | null): readonly Reference[] =>
  cutover === null ? [] : [{ key: { type: "cutover", value: cutover }, give: "cutoverStage", latest: true }];

/** The stage of `1/shadow`, as it is known since the last switch. */
export function stageIn(found: string | null | undefined): { readonly stage?: CutoverStage } {
  const name = found?.slice(found.indexOf("/") + 1);
  const stage = (["legacy", "shadow", "cloud"] as const).find((one) => one === name);
  return stage === undefined ? {} : { stage };
}
