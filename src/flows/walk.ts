/**
 * Walks a flow: the one place where stages are taken in turn.
 *
 * Walking is pure. A stage that needs to look something up yields its references and is handed what was found, so the
 * same walk runs in the runtime, in a test and in a replay with recorded look-ups. Parts of one arrival are walked apart:
 * a bad part is refused alone. Reading tables, keeping bytes and deciding what to do with refusals is the caller's.
 */
import { type RawRecord, recordsIn } from "../codecs/records.ts";
import type { Connection } from "../connectors/connector.ts";
import type { Message } from "../contracts/contract.ts";
import type { Bytes } from "../std/bytes.ts";
import { ContractBroken, CrossdockError, ensure } from "../std/errors.ts";
import { type NotCarried, unwrapped } from "./carried.ts";
import {
  type InboundFlow,
  type OutboundFlow,
  type PartOutcome,
  type Reference,
  recordsOf,
  type Stage,
} from "./flow.ts";

/** What a look-up found, kept with the event so a rerun sees the same. */
export interface LookedUp {
  readonly label: string;
  readonly reference: Reference;
  readonly found: string | null;
}

export interface Refusal {
  /** Counted from 0; the whole document when there was nothing to split. */
  readonly part: number;
  readonly error: ContractBroken;
}

/** What an arrival became. */
export interface WalkedIn {
  readonly messages: readonly Message[];
  /** Answers to the sender; they are kept even when every part was refused. */
  readonly acknowledgements: readonly Message[];
  readonly refused: readonly Refusal[];
  readonly passedOver: readonly { readonly part: number; readonly because: string }[];
  readonly lookedUp: readonly LookedUp[];
  /** What the document says beyond the messages, each with the message it stands beside (its place in `messages`). */
  readonly notCarried: readonly (NotCarried & { readonly message: number })[];
  /** The sender's own number of the arrival, where the flow says which that is. */
  readonly identity?: string;
}

/** What a message leaving the journal became: something to hand to a connection, or nothing, for a reason. */
export type WalkedOut =
  | {
      readonly connection: Connection;
      readonly cargo: unknown;
      readonly lookedUp: readonly LookedUp[];
      readonly notCarried: readonly NotCarried[];
    }
  | { readonly passedOver: string };

/** A walk yields what it needs to know and is resumed with what was found, in the same order. */
export type Walk<Result> = Generator<readonly Reference[], Result, readonly (string | null)[]>;

/** Walks an arrival in. Never throws for what the sender did: that is a refusal. */
export function* walkIn(flow: InboundFlow, body: Bytes): Walk<WalkedIn> {
  const lookedUp: LookedUp[] = [];
  const refused: Refusal[] = [];
  const passedOver: { part: number; because: string }[] = [];
  const messages: Message[] = [];
  const fates: PartOutcome[] = [];
  const answers: ((parts: readonly PartOutcome[]) => readonly Message[])[] = [];
  const notCarried: (NotCarried & { message: number })[] = [];
  // What the document as a whole says stands beside the first thing it came to.
  let ahead: NotCarried[] = [];
  const splitAt = flow.stages.findIndex(({ verb }) => verb === "split" || verb === "records");
  const before = splitAt < 0 ? flow.stages : flow.stages.slice(0, splitAt);
  const split = splitAt < 0 ? undefined : flow.stages[splitAt];
  const after = splitAt < 0 ? [] : flow.stages.slice(splitAt + 1);

  let identity: string | null = null;
  let parts: readonly unknown[];
  try {
    const whole = yield* pass(before, body, lookedUp, answers, ahead, (number) => {
      identity = number;
    });
    if ("passedOver" in whole) {
      passedOver.push({ part: 0, because: whole.passedOver });
      parts = [];
    } else {
      parts =
        split?.verb === "split"
          ? split.run(whole.cargo)
          : split?.verb === "records"
            ? recordsIn(split.format, whole.cargo as Bytes)
            : [whole.cargo];
    }
  } catch (error) {
    refused.push({ part: 0, error: asBroken(error, split) });
    parts = [];
  }

  for (const [part, given] of parts.entries()) {
    try {
      if (given instanceof ContractBroken) throw given;
      const left: NotCarried[] = [];
      const walked = yield* pass(after, unwrapped(given, left), lookedUp, answers, left);
      if ("passedOver" in walked) passedOver.push({ part, because: walked.passedOver });
      else {
        const told = unwrapped(flow.tell(walked.cargo), left);
        if (told.length > 0) {
          for (const one of [...ahead, ...left]) notCarried.push({ ...one, message: messages.length });
          ahead = [];
        }
        messages.push(...told);
      }
      fates.push({ part });
    } catch (error) {
      const broken = asBroken(error);
      refused.push({ part, error: broken });
      fates.push({ part, refused: broken });
    }
  }
  const acknowledgements = answers.flatMap((answer) => answer(fates));
  return {
    messages,
    acknowledgements,
    refused,
    passedOver,
    lookedUp,
    notCarried,
    ...(identity === null ? {} : { identity }),
  };
}

/** What one record of a file became: the cargo its flow publishes, or why it goes nowhere. */
export type WalkedRecord =
  | { readonly cargo: unknown; readonly notCarried: readonly NotCarried[] }
  | { readonly passedOver: string }
  | { readonly refused: ContractBroken };

/** Reads one record and walks it through the stages after `records`. Never throws for what the sender did. */
export function* walkRecord(flow: InboundFlow, raw: RawRecord): Walk<WalkedRecord> {
  try {
    if (raw.broken) return { refused: raw.broken };
    const format = recordsOf(flow.stages);
    ensure(format, `${flow.name} reads records`);
    const notCarried: NotCarried[] = [];
    const walked = yield* pass(flow.stages.slice(1), format.read(raw), [], [], notCarried);
    return "passedOver" in walked ? walked : { ...walked, notCarried };
  } catch (error) {
    return { refused: asBroken(error) };
  }
}

/** Walks a message out, up to the point of encoding. Throws `ContractBroken` when it cannot be translated. */
export function* walkOut(flow: OutboundFlow, message: Message): Walk<WalkedOut> {
  const lookedUp: LookedUp[] = [];
  const notCarried: NotCarried[] = [];
  const walked = yield* pass(flow.stages, message.data, lookedUp, [], notCarried);
  if ("passedOver" in walked) return walked;
  return { connection: flow.route(walked.cargo), cargo: walked.cargo, lookedUp, notCarried };
}

function* pass(
  stages: readonly Stage[],
  start: unknown,
  lookedUp: LookedUp[],
  answers: ((parts: readonly PartOutcome[]) => readonly Message[])[],
  notCarried: NotCarried[],
  identified: (number: string | null) => void = () => undefined,
): Walk<{ cargo: unknown } | { passedOver: string }> {
  let cargo = start;
  for (const stage of stages) {
    try {
      switch (stage.verb) {
        case "decode":
          cargo = stage.codec.decode(cargo as Bytes);
          break;
        case "identify":
          identified(stage.by(cargo));
          break;
        case "acknowledge": {
          const document = cargo;
          answers.push((parts) => stage.tell(document, parts));
          break;
        }
        case "expect":
          cargo = stage.contract.read(cargo, stage.contract.version);
          break;
        case "keep":
          if (!stage.test(cargo)) return { passedOver: stage.label };
          break;
        case "map":
          cargo = unwrapped(stage.run(cargo), notCarried);
          break;
        case "look up": {
          const references = stage.which(cargo);
          const found = references.length === 0 ? [] : yield references;
          for (const [index, reference] of references.entries()) {
            const value = found[index] ?? null;
            if (value === null && !stage.optional) throw new NotKnown(stage.label, reference, stage.waits);
            lookedUp.push({ label: stage.label, reference, found: value });
          }
          cargo = stage.with(cargo, found);
          break;
        }
        case "split":
        case "records":
          break;
      }
    } catch (error) {
      throw asBroken(error, stage);
    }
  }
  return { cargo };
}

/** A look-up found nothing: what it names may become known. */
export class NotKnown extends ContractBroken {
  readonly reference: Reference;

  constructor(label: string, reference: Reference, waits: boolean) {
    const [table, value, system] =
      "table" in reference
        ? [reference.table, reference.value, reference.system]
        : [reference.give, `${reference.key.type} ${reference.key.value}`, "what we know"];
    super(`${label}: ${value} is not known as ${table} in ${system}.`, {
      facts: {
        field: table,
        found: value,
        expected: `a ${table} known in ${system}`,
        unknown: true,
        ...(waits ? { waits } : {}),
      },
    });
    this.name = "ContractBroken";
    this.reference = reference;
  }
}

/**
 * A mapping that throws on odd data has met something its contract did not promise; `stage` is where in the flow. Our own defects
 * stay defects.
 */
export function asBroken(error: unknown, stage?: Stage): ContractBroken {
  if (error instanceof ContractBroken) return error;
  if (error instanceof CrossdockError) throw error;
  const said = (error instanceof Error ? error.message : String(error)).replace(/\.?$/, ".");
  const at = stage && (stage.label === stage.verb ? stage.verb : `${stage.verb}: ${stage.label}`);
  const where = at === undefined ? "" : ` (${at})`;
  return new ContractBroken(`The document could not be translated${where}: ${said}`, { cause: error });
}
