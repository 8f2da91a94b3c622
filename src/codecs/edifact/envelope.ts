/**
 * Puts message drafts into an interchange.
 *
 * Pure: references, date and time are given by the caller, so the same input gives the same bytes. A draft that breaks
 * the table of its own message is refused here, before a partner can refuse it.
 */
import { ContractBroken } from "../../std/errors.ts";
import { broken } from "../segments/findings.ts";
import {
  type EdifactDocument,
  type EdifactInterchange,
  type EdifactMessage,
  type Party,
  type Segment,
  type ServiceCharacters,
  segment,
} from "./document.ts";
import type { MessageDraft } from "./draft.ts";
import { LIMITS } from "./limits.ts";
import { MessageReader } from "./message-reader.ts";
import { repertoireOf } from "./repertoire.ts";
import { dtmValue } from "./values.ts";

export interface Envelope {
  readonly sender: Party;
  readonly recipient: Party;
  /** ISO date, `2026-11-21`. */
  readonly date: string;
  /** `HHMM`, `HH:MM` or `HH:MM:SS`. */
  readonly time: string;
  /** UNB 0020; up to 14 characters. */
  readonly reference: string;
  /** UNH 0062 of the first message; 1 where absent. The messages after it count on. */
  readonly messageReference?: number;
  /** UNB 0001 and 0002; `UNOC` and `3` where absent. */
  readonly syntax?: string;
  readonly syntaxVersion?: "1" | "2" | "3" | "4";
  /** The directory of the messages: `D` and `96A` where absent, and the association's subset, e.g. `EAN008`. */
  readonly version?: string;
  readonly release?: string;
  readonly agency?: string;
  readonly association?: string;
  /** UNB 0026. */
  readonly application?: string;
  readonly acknowledgementRequested?: boolean;
  readonly test?: boolean;
  /** Whether to begin with UNA; always when the characters are not the usual ones. */
  readonly advice?: boolean;
  readonly characters?: ServiceCharacters;
  /** What follows each terminator; a line break where absent. */
  readonly lineBreak?: string;
}

const USUAL: ServiceCharacters = { component: ":", element: "+", decimal: ".", release: "?", segment: "'" };

/**
 * One interchange with these messages.
 *
 * @example envelope({ sender, recipient, date: "2026-11-21", time: "09:30", reference: "17" }, [writeOrder(order)])
 * @throws {ContractBroken} when a draft breaks the table of its message
 */
export function envelope(about: Envelope, drafts: readonly MessageDraft[]): EdifactDocument {
  const first = about.messageReference ?? 1;
  const messages = drafts.map((draft, at) => built(draft, String(first + at), about));
  return { interchanges: [interchange(about, messages)], problems: [] };
}

function interchange(about: Envelope, messages: readonly EdifactMessage[]): EdifactInterchange {
  const { sender, recipient, reference } = about;
  const syntax = about.syntax ?? "UNOC";
  const syntaxVersion = about.syntaxVersion ?? "3";
  const [day] = dtmValue(about.date);
  const date = syntaxVersion === "4" ? day : day.slice(2);
  const time = about.time.replaceAll(":", "").slice(0, 4);
  const limit = syntaxVersion === "4" ? 35 : 14;
  if (reference === "" || reference.length > limit) {
    throw new ContractBroken(
      `An interchange reference has 1 to ${limit} characters, "${reference}" is none.`,
      {
        facts: {
          segment: "UNB",
          element: 5,
          expected: `1 to ${limit} characters`,
          found: reference.slice(0, 40),
        },
      },
    );
  }
  const characters = about.characters ?? (syntaxVersion === "4" ? { ...USUAL, repetition: "*" } : USUAL);
  return {
    syntax,
    syntaxVersion,
    sender,
    recipient,
    date,
    time,
    reference,
    application: about.application ?? "",
    acknowledgementRequested: about.acknowledgementRequested ?? false,
    test: about.test ?? false,
    characters,
    advice: about.advice ?? about.characters !== undefined,
    encoding: repertoireOf(syntax) ?? "us-ascii",
    lineBreak: about.lineBreak ?? "\n",
    header: segment(
      "UNB",
      [syntax, syntaxVersion],
      [sender.id, sender.qualifier ?? "", sender.routing ?? ""],
      [recipient.id, recipient.qualifier ?? "", recipient.routing ?? ""],
      [date, time],
      reference,
      "",
      about.application,
      "",
      about.acknowledgementRequested ? "1" : "",
      "",
      about.test ? "1" : "",
    ),
    groups: [{ type: "", reference: "", messages, problems: [], verdict: "accepted" }],
    trailer: { id: "UNZ", elements: [String(messages.length), reference] },
    problems: [],
    tolerated: [],
    verdict: "accepted",
  };
}

/** A draft with UNH, UNT and groups, read by the same rules as what partners send. */
function built(draft: MessageDraft, reference: string, about: Envelope): EdifactMessage {
  const [version, release, agency] = draft.directory ?? [
    about.version ?? "D",
    about.release ?? "96A",
    about.agency ?? "UN",
  ];
  const association = draft.directory ? "" : (about.association ?? "");
  const opening = segment("UNH", reference, [draft.type, version, release, agency, association]);
  const reader = new MessageReader(opening, LIMITS);
  for (const made of draft.segments) reader.add({ ...made }, undefined);
  const closing: Segment = { id: "UNT", elements: [String(draft.segments.length + 2), reference] };
  const message = reader.end(closing, 0, 0, "UNT");
  const fault = message.problems.find(({ severity }) => severity === "error");
  if (fault) throw broken(fault, { message: draft.type });
  return message;
}
