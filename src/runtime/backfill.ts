/**
 * Filling a new subscriber with what happened before it: which facts, what would be sent, and to whom.
 *
 * Each fact is judged by walking it through the flow as it is today, and becomes a delivery like any other when its turn
 * comes: under the key live traffic would give it, in the order things happened, once. A system that was sent the fact by
 * another flow, or that keeps only the latest state and has a later one, is left as it is.
 */
import type { Connection } from "../connectors/connector.ts";
import type { OutboundFlow } from "../flows/flow.ts";
import { walkOut } from "../flows/walk.ts";
import { Unusable } from "../std/errors.ts";
import { atRisk } from "../trace/at-risk.ts";
import type { BackfillCriteria, MissedFact } from "../work/backfill.ts";
import { deliveryKey } from "../work/deliveries.ts";
import { laneOf } from "../work/lanes.ts";
import type { Candidate, NewItem } from "../work/selections.ts";
import type { Arranged } from "./arrangement.ts";
import { resume } from "./resume.ts";
import type { Act, Store } from "./store.ts";
import type { Judgement } from "./would-send.ts";

/** A delivery that is made of a fact when its item is carried out. */
export type Missed = Extract<Act["guard"], { backfill: object }>["backfill"];

/** The flow that is to be filled. @throws {Unusable} when it cannot be, or the criteria are none */
export function flowToFill({ flow: name, from, to }: BackfillCriteria, { outbound }: Arranged): OutboundFlow {
  const flow = outbound.get(name);
  if (!flow)
    throw new Unusable(`There is no flow ${name} that sends something out.`, { facts: { flow: name } });
  if (flow.on.kind === "command")
    throw new Unusable(
      `${name} carries the command ${flow.on.name}, which is owed once to its one recipient. Replay it instead.`,
    );
  if (flow.hand.as === "question")
    throw new Unusable(`${name} asks a question; the process that needs the answer asks it again.`);
  for (const at of [from, to])
    if (at !== undefined && Number.isNaN(Date.parse(at)))
      throw new Unusable(`"${at}" is no instant. Write it like 2026-01-05T08:00:00Z.`);
  return flow;
}

/** What would become of one fact. `selected` are the positions of the selection: what is put in order overwrites nothing newer. */
export async function judgeFact(
  fact: MissedFact,
  flow: OutboundFlow,
  selected: ReadonlySet<string>,
  { contracts }: Arranged,
  store: Pick<Store, "lookUp">,
): Promise<{ readonly candidate: Candidate; readonly judged: Judgement }> {
  const left = (skip: string): Judgement => ({ would: "Left out.", skip });
  const of = (connection: Connection | undefined, judged: Judgement) => ({
    candidate: candidateOf(fact, flow, connection?.name ?? ""),
    judged,
  });
  const first = flow.connections[0];
  const contract = contracts.get(fact.contract);
  if (!contract) return of(first, left(`This build has no contract ${fact.contract}.`));
  let walked: Awaited<ReturnType<typeof walkOutFully>>;
  try {
    walked = await walkOutFully(
      fact,
      flow,
      contract.read(JSON.parse(fact.data), fact.version),
      contract.version,
      store,
    );
  } catch (error) {
    return of(first, left(error instanceof Error ? error.message : String(error)));
  }
  if ("passedOver" in walked) return of(first, left(`The flow passes it over: ${walked.passedOver}.`));
  const { connection } = walked;
  const by = fact.owed.find((one) => one.connection === connection.name);
  if (by) return of(connection, left(`${connection.title} was owed it by the flow ${by.flow} already.`));
  const over = fact.newer.some((one) => one.connection === connection.name && !selected.has(one.position));
  if (over && connection.connector.guarantees.repeat === "upsert")
    return of(
      connection,
      left(`Something newer about ${fact.subject} was applied; this would put the old over it.`),
    );
  return of(connection, { would: `Sent to ${connection.title}, which was never owed it.` });
}

const walkOutFully = (
  { contract: name, subject, correlation }: MissedFact,
  flow: OutboundFlow,
  data: unknown,
  version: number,
  store: Pick<Store, "lookUp">,
) =>
  resume(
    walkOut(flow, { kind: "event", contract: name, version, key: subject, correlation, keys: [], data }),
    store,
  );

/** The fact as a delivery that is not there yet: what previews and payloads are made of. */
function candidateOf(fact: MissedFact, flow: OutboundFlow, connection: string): Candidate {
  const { id, contract, version, subject, correlation, data } = fact;
  return {
    // A fact goes out on several flows, each its own delivery: as live traffic names them (round.ts).
    key: deliveryKey(`${flow.name}:${id}`, connection),
    flow: flow.name,
    connection,
    contract,
    subject,
    correlation,
    version,
    data,
    status: "missing",
    errorCode: null,
    corrected: 0,
    sentAs: 1,
    reference: null,
    newer: [],
    owedForMs: 0,
  };
}

/** The item of a selection. */
export function factItem(number: number, position: string, candidate: Candidate, judged: Judgement): NewItem {
  const { key, correlation, connection, contract, data } = candidate;
  const risk = data === null ? null : atRisk(JSON.parse(data));
  return {
    number,
    kind: "event",
    subject: position,
    watched: key,
    correlation,
    connection,
    contract,
    corrected: 0,
    atRisk: risk === null ? null : JSON.stringify(risk),
    would: judged.would,
    state: "skip" in judged ? "skipped" : "waiting",
    reason: "skip" in judged ? judged.skip : null,
  };
}

/** The delivery that is owed when its turn has come. */
export const missedDelivery = (
  position: string,
  { key, flow, connection, contract, subject, correlation }: Candidate,
  lanes: number,
): Missed => ({
  key,
  flow,
  connection,
  contract,
  subject,
  correlation,
  position,
  lane: laneOf(subject, lanes),
});
