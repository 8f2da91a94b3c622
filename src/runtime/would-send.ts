/**
 * What an act would do to one delivery, and exactly what would be sent: the same walk and the same codec as live traffic.
 *
 * Nothing here sends or records. The judgement is made when a selection is frozen and again, by the store, when the item is
 * carried out; the payload is made whenever somebody looks.
 */
import type { Connection } from "../connectors/connector.ts";
import type { Contract } from "../contracts/contract.ts";
import type { OutboundFlow } from "../flows/flow.ts";
import { walkOut } from "../flows/walk.ts";
import { toText } from "../std/bytes.ts";
import type { Candidate, SelectionAct } from "../work/selections.ts";
import type { Arranged } from "./arrangement.ts";
import { guaranteesFor } from "./call.ts";
import { type Change, type Difference, differences, withChanges } from "./changes.ts";
import { harmlessTwice } from "./policy.ts";
import { resume } from "./resume.ts";
import type { Store } from "./store.ts";

/** What would happen to one item, or why it is left out. */
export type Judgement =
  | { readonly would: string; readonly fixed?: Fixed }
  | { readonly would: string; readonly skip: string };

/** A corrected message that keeps its contract. */
export interface Fixed {
  readonly data: unknown;
  readonly version: number;
  readonly changed: readonly Difference[];
}

export interface Intended {
  readonly act: SelectionAct;
  readonly changes: readonly Change[];
  /** Every delivery of the selection: what is put back in its order overwrites nothing newer. */
  readonly selected: ReadonlySet<string>;
}

const left = (skip: string): Judgement => ({ would: "Left out.", skip });
const SET_ASIDE = ["parked", "held"];
const SETTLED = ["applied", "superseded", "cancelled"];

/** Judges one delivery. Pure. */
export function judgeDelivery(
  candidate: Candidate,
  intended: Intended,
  { outbound, connections, contracts }: Arranged,
): Judgement {
  const { act } = intended;
  const flow = outbound.get(candidate.flow);
  const connection = connections.get(candidate.connection);
  const contract = contracts.get(candidate.contract);
  if (!flow || !connection || !contract)
    return left(
      `This build has no ${!flow ? `flow ${candidate.flow}` : !connection ? `connection ${candidate.connection}` : `contract ${candidate.contract}`}.`,
    );
  if (candidate.data === null)
    return left("Its month was dropped from the journal; what it carried is in the archive.");
  const safe = harmlessTwice(guaranteesFor(connection, flow, candidate.owedForMs));
  if (act === "cancel") {
    return SET_ASIDE.includes(candidate.status) || candidate.status === "owed"
      ? { would: `Given up: ${connection.title} never gets it.` }
      : left(stands(candidate));
  }
  if (act === "as new") {
    if (flow.hand.as === "question")
      return left("A question is asked again by the process that needs the answer.");
    return SETTLED.includes(candidate.status)
      ? { would: `Sent to ${connection.title} as a second document, under a new key.` }
      : left(`${stands(candidate)} Try it again instead: under its own key it cannot double.`);
  }
  if (SET_ASIDE.includes(candidate.status)) {
    if (candidate.errorCode === "XD_IN_DOUBT" && !safe)
      return left(
        `Nobody knows whether ${connection.title} booked it. Look there, then settle it: booked, or not booked.`,
      );
    if (act === "fix") return fixing(candidate, contract, connection, intended.changes);
    return { would: `Sent to ${connection.title} again, under the same key.` };
  }
  if (act !== "replay") return left(stands(candidate));
  return replaying(candidate, flow, connection, intended);
}

function replaying(
  candidate: Candidate,
  flow: OutboundFlow,
  connection: Connection,
  { selected }: Intended,
): Judgement {
  if (!SETTLED.includes(candidate.status)) return left(`${stands(candidate)} It goes by itself.`);
  if (flow.hand.as === "question")
    return left("A question is asked again by the process that needs the answer.");
  const guarantees = guaranteesFor(connection, flow, candidate.owedForMs);
  if (!harmlessTwice(guarantees) && !guarantees.verifies)
    return left(
      `${connection.title} would book it twice: it does not recognise our key (any more) and cannot be asked. To make a second document, send it as new.`,
    );
  // Whoever writes by our id would put the old state over the new one.
  if (guarantees.repeat === "upsert" && candidate.newer.some((key) => !selected.has(key)))
    return left(
      `Something newer about ${candidate.subject} was applied since; this would put the old over it.`,
    );
  return harmlessTwice(guarantees)
    ? { would: `Sent to ${connection.title} again, under the same key, which it recognises.` }
    : { would: `${connection.title} is asked first; sent only if it never took it.` };
}

function fixing(
  candidate: Candidate,
  contract: Contract,
  connection: Connection,
  changes: readonly Change[],
): Judgement {
  try {
    const before: unknown = contract.read(JSON.parse(candidate.data ?? "null"), candidate.version);
    const { data, changed } = withChanges(
      before,
      changes.filter(({ documents }) => documents?.includes(candidate.correlation) ?? true),
    );
    if (changed.length === 0) return left("The change fits nothing in it.");
    if (contract.of(data).key !== contract.of(before).key)
      return left("The change would make it another document.");
    return {
      would: `Corrected (${changed.map(({ path }) => path).join(", ")}) and sent to ${connection.title}, under the same key.`,
      fixed: { data, version: contract.version, changed },
    };
  } catch (error) {
    return left(error instanceof Error ? error.message : String(error));
  }
}

const stands = ({ status }: Candidate): string => `It is ${status.replace("_", " ")}, not set aside.`;

/** What would be sent, beside what was sent last, as today's flow makes both. */
export interface WouldSend {
  readonly mediaType: string | null;
  readonly payload: string | null;
  /**
   * What differs from the last payload that was sent. That one is made again by today's flow from what the delivery
   * carried; a flow or a code list that changed since shows on both sides.
   */
  readonly differences: readonly Difference[];
  /** What the correction changes in the message itself. */
  readonly changed: readonly Difference[];
  /** Why nothing could be made of it. */
  readonly problem: string | null;
  /** Why it cannot be compared with what was sent last; null when it can. */
  readonly notCompared: string | null;
}

/** Makes the payload an item would be sent with. Never throws for what is wrong with the data. */
export async function wouldSend(
  candidate: Candidate,
  judgement: Judgement,
  definitions: Arranged,
  store: Pick<Store, "lookUp">,
): Promise<WouldSend> {
  const flow = definitions.outbound.get(candidate.flow);
  const contract = definitions.contracts.get(candidate.contract);
  const none = { mediaType: null, payload: null, differences: [], changed: [], notCompared: null };
  if (!flow || !contract || candidate.data === null)
    return { ...none, problem: "skip" in judgement ? judgement.skip : "There is nothing to make it of." };
  const fixed = "fixed" in judgement ? judgement.fixed : undefined;
  try {
    const carried: unknown = contract.read(JSON.parse(candidate.data), candidate.version);
    const now = await payloadOf(candidate, fixed?.data ?? carried, flow, contract, store);
    // What was refused before may be what today's flow cannot write at all: then there is nothing to compare with.
    const last = fixed
      ? await payloadOf(candidate, carried, flow, contract, store).catch((error: Error) => error)
      : now;
    return {
      mediaType: flow.hand.as === "document" ? flow.hand.codec.mediaType : "application/json",
      payload: now,
      differences: last instanceof Error ? [] : differences(structured(last), structured(now)),
      changed: fixed?.changed ?? [],
      problem: null,
      notCompared: last instanceof Error ? last.message : null,
    };
  } catch (error) {
    return {
      ...none,
      changed: fixed?.changed ?? [],
      problem: error instanceof Error ? error.message : String(error),
    };
  }
}

/** What a flow makes of a message today, as it would stand on the wire. @throws what the walk throws, and where it is passed over */
export async function payloadOf(
  { subject, correlation }: Pick<Candidate, "subject" | "correlation">,
  data: unknown,
  flow: OutboundFlow,
  { kind, name, version }: Contract,
  store: Pick<Store, "lookUp">,
): Promise<string> {
  const message = { kind, contract: name, version, key: subject, correlation, keys: [], data };
  const walked = await resume(walkOut(flow, message), store);
  if (!("cargo" in walked)) throw new Error(`The flow ${flow.name} passes it over: ${walked.passedOver}.`);
  return flow.hand.as === "document"
    ? toText(flow.hand.codec.encode(walked.cargo))
    : JSON.stringify({ about: flow.hand.about, data: walked.cargo });
}

/** JSON as what it says, so that paths differ; anything else line by line. */
function structured(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return payload.split(/\r?\n|(?<=[~'])(?=[A-Z])/);
  }
}
