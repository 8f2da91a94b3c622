/**
 * A flow tried on an input: what comes of it, with the row of the mapping behind each field, and every refusal with its place.
 *
 * The walk and the codecs are those of live traffic, the codes it looks up those of today; nothing is kept and nothing is sent.
 * Of a recorded input what the contracts hide stays hidden, also in what would be sent; what somebody typed in is theirs.
 */
import type { Message } from "../contracts/contract.ts";
import type { InboundFlow, OutboundFlow } from "../flows/flow.ts";
import { asBroken, type LookedUp, walkIn, walkOut } from "../flows/walk.ts";
import type { Carrying } from "../mappings/witness.ts";
import { type Bytes, toBytes, toText } from "../std/bytes.ts";
import { ContractBroken } from "../std/errors.ts";
import { dataOf } from "../trace/header.ts";
import { messageTitle } from "../trace/known.ts";
import { MASKED, mask, type Reveal } from "../trace/mask.ts";
import type { Db } from "../trace/rows.ts";
import type { Arranged } from "./arrangement.ts";
import { placed, rowsOf, type Side, type SideDocument, watchedWalk } from "./field-rows.ts";
import { ROWS_MAX, type SideBySide } from "./side-by-side.ts";
import type { Store } from "./store.ts";

/** What a flow is tried on: a text, the bytes of an arrival, or a message of the journal. */
export type TrialInput =
  | { readonly text: string }
  | { readonly arrival: string }
  | { readonly event: string };

/** What the flow made: a message it would publish, or the document it would send. */
export interface TrialOutcome extends SideBySide {
  readonly version: number;
  /** An answer to the sender, published beside what was made. */
  readonly isAnswer: boolean;
  readonly data: unknown;
}

export interface FlowTrial {
  readonly flow: string;
  readonly direction: "in" | "out";
  readonly outcomes: readonly TrialOutcome[];
  /** What would be sent, as it stands on the wire; null for an inbound flow, and where it shows something hidden. */
  readonly document: { readonly mediaType: string; readonly text: string } | null;
  /** Something is hidden, because the input was recorded and its contract says so. */
  readonly hides: boolean;
  /** Why nothing was made of a part, counted from 1, and where. */
  readonly refused: readonly {
    readonly part: number;
    readonly reason: string;
    readonly facts: readonly { readonly name: string; readonly value: string }[];
  }[];
  readonly passedOver: readonly { readonly part: number; readonly because: string }[];
  readonly lookedUp: readonly {
    readonly label: string;
    readonly what: string;
    readonly value: string;
    readonly found: string | null;
  }[];
}

interface Around {
  readonly db: Db;
  readonly store: Pick<Store, "lookUp">;
  readonly definitions: Arranged;
}

/** Messages one input may show; a file of a thousand records is not read field by field. */
const OUTCOMES_MAX = 20;
/** Larger arrivals are not taken apart for a look. */
const BYTES_MAX = 1_000_000;

/** Index: the primary key of arrival. */
const ARRIVAL = "select body from arrival where id = $1::uuid and flow = $2 and octet_length(body) <= $3";
/** Index: event_at. */
const EVENT = "select version, data from event where position = $1 and contract = $2";

const EVERYTHING: Reveal = { marks: new Set(["personal", "secret"]), tell: () => undefined };

/** Tries a flow. Null when there is no such flow, or nothing is recorded for it under that name. */
export async function tryFlow(around: Around, name: string, input: TrialInput): Promise<FlowTrial | null> {
  const { inbound, outbound } = around.definitions;
  const [taking, giving] = [inbound.get(name), outbound.get(name)];
  if (taking) {
    const body = await bytesOf(around, taking, input);
    return body && tryIn(around, taking, body, "text" in input ? EVERYTHING : undefined);
  }
  return giving ? tryOut(around, giving, input) : null;
}

async function bytesOf({ db }: Around, { name }: InboundFlow, input: TrialInput): Promise<Bytes | null> {
  if ("text" in input) return toBytes(input.text);
  if (!("arrival" in input)) return null;
  return (await db.query<{ body: Buffer }>(ARRIVAL, [input.arrival, name, BYTES_MAX])).rows[0]?.body ?? null;
}

async function tryIn(
  { store, definitions }: Around,
  flow: InboundFlow,
  body: Bytes,
  reveal: Reveal | undefined,
): Promise<FlowTrial> {
  const carried: Carrying[] = [];
  const walked = await watchedWalk(walkIn(flow, body), store, carried);
  const codec = flow.stages.find((stage) => stage.verb === "decode")?.codec;
  const about: SideDocument = {
    systemTitle: flow.connection.title,
    flow: flow.name,
    format: codec?.name ?? "",
    problem: null,
  };
  const arrived: Side = { about, leaves: leavesOrNone(() => codec?.decode(body)), carried };
  const outcome = (message: Message, isAnswer: boolean) =>
    outcomeOf(definitions, message, { arrived, sent: null, isAnswer, ...(reveal ? { reveal } : {}) });
  const outcomes = [
    ...walked.messages.slice(0, OUTCOMES_MAX).map((message) => outcome(message, false)),
    ...walked.acknowledgements.slice(0, OUTCOMES_MAX).map((message) => outcome(message, true)),
  ];
  return {
    flow: flow.name,
    direction: "in",
    outcomes,
    document: null,
    hides: JSON.stringify(outcomes).includes(MASKED),
    refused: walked.refused.map(({ part, error }) => refusalOf(part, error)),
    passedOver: walked.passedOver.map(({ part, because }) => ({ part: part + 1, because })),
    lookedUp: walked.lookedUp.map(lookedUpOf),
  };
}

async function tryOut(
  { db, store, definitions }: Around,
  flow: OutboundFlow,
  input: TrialInput,
): Promise<FlowTrial | null> {
  const nothing: FlowTrial = {
    flow: flow.name,
    direction: "out",
    outcomes: [],
    document: null,
    hides: false,
    refused: [],
    passedOver: [],
    lookedUp: [],
  };
  const reveal = "text" in input ? EVERYTHING : undefined;
  try {
    let data: unknown;
    if ("text" in input) data = parsed(input.text);
    else if ("event" in input) {
      const row = (await db.query<{ version: number; data: string }>(EVENT, [input.event, flow.on.name]))
        .rows[0];
      if (!row) return null;
      data = dataOf(definitions, flow.on.name, row.version, row.data);
    } else return null;
    const message = flow.on.of(data);
    const carried: Carrying[] = [];
    const walked = await watchedWalk(walkOut(flow, { ...message, correlation: message.key }), store, carried);
    if (!("cargo" in walked)) return { ...nothing, passedOver: [{ part: 1, because: walked.passedOver }] };
    const { hand } = flow;
    const about: SideDocument = {
      systemTitle: walked.connection.title,
      flow: flow.name,
      problem: null,
      format: hand.as === "document" ? hand.codec.name : "",
    };
    const sent: Side = { about, leaves: placed(walked.cargo), carried };
    const outcome = outcomeOf(definitions, message, {
      arrived: null,
      sent,
      isAnswer: false,
      ...(reveal ? { reveal } : {}),
    });
    const hides = JSON.stringify(outcome).includes(MASKED);
    // Encoding may refuse what cannot be written, so it is done also where its text is not shown.
    const document =
      hand.as === "document"
        ? { mediaType: hand.codec.mediaType, text: toText(hand.codec.encode(walked.cargo)) }
        : {
            mediaType: "application/json",
            text: JSON.stringify({ about: hand.about, data: walked.cargo }, null, 2),
          };
    return {
      ...nothing,
      outcomes: [outcome],
      hides,
      document: hides ? null : document,
      lookedUp: walked.lookedUp.map(lookedUpOf),
    };
  } catch (error) {
    return { ...nothing, refused: [refusalOf(0, asBroken(error))] };
  }
}

function outcomeOf(
  definitions: Arranged,
  { contract, version, data }: Message,
  {
    arrived,
    sent,
    isAnswer,
    reveal,
  }: {
    readonly arrived: Side | null;
    readonly sent: Side | null;
    readonly isAnswer: boolean;
    readonly reveal?: Reveal;
  },
): TrialOutcome {
  const shown = mask(definitions.contracts.get(contract)?.schema, data, reveal);
  const rows = rowsOf(data, shown, arrived, sent, reveal);
  return {
    contract,
    version,
    title: messageTitle(contract),
    isAnswer,
    data: shown,
    arrived: arrived?.about ?? null,
    sent: sent?.about ?? null,
    rows: rows.slice(0, ROWS_MAX),
    whole: rows.length <= ROWS_MAX,
  };
}

const refusalOf = (part: number, { message, facts }: ContractBroken): FlowTrial["refused"][number] => ({
  part: part + 1,
  reason: message,
  facts: Object.entries(facts).map(([name, value]) => ({ name, value: String(value) })),
});

const lookedUpOf = ({ label, reference, found }: LookedUp): FlowTrial["lookedUp"][number] =>
  "table" in reference
    ? { label, what: reference.table, value: reference.value, found }
    : { label, what: reference.give, value: `${reference.key.type} ${reference.key.value}`, found };

/** What cannot be read at all is told by the walk's own refusal; our own defects stay defects. */
function leavesOrNone(decode: () => unknown) {
  try {
    return placed(decode());
  } catch (error) {
    asBroken(error);
    return [];
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new ContractBroken(`The message is no JSON: ${said}.`, {
      facts: { expected: "the data of a message as JSON" },
      cause,
    });
  }
}
