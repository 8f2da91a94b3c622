/**
 * Pushes a sample through a flow, with no database and no connection.
 *
 * It is the very walk the runtime takes; look-ups are answered from a list the test gives. What comes out is plain data
 * to compare: messages, refusals, or the document that would be handed over.
 */
import type { Receipt } from "../connectors/connector.ts";
import type { Message } from "../contracts/contract.ts";
import type { Flow, InboundFlow, OutboundFlow, Reference } from "../flows/flow.ts";
import { type Walk, type WalkedIn, walkIn, walkOut } from "../flows/walk.ts";
import type { Bytes } from "../std/bytes.ts";

/** Answers look-ups: the value, or null for one that is not known. */
export type Known = (reference: Reference) => string | null;

const NOTHING: Known = () => null;

/** Walks an arrival in and gives everything it became. */
export const walkArrival = (flow: Flow, body: Bytes, known: Known = NOTHING): WalkedIn =>
  toEnd(walkIn(flow as InboundFlow, body), known);

/** What a message becomes on its way out: which connection gets which bytes (or which question), or why it goes nowhere. */
export type Outgoing =
  | {
      readonly connection: string;
      readonly body: Bytes | undefined;
      readonly question: unknown;
      /** What the flow would tell about this receipt. */
      answer(receipt: Receipt): readonly Message[];
    }
  | { readonly passedOver: string };

/** Walks a message out, up to and including its bytes. Throws `ContractBroken` when it cannot be written. */
export function walkMessage(flow: Flow, message: Message, known: Known = NOTHING): Outgoing {
  const { hand, tell } = flow as OutboundFlow;
  const walked = toEnd(walkOut(flow as OutboundFlow, message), known);
  if ("passedOver" in walked) return walked;
  return {
    connection: walked.connection.name,
    body: hand.as === "document" ? hand.codec.encode(walked.cargo) : undefined,
    question: hand.as === "question" ? walked.cargo : undefined,
    answer: (receipt) => tell?.(receipt, walked.cargo) ?? [],
  };
}

function toEnd<Result>(walk: Walk<Result>, known: Known): Result {
  let step = walk.next();
  while (!step.done) step = walk.next(step.value.map(known));
  return step.value;
}
