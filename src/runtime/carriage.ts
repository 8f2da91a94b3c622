/**
 * Carries facts and commands out: walks an outbound flow, and owes what comes of it to one connection.
 *
 * What must stay true: a delivery is written with its first intent only where nothing stands before it, and what cannot be written
 * for its target is parked and shown, never dropped.
 */
import type { Message } from "../contracts/contract.ts";
import { kept } from "../flows/carried.ts";
import type { OutboundFlow } from "../flows/flow.ts";
import { NotKnown, walkOut } from "../flows/walk.ts";
import { CrossdockError, Unusable } from "../std/errors.ts";
import { atRisk } from "../trace/at-risk.ts";
import { deliveryKey } from "../work/deliveries.ts";
import type { Undo } from "../work/instances.ts";
import { COUNTED } from "../work/subscriptions.ts";
import type { Arranged } from "./arrangement.ts";
import type { Gathered } from "./gathered.ts";
import { rankOf } from "./line.ts";
import { fingerprint } from "./policy.ts";
import { resume } from "./resume.ts";
import type { SetsAside } from "./sift.ts";
import type { Store } from "./store.ts";

/** Whether a delivery may be written with its first intent, because it will be sent as soon as the round commits. */
export type MaySendNow = (connection: string, subject: string) => boolean;

export class Carriage {
  readonly #definitions: Arranged;
  readonly #store: Pick<Store, "lookUp">;
  readonly #maySendNow: MaySendNow;
  readonly #setsAside: SetsAside;
  readonly #gathered: Gathered;
  readonly #subjects = new Set<string>();

  constructor(given: {
    readonly definitions: Arranged;
    readonly store: Pick<Store, "lookUp">;
    readonly maySendNow: MaySendNow;
    readonly setsAside: SetsAside;
    readonly gathered: Gathered;
  }) {
    this.#definitions = given.definitions;
    this.#store = given.store;
    this.#maySendNow = given.maySendNow;
    this.#setsAside = given.setsAside;
    this.#gathered = given.gathered;
  }

  /** Routes a fact or command through an outbound flow and owes it to one connection. */
  async carry(
    flow: OutboundFlow,
    message: Message,
    from: {
      id: string;
      position: string | null;
      /** How long the message is as the journal has it. */
      bytes: number;
      correlation: string;
      subject: string;
      lane: number;
      afterKey?: string;
      undoes?: Undo["of"];
    },
  ): Promise<Undo["of"]> {
    let walked: Awaited<ReturnType<typeof walkOutFully>> | { failed: unknown };
    try {
      const aside = this.#setsAside(flow.name);
      walked =
        aside === null ? await walkOutFully(flow, message, this.#store) : { failed: new Unusable(aside) };
    } catch (error) {
      if (error instanceof NotLookedUp) throw error.cause;
      walked = { failed: error };
    }
    if ("passedOver" in walked) {
      this.#gathered.counts.add(flow.name, COUNTED.flow);
      return undefined;
    }
    // What it names may be known when its turn comes; if not, it is set aside then, with what it waits for.
    const laterKnown =
      "failed" in walked && walked.failed instanceof NotKnown && flow.connections.length === 1;
    const failed = "failed" in walked && !laterKnown ? walked.failed : undefined;
    const connection = "connection" in walked ? walked.connection : flow.connections[0];
    if (!connection) return undefined;
    const key = deliveryKey(from.id, connection.name);
    // On one connection the step goes first anyhow; on another it must have ended, one way or the other.
    const undoes = from.undoes && from.undoes.connection !== connection.name ? from.undoes.key : null;
    // What is promised in the meantime stands in a line of its own: nothing that is owed waits for a question.
    const subject = flow.standIn ? `${from.subject} ${flow.name}` : from.subject;
    const line = `${connection.name}\n${subject}`;
    const now =
      failed === undefined &&
      !laterKnown &&
      from.afterKey === undefined &&
      undoes === null &&
      !this.#subjects.has(line) &&
      this.#maySendNow(connection.name, subject);
    this.#subjects.add(line);
    const status = failed !== undefined ? "parked" : now ? "attempting" : "owed";
    const reason = failed instanceof Error ? failed.message : failed === undefined ? null : String(failed);
    this.#gathered.deliveries.push({
      key,
      flow: flow.name,
      connection: connection.name,
      contract: message.contract,
      subject,
      lane: from.lane,
      correlation: from.correlation,
      entry: from.position === null ? from.id : null,
      position: from.position,
      afterKey: from.afterKey ?? null,
      undoes,
      status,
      attempts: now ? 1 : 0,
      reason,
      errorCode: failed instanceof CrossdockError ? failed.code : failed === undefined ? null : "XD_DEFECT",
      notCarried:
        "notCarried" in walked && walked.notCarried.length > 0
          ? JSON.stringify(kept(walked.notCarried))
          : null,
    });
    this.#gathered.counts.add(connection.name, "delivery owed");
    if (failed !== undefined) {
      this.#gathered.raised.push({
        fingerprint: fingerprint("data", connection.name, message.contract, failed),
        class: "data",
        subjectKind: "delivery",
        subject: key,
        connection: connection.name,
        correlation: from.correlation,
        title: `${message.contract} cannot be written for ${connection.title}`,
        reason: reason ?? "",
        owner: connection.owner,
        atRisk: atRisk(message.data),
      });
    }
    this.#gathered.parcels.push({
      key,
      flow,
      connection: connection.name,
      message,
      cargo: "cargo" in walked ? walked.cargo : undefined,
      bytes: from.bytes,
      subject,
      lane: from.lane,
      correlation: from.correlation,
      causation: from.position === null ? `command:${from.id}` : `event:${from.position}`,
      afterKey: from.afterKey ?? null,
      undoes,
      status,
      attempts: now ? 1 : 0,
      doubts: 0,
      notFound: 0,
      crashes: 0,
      dueInMs: 0,
      stoodMs: 0,
      rank: rankOf(this.#definitions.contracts.get(message.contract)?.criticality),
      owedAt: 0,
      readyAt: 0,
      shown: status === "parked",
      after: "0",
      appliedAs: null,
    });
    return { key, connection: connection.name };
  }
}

/** The table could not be asked: that says nothing about the message, and the round is tried again. */
class NotLookedUp extends Error {}

const walkOutFully = (flow: OutboundFlow, message: Message, store: Pick<Store, "lookUp">) =>
  resume(walkOut(flow, message), {
    lookUp: (references) =>
      store.lookUp(references).catch((cause: unknown) => {
        throw new NotLookedUp("It could not be looked up.", { cause });
      }),
  });
