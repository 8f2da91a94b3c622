/**
 * One call of a target, and the words for how it ended.
 *
 * A parcel becomes the document of its flow, or a question; a receipt becomes facts; an error becomes the line people read.
 * Nothing here waits, retries or records: that is the dispatcher's, and what may follow is the policy's.
 */
import type { Connection, Guarantees, Parcel, Receipt, Session } from "../connectors/connector.ts";
import type { OutboundFlow } from "../flows/flow.ts";
import { walkOut } from "../flows/walk.ts";
import { type Entry, entryOf } from "../journal/append.ts";
import { ContractBroken, Defect, InDoubt, Refused, Unavailable } from "../std/errors.ts";
import { storable } from "../std/storable.ts";
import { atRisk } from "../trace/at-risk.ts";
import type { Raised } from "../trace/record.ts";
import type { Parcelled } from "./line.ts";
import { type ExceptionClass, fingerprint, inForce } from "./policy.ts";
import { resume } from "./resume.ts";
import type { Store } from "./store.ts";

/** How long a target may take to answer a question. */
const QUESTION_MS = 30_000;

/**
 * How it is given to its target, sent or asked; it has been translated. What has not begun to be written by `writtenBefore` is not
 * sent, and what its target says is thrown as the session throws it.
 * @throws {Refused} where the connection can do neither: its target has heard nothing
 */
export function handOver(
  connection: Connection,
  session: Session,
  parcel: Parcelled,
): (writtenBefore: number) => Promise<Receipt> {
  const { hand } = parcel.flow;
  const cannot = (what: string) =>
    new Refused(`${connection.title} ${what}.`, { facts: { connection: connection.name } });
  if (hand.as === "document") {
    if (!session.deliver) throw cannot("takes no deliveries");
    const document = parcelOf(parcel);
    return (writtenBefore) => session.deliver!({ ...document, writtenBefore });
  }
  if (!session.ask) throw cannot("cannot be asked");
  const question = { about: hand.about, data: parcel.cargo };
  return async () => {
    // A question changes nothing at the target, so an unclear answer is simply no answer.
    const answer = await session.ask!(question, QUESTION_MS).catch((error: unknown) => {
      throw error instanceof InDoubt
        ? new Unavailable(error.message, { facts: error.facts, cause: error })
        : error;
    });
    return { reference: "", answer };
  };
}

/** The receipt of an earlier attempt at it, or null when the target has never heard of it. */
export async function verifyAt(
  session: Session,
  parcel: Parcelled,
  store: Pick<Store, "lookUp">,
): Promise<Receipt | null> {
  if (!session.verify) return null;
  await translate(parcel, store);
  return session.verify(parcelOf(parcel));
}

/** Walks its flow where that has not been done yet: after a restart only the message is there. */
export async function translate(
  parcel: Pick<Parcelled, "flow" | "message" | "cargo">,
  store: Pick<Store, "lookUp">,
): Promise<void> {
  if (parcel.cargo !== undefined) return;
  const walked = await resume(walkOut(parcel.flow, parcel.message), store);
  parcel.cargo = "cargo" in walked ? walked.cargo : undefined;
}

function parcelOf({ key, message, subject, flow, cargo }: Parcelled): Parcel {
  if (flow.hand.as !== "document") throw new Defect(`${flow.name} asks a question and has no parcel.`);
  const { codec } = flow.hand;
  return {
    key,
    contract: message.contract,
    subject,
    body: codec.encode(cargo),
    mediaType: codec.mediaTypeOf?.(cargo) ?? codec.mediaType,
  };
}

/** What the target answered, as the facts its flow makes of it. Throws what the flow's answer throws. */
export function answersOf(connection: string, parcel: Parcelled, receipt: Receipt, took: number): Entry[] {
  const { flow, message } = parcel;
  const told = flow.tell?.(receipt, parcel.cargo) ?? [];
  return told.map((answer, index) =>
    entryOf(answer, {
      id: `${parcel.key}:${index}`,
      source: connection,
      correlation: parcel.correlation,
      causation: `delivery:${parcel.key}`,
      occurredAt: null,
      routed: false,
      extra: {
        delivery: parcel.key,
        connection,
        contract: message.contract,
        reference: receipt.reference,
        attempts: parcel.attempts,
        ms: Math.round(took),
      },
    }),
  );
}

/** The "no" of a target, and as a fact where its flow tells one: once a try. One that cannot be told says so to people. */
export function refusalOf(
  connection: string,
  parcel: Parcelled,
  no: Refused,
): { readonly error: Refused; readonly said: readonly Entry[] } {
  const { flow, cargo, key, attempts, correlation } = parcel;
  if (!flow.tellNo) return { error: no, said: [] };
  const { facts, category, message, missing } = no;
  const rule = typeof facts.code === "string" ? facts.code : category;
  try {
    const told = entryOf(flow.tellNo({ rule, reason: message }, cargo), {
      id: `${key}:refused:${attempts}`,
      source: connection,
      correlation,
      causation: `delivery:${key}`,
      occurredAt: null,
      routed: false,
      extra: { delivery: key, connection, contract: parcel.message.contract, attempts },
    });
    return { error: no, said: [told] };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const error = new Refused(`${message} (Nobody who listens was told: ${why})`, {
      category,
      facts,
      cause,
      ...(missing ? { missing } : {}),
    });
    return { error, said: [] };
  }
}

/**
 * What holds for a parcel owed so long ago. A question changes nothing at the target, whatever the target does with a second
 * document: it may be asked again.
 */
export const guaranteesFor = (
  { connector: { guarantees }, keyLifetimeMs }: Connection,
  { hand }: OutboundFlow,
  owedForMs: number,
): Guarantees =>
  hand.as === "question"
    ? { ...guarantees, repeat: "upsert", verifies: false, settleMs: 0 }
    : inForce(keyLifetimeMs === undefined ? guarantees : { ...guarantees, keyLifetimeMs }, owedForMs);

/** It may have taken effect. A question changes nothing at the target, so one without an answer is simply asked again. */
export const isUnclear = ({ status, flow }: Parcelled): boolean =>
  status === "in_doubt" && flow.hand.as === "document";

/** How an attempt is listed. */
export const tried = (error: unknown): string => {
  if (error === undefined) return "not found";
  if (error instanceof Unavailable) return "unavailable";
  if (error instanceof Refused) return "refused";
  return "in doubt";
};

/** The open item a person is shown about it. */
export const raisedAbout = (
  why: ExceptionClass,
  connection: Connection,
  { key, message, correlation }: Pick<Parcelled, "key" | "message" | "correlation">,
  error: unknown,
  reason: string,
): Raised => ({
  fingerprint: fingerprint(why, connection.name, message.contract, error),
  class: why,
  subjectKind: "delivery",
  subject: key,
  connection: connection.name,
  correlation,
  title: titleOf(why, message.contract, connection.title, error),
  reason,
  // A rule has an owner of its own: whoever closed the period decides, not who runs the ledger's system.
  owner:
    error instanceof Refused && typeof error.facts.owner === "string" ? error.facts.owner : connection.owner,
  atRisk: atRisk(message.data),
});

const titleOf = (why: string, contract: string, title: string, error: unknown): string => {
  const missing = error instanceof Refused ? error.missing : undefined;
  if (missing) return `${title} does not know ${missing.keyType} ${missing.value}`;
  if (error instanceof ContractBroken) return `${contract} cannot be written for ${title}`;
  switch (why) {
    case "unclear outcome":
      return `We cannot tell whether ${title} took ${contract}`;
    case "business hold":
      return error instanceof Refused && typeof error.facts.heldBy === "string"
        ? `${error.facts.heldBy} has put on hold what goes to ${title}`
        : `${title} says not now to ${contract}`;
    case "access":
      return `${title} refuses our credential`;
    case "temporary":
      return `${title} could not be reached for ${contract}`;
    default:
      return `${title} refused ${contract}`;
  }
};

/** A target that promised to recognise a second send and gave it another number may hold two documents now. */
export function raisedByReplay(
  connection: Connection,
  { key, message, correlation, appliedAs }: Parcelled,
  reference: string,
): Raised[] {
  if (appliedAs === null || appliedAs === storable(reference)) return [];
  const why = "duplicate or conflict";
  const fingerprint = [why, connection.name, message.contract, "replay", "reference"].join("|");
  return [
    {
      fingerprint,
      class: why,
      subjectKind: "document",
      subject: `${correlation}|${fingerprint}|${key}`,
      connection: connection.name,
      correlation,
      title: `${connection.title} took ${message.contract} a second time, under another number`,
      reason: `It was ${appliedAs} before and is ${reference} now, although the key is the same. Look whether both stand there.`,
      owner: connection.owner,
      atRisk: atRisk(message.data),
    },
  ];
}
