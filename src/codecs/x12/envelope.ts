/**
 * Puts set drafts into groups and an interchange.
 *
 * Pure: control numbers, date and time are given by the caller, so the same input gives the same bytes. A draft that
 * breaks the table of its own set is refused here, before a partner can refuse it.
 */
import { ContractBroken } from "../../std/errors.ts";
import { broken } from "../segments/findings.ts";
import {
  type Delimiters,
  type Party,
  segment,
  textOf,
  type X12Document,
  type X12Group,
  type X12Interchange,
  type X12Set,
} from "./document.ts";
import type { SetDraft } from "./draft.ts";
import { LIMITS } from "./limits.ts";
import { SetReader } from "./set-reader.ts";
import { tableOf } from "./table.ts";
import { x12Date } from "./values.ts";

export interface Envelope {
  readonly sender: Party;
  readonly receiver: Party;
  /** ISO date, `2026-11-21`. */
  readonly date: string;
  /** `HHMM`, `HH:MM` or `HH:MM:SS`. */
  readonly time: string;
  /** ISA13, also GS06 of the first group; up to nine digits. */
  readonly controlNumber: string | number;
  /** GS06 of the first group where it is not the interchange's; the groups after it count on. */
  readonly groupControlNumber?: string | number;
  /** ST02 of the first set of each group; 1 where absent. The sets after it count on. */
  readonly setControlNumber?: number;
  /** ISA12, `00401`; GS08 is `004010` unless `groupVersion` says otherwise. */
  readonly version?: string;
  readonly groupVersion?: string;
  /** ISA15: `P` (production) where absent. */
  readonly usage?: "P" | "T" | "I";
  readonly acknowledgementRequested?: boolean;
  readonly delimiters?: Delimiters;
  /** What follows each terminator; a line break where absent. */
  readonly lineBreak?: string;
}

const DELIMITERS: Delimiters = { element: "*", component: ">", segment: "~" };

/**
 * One interchange with these sets: neighbours of one functional group share a group.
 *
 * @example envelope({ sender, receiver, date: "2026-11-21", time: "00:30", controlNumber: 17 }, [writeInvoice810(invoice)])
 * @throws {ContractBroken} when a draft breaks the table of its set
 */
export function envelope(about: Envelope, drafts: readonly SetDraft[]): X12Document {
  const version = about.version ?? "00401";
  const delimiters = about.delimiters ?? DELIMITERS;
  const date = x12Date(about.date);
  const time = about.time.replaceAll(":", "");
  const groupVersion = about.groupVersion ?? `${version}0`;
  const first = Number(about.groupControlNumber ?? about.controlNumber);
  const groups: X12Group[] = grouped(drafts).map(([functionalId, members], index) => {
    const controlNumber = String(first + index);
    const sender = about.sender.application ?? about.sender.id;
    const receiver = about.receiver.application ?? about.receiver.id;
    const sets = members.map((draft, at) =>
      built(draft, (about.setControlNumber ?? 1) + at, groupVersion, functionalId, delimiters),
    );
    return {
      functionalId,
      sender,
      receiver,
      date,
      time,
      controlNumber,
      version: groupVersion,
      header: segment("GS", functionalId, sender, receiver, date, time, controlNumber, "X", groupVersion),
      sets,
      trailer: segment("GE", String(sets.length), controlNumber),
      problems: [],
      verdict: "accepted",
    };
  });
  return { interchanges: [interchange(about, groups, { version, delimiters, date, time })], problems: [] };
}

function interchange(
  about: Envelope,
  groups: readonly X12Group[],
  written: { version: string; delimiters: Delimiters; date: string; time: string },
): X12Interchange {
  const { version, delimiters, date, time } = written;
  const control = fixed("ISA13", String(about.controlNumber).padStart(9, "0"), 9);
  const elements = [
    "00",
    " ".repeat(10),
    "00",
    " ".repeat(10),
    fixed("ISA05", about.sender.qualifier, 2),
    fixed("ISA06", about.sender.id, 15),
    fixed("ISA07", about.receiver.qualifier, 2),
    fixed("ISA08", about.receiver.id, 15),
    date.slice(2),
    time.slice(0, 4),
    version >= "00402" ? (delimiters.repetition ?? "U") : "U",
    version,
    control,
    about.acknowledgementRequested ? "1" : "0",
    about.usage ?? "P",
    delimiters.component ?? "",
  ];
  return {
    sender: { qualifier: about.sender.qualifier, id: about.sender.id },
    receiver: { qualifier: about.receiver.qualifier, id: about.receiver.id },
    date: date.slice(2),
    time: time.slice(0, 4),
    version,
    controlNumber: control,
    acknowledgementRequested: about.acknowledgementRequested ?? false,
    usage: about.usage ?? "P",
    delimiters,
    lineBreak: about.lineBreak ?? "\n",
    encoding: "utf-8",
    header: { id: "ISA", elements },
    services: [],
    groups,
    trailer: { id: "IEA", elements: [String(groups.length), control] },
    problems: [],
    tolerated: [],
    verdict: "accepted",
  };
}

/** Neighbouring drafts of one functional group together, in the order given. */
function grouped(drafts: readonly SetDraft[]): [functionalId: string, drafts: SetDraft[]][] {
  const groups: [string, SetDraft[]][] = [];
  for (const draft of drafts) {
    const functionalId = tableOf(draft.type)?.functionalId;
    if (functionalId === undefined) {
      throw new ContractBroken(`Set ${draft.type} has no table, so the group it belongs in is not known.`, {
        facts: { expected: "a set with a table", found: draft.type },
      });
    }
    const last = groups.at(-1);
    if (last && last[0] === functionalId) last[1].push(draft);
    else groups.push([functionalId, [draft]]);
  }
  return groups;
}

/** A draft with ST, SE and loops, read by the same rules as what partners send. */
function built(
  draft: SetDraft,
  number: number,
  version: string,
  functionalId: string,
  delimiters: Delimiters,
): X12Set {
  const control = String(number).padStart(4, "0");
  const opening = segment("ST", draft.type, control, draft.implementation);
  const reader = new SetReader(opening, { version, functionalId, delimiters, limits: LIMITS });
  for (const made of draft.segments) reader.put(made);
  const set = reader.end(segment("SE", String(draft.segments.length + 2), control), 0, "SE");
  const fault = set.problems.find(({ severity }) => severity === "error");
  if (fault) throw broken(fault, { set: draft.type });
  return set;
}

function fixed(element: string, value: string, width: number): string {
  if (value.length > width) {
    throw new ContractBroken(`${element} has room for ${width} characters, "${value}" has ${value.length}.`, {
      facts: { segment: "ISA", expected: `at most ${width} characters`, found: value },
    });
  }
  return value.padEnd(width);
}

/** The control number of the first group of a document, e.g. to match a 997 with it. */
export const groupControlNumber = (document: X12Document): string =>
  textOf(document.interchanges[0]?.groups[0]?.header, 6);
