/**
 * A partner that sends interchanges: files of several documents under an envelope with a number, each file acknowledged whole,
 * everything we send it enveloped and numbered likewise. Which standard it speaks is data.
 */
import {
  type Carried,
  type Codec,
  type ContractBroken,
  carried,
  type Flow,
  flow,
  type Message,
} from "crossdock";
import { operations, telling } from "crossdock/canon";
import type { Around, Mapped } from "crossdock/mappings/x12";
import type { Connections } from "../connections.ts";
import { documentAs, type Written } from "../formats.ts";
import {
  type Answer,
  agreed,
  answer,
  control,
  facts,
  fromPartner,
  type SendDocument,
  TOLD,
  toTell,
  writtenBefore,
} from "../mappings/partner.ts";
import type { Filled } from "../settings.ts";

/** What an envelope says of itself. */
export interface Envelope {
  readonly sender: string;
  readonly number: string;
  /** `YYMMDD` or `CCYYMMDD`, and `HHMM`. */
  readonly date: string;
  readonly time: string;
}

/** An envelope of ours. */
export interface Ours {
  readonly ourselves: Filled["ourselves"];
  readonly partner: Filled["partner"];
  readonly date: string;
  readonly time: string;
  readonly number: string;
}

/** Documents of ours that a partner says it could read. An acknowledgement is not acknowledged. */
export type Answered = Exclude<telling.PartnerDocument["type"], "functional-acknowledgement">;

/** A standard of interchanges, and what is agreed with the partner in it. */
export interface Standard<Document, Part> {
  readonly codec: Codec<Document>;
  /** The segment that opens an envelope, for whoever looks for the mistake. */
  readonly opening: string;
  /** What the documents of a file are called, and how they are taken out of it. */
  readonly parts: string;
  readonly partsOf: (document: Document) => readonly (Part | ContractBroken)[];
  readonly envelopesOf: (document: Document) => readonly Envelope[];
  readonly envelopeOf: (part: Part) => Envelope;
  /** The kind of a document, and those agreed on. */
  readonly kindOf: (part: Part) => string;
  readonly agreed: readonly string[];
  /** The number of our own interchange that a document answers; null when it is no answer. */
  readonly answers: (part: Part) => string | null;
  readonly read: (part: Part, around: Around) => Mapped;
  /** Our answer to a file: its name, which envelope it answers (none: nothing to answer), and how it is written. */
  readonly acknowledgement: {
    readonly name: string;
    readonly of: (document: Document) => Envelope | undefined;
    readonly write: (document: Document, answer: Answer) => Uint8Array | undefined;
  };
  readonly parse: (body: Uint8Array) => Document;
  /** What our documents that are answered are called in it. */
  readonly names: Readonly<Record<Answered, string>>;
  /** A document of ours in this standard. */
  readonly write: (
    told: Parameters<typeof toTell>[0]["document"]["type"],
    document: ReturnType<typeof toTell>,
    around: Around,
    envelope: Ours,
  ) => Carried<Document>;
}

export function interchangeFlows<Document, Part extends object>(
  standard: Standard<Document, Part>,
  { acmeMailbox, acmeOutbox }: Connections,
  settings: Filled,
): Flow[] {
  /** The partner counts its interchanges; a file that holds several is known by its name and content alone. */
  const number = (document: Document): string | null => {
    const [only, ...more] = standard.envelopesOf(document);
    return only && more.length === 0 ? `${only.sender} ${control(only.number)}` : null;
  };

  const acknowledged = (
    document: Document,
    parts: readonly { readonly refused?: ContractBroken }[],
  ): Message[] => {
    const envelope = standard.acknowledgement.of(document);
    if (!envelope) return [];
    const { number: sent, date, time } = envelope;
    return answer(settings, { ackOf: control(sent), date, time }, parts, (given) =>
      standard.acknowledgement.write(document, given),
    );
  };

  /** Where the order stands that an answer is about: found by the number of what we sent. */
  const answered = (part: Part) => {
    const ours = standard.answers(part);
    return ours === null
      ? []
      : [{ key: { type: "partnerDocument", value: control(ours) }, give: "order" } as const];
  };

  const told = ({ part, order }: { part: Part; order: string | null }): Carried<Message[]> => {
    const envelope = standard.envelopeOf(part);
    fromPartner(settings, envelope.sender, standard.opening);
    const around = agreed(settings, { controlNumber: control(envelope.number), order });
    const ours = standard.answers(part);
    return facts(settings, standard.read(part, around), ours === null ? null : control(ours));
  };

  const enveloped = (about: SendDocument): Carried<Written<Document, SendDocument>> => {
    const { value, notCarried } = inEnvelope(about);
    return carried({ about, document: value }, notCarried);
  };
  const inEnvelope = (document: SendDocument): Carried<Document> => {
    const before = writtenBefore(document);
    if (before) return carried(standard.parse(before), []);
    const { writtenAt, controlNumber } = document;
    const { ourselves, partner } = settings;
    return standard.write(
      document.document.type,
      toTell(document),
      agreed(settings, { at: writtenAt, controlNumber }),
      {
        ourselves,
        partner,
        date: writtenAt.slice(0, 10),
        time: writtenAt.slice(11, 16),
        number: controlNumber,
      },
    );
  };

  /** From now on its partner owes an answer. */
  const sent = ({ partner, controlNumber, salesOrderId, document: { type } }: SendDocument): Message[] => {
    if (type === "functional-acknowledgement") return [];
    const fact = operations.DocumentSent.of({
      partner,
      document: `${standard.names[type]}/${controlNumber}`,
      partnerDocument: controlNumber,
      ...(salesOrderId === undefined ? {} : { salesOrderId }),
    });
    return [fact];
  };

  return [
    flow("acme-in")
      .from(acmeMailbox)
      .decode(standard.codec)
      .identify("interchange number", number)
      .acknowledge(standard.acknowledgement.name, acknowledged)
      .split<Part>(standard.parts, standard.partsOf)
      .keep("this document is none we agreed on", (part) => standard.agreed.includes(standard.kindOf(part)))
      .lookUp(
        "order of an acknowledged document",
        answered,
        (part, [order]) => ({ part, order: order ?? null }),
        {
          optional: true,
        },
      )
      .publishAs(TOLD, told),

    flow("acme-out")
      .on(telling.SendDocument)
      .map(enveloped)
      .deliver(acmeOutbox, documentAs<Document, SendDocument>(standard.codec))
      .answer(operations.DocumentSent, (_, { about }) => sent(about)),
  ];
}
