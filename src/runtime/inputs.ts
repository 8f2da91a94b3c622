/**
 * Replaying into processes: which inputs an instance took, and what giving it one it never took would come to.
 *
 * An input is taken once. One that was taken is not decided about again: what the instance sent because of it is sent again,
 * under its keys. One that was never taken (its process is new, or its build could not read it) is given to the instance as
 * it stands now, under the version it is pinned to, by the same step as live traffic; the dry run takes that very step in
 * memory. What must stay true: nothing here records or sends.
 */
import { walkOut } from "../flows/walk.ts";
import type { Recorded } from "../journal/read.ts";
import type { Process } from "../processes/process.ts";
import { toText } from "../std/bytes.ts";
import { flawOf } from "../std/storable.ts";
import { atRisk } from "../trace/at-risk.ts";
import { type Instance, instanceId } from "../work/instances.ts";
import type { NewItem } from "../work/selections.ts";
import type { Arranged } from "./arrangement.ts";
import { Carriage } from "./carriage.ts";
import { Gathered } from "./gathered.ts";
import { causeOf, messageOf } from "./given.ts";
import type { Parcelled } from "./line.ts";
import { resume } from "./resume.ts";
import { Round, reopens } from "./round.ts";
import type { Store } from "./store.ts";
import { concernsNothing } from "./too-early.ts";
import type { Judgement } from "./would-send.ts";

/** A fact and the instance it concerns. */
export interface Input {
  readonly fact: Recorded;
  readonly process: Process;
  readonly key: string;
}

/** `position process:key`, as items of selections name it. */
export const subjectOf = ({ fact, process, key }: Input): string =>
  `${fact.position} ${process.header.name}:${key}`;

/** Whom a fact concerns; nobody, where it cannot be read or names nothing. `only` is the name of one process. */
export function inputsOf(fact: Recorded, definitions: Arranged, only?: string): Input[] {
  let data: unknown;
  try {
    ({ data } = messageOf(fact, definitions));
  } catch {
    return [];
  }
  return (definitions.reacting.get(fact.contract) ?? []).flatMap((process): Input[] => {
    const key = (data as Record<string, unknown>)[process.whose.get(fact.contract) ?? ""];
    if (only !== undefined && process.header.name !== only) return [];
    return typeof key === "string" && key !== "" && flawOf(key) === undefined ? [{ fact, process, key }] : [];
  });
}

export const wasTaken = (fact: Recorded, instance: Instance | null): boolean =>
  instance?.body.inputs.includes(causeOf(fact)) === true;

/** What giving it would come to; left out where it would come to nothing. */
export function judgeInput({ fact, process, key }: Input, instance: Instance | null): Judgement {
  const left = (skip: string): Judgement => ({ would: "Left out.", skip });
  const { name, keyType } = process.header;
  const about = `${name} of ${keyType} ${key}`;
  const starts = process.startedBy.has(fact.contract);
  if (concernsNothing(process, instance, fact.contract))
    return left(`The ${about} has not started, and would not hear of it.`);
  if (instance === null) {
    return starts
      ? { would: `Starts the ${about}, version ${process.header.version}.` }
      : { would: `Kept by the ${about} until it starts.` };
  }
  if (wasTaken(fact, instance))
    return left(`The ${about} took it; what it sent because of it is replayed instead.`);
  if (instance.body.kept.some(({ cause }) => cause === causeOf(fact)))
    return left(`The ${about} keeps it, and takes it when it goes on.`);
  const again = instance.status === "completed" && reopens(process, fact.contract);
  if ((instance.status === "completed" && !again) || instance.status === "abandoned")
    return left(`The ${about} was ${instance.status}; nothing is done with what comes after the end.`);
  if (instance.status === "parked")
    return { would: `Kept by the ${about}, which is stopped, until it goes on.` };
  if (instance.status === "expected" && !starts) return { would: `Kept by the ${about} until it starts.` };
  return { would: `Taken by the ${about} as it stands now, under version ${instance.version}.` };
}

/** The item of a selection. */
export function inputItem(number: number, input: Input, judged: Judgement): NewItem {
  const { fact, process, key } = input;
  const risk = atRisk(JSON.parse(fact.data));
  return {
    number,
    kind: "input",
    subject: subjectOf(input),
    watched: `${process.header.name}:${key}`,
    correlation: fact.correlation,
    connection: null,
    contract: fact.contract,
    corrected: 0,
    atRisk: risk === null ? null : JSON.stringify(risk),
    would: judged.would,
    state: "skip" in judged ? "skipped" : "waiting",
    reason: "skip" in judged ? judged.skip : null,
  };
}

/** What a step sends, with its payload. */
export interface StepSends {
  readonly parcel: Parcelled;
  readonly mediaType: string | null;
  readonly payload: string | null;
  readonly problem: string | null;
}

/** Takes the step in memory: the instance afterwards, and everything it would send. `now` is the database's clock. */
export async function rehearse(
  { fact, process, key }: Input,
  instance: Instance | null,
  around: {
    readonly definitions: Arranged;
    readonly store: Pick<Store, "lookUp">;
    readonly laneCount: number;
    readonly now: string;
  },
): Promise<{ readonly instance: Instance | null; readonly sends: readonly StepSends[] }> {
  const { definitions, store, laneCount, now } = around;
  const gathered = new Gathered();
  const given = { definitions, setsAside: () => null, gathered };
  const carriage = new Carriage({ ...given, store, maySendNow: () => false });
  const round = new Round({ ...given, laneCount, now, carriage });
  const message = messageOf(fact, definitions);
  const input = { kind: "event", at: fact.occurredAt, message, source: fact.source } as const;
  const cause = { ref: causeOf(fact), correlation: fact.correlation, given: "a dry run" };
  const after = await round.input(process, key, instance && structuredClone(instance), input, cause);
  await round.takeBack();
  return {
    instance: after,
    sends: await Promise.all(gathered.parcels.map((parcel) => sent(parcel, gathered, store))),
  };
}

async function sent(
  parcel: Parcelled,
  { deliveries }: Gathered,
  store: Pick<Store, "lookUp">,
): Promise<StepSends> {
  const { flow, message } = parcel;
  const none = { parcel, mediaType: null, payload: null };
  const reason = deliveries.find(({ key }) => key === parcel.key)?.reason ?? null;
  if (parcel.status === "parked") return { ...none, problem: reason };
  try {
    const walked = await resume(walkOut(flow, message), store);
    if (!("cargo" in walked)) return { ...none, problem: null };
    return flow.hand.as === "document"
      ? {
          parcel,
          mediaType: flow.hand.codec.mediaType,
          payload: toText(flow.hand.codec.encode(walked.cargo)),
          problem: null,
        }
      : {
          parcel,
          mediaType: "application/json",
          payload: JSON.stringify({ about: flow.hand.about, data: walked.cargo }),
          problem: null,
        };
  } catch (error) {
    return { ...none, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** `instanceId` of whom an input concerns. */
export const instanceOf = ({ process, key }: Input): string =>
  instanceId({ process: process.header.name, key });
