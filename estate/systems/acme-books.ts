/**
 * What ACME knows: what it ordered, what it was told, what it was invoiced and paid, and what it has to complain about.
 *
 * What must stay true: an interchange control number of Meridian's is taken in once; a shipment or invoice number that
 * comes again under another control number is a complaint, not a second shipment; and complaints about quantities are
 * worked out from the whole of what is known, so they do not depend on the order in which files arrived.
 */
import type { Entry } from "../kernel/books.ts";
import { milli, quantity } from "../kernel/decimal.ts";
import type { PartnerLine } from "./x12.ts";

/** What an 855, 856 or 810 said, per line. */
export interface SaidLine {
  readonly line?: string;
  readonly sku: string;
  readonly quantity: string;
  readonly unit: string;
  readonly price?: string;
  readonly status?: string;
}

export interface PartnerOrder {
  readonly poNumber: string;
  readonly file: string;
  readonly control: number;
  readonly set: string;
  readonly at: string;
  lines: readonly PartnerLine[];
  /** AK5 of the 997 about our 850: A, E, R; null while there is none. */
  acknowledged: string | null;
  cancelAsked: boolean;
  readonly changes: {
    control: number;
    set: string;
    lines: readonly PartnerLine[];
    acknowledged: string | null;
  }[];
  readonly responses: { type: string; interchange: string; lines: readonly SaidLine[] }[];
}

export interface PartnerShipment {
  readonly shipmentId: string;
  readonly poNumber: string;
  readonly interchange: string;
  readonly lines: readonly SaidLine[];
  readonly ssccs: readonly string[];
}

export interface PartnerInvoice {
  readonly invoice: string;
  readonly poNumber: string;
  readonly interchange: string;
  readonly lines: readonly SaidLine[];
  readonly tax: string;
  readonly total: string;
  /** The total is the sum of its lines and tax. */
  readonly sound: boolean;
  paid: { amount: string; endToEndId: string; at: string } | null;
}

/** One read document as kept in a `received` entry. */
export type Said =
  | {
      readonly what: "response";
      /** What the document is called, when it is no X12. */
      readonly code?: string;
      readonly type: string;
      readonly poNumber: string;
      readonly lines: readonly SaidLine[];
    }
  | ({ readonly what: "shipment"; readonly code?: string } & Omit<PartnerShipment, "interchange">)
  | ({ readonly what: "invoice"; readonly code?: string } & Omit<PartnerInvoice, "interchange" | "paid">)
  | {
      readonly what: "acknowledgement";
      readonly group: string;
      readonly sets: Readonly<Record<string, string>>;
    }
  | { readonly what: "other"; readonly code: string };

export const DIALECTS = ["x12", "edifact", "ubl"] as const;
export type Dialect = (typeof DIALECTS)[number];

export class AcmeBooks {
  readonly orders = new Map<string, PartnerOrder>();
  readonly shipments = new Map<string, PartnerShipment>();
  readonly invoices = new Map<string, PartnerInvoice>();
  /** Interchange control number of Meridian's, and under which file name it came. */
  readonly interchanges = new Map<string, string>();
  readonly noted: string[] = [];
  /** Orders and changes by the control number of the interchange they went out in. */
  private readonly byControl = new Map<string, { set: string; acknowledged: string | null }[]>();
  repeated = 0;
  controls = 0;
  sent: Record<string, number> = {};
  received: Record<string, number> = {};
  pays = true;
  /** The standard it writes orders by. */
  dialect: Dialect = "x12";

  apply(entry: Entry, at: string): void {
    switch (entry.kind) {
      case "control":
        this.controls = entry.control as number;
        break;
      case "ordered": {
        this.count(this.sent, (entry.code as string | undefined) ?? "850");
        const order: PartnerOrder = {
          poNumber: entry.poNumber as string,
          file: entry.file as string,
          control: entry.control as number,
          set: entry.set as string,
          at,
          lines: entry.lines as PartnerLine[],
          acknowledged: null,
          cancelAsked: false,
          changes: [],
          responses: [],
        };
        this.orders.set(order.poNumber, order);
        this.sentUnder(order.control, order);
        break;
      }
      case "changed": {
        this.count(this.sent, "860");
        const order = this.orders.get(entry.poNumber as string)!;
        const lines = entry.lines as PartnerLine[];
        const change = { control: entry.control as number, set: "0001", lines, acknowledged: null };
        order.changes.push(change);
        this.sentUnder(change.control, change);
        if (entry.cancel === true) order.cancelAsked = true;
        break;
      }
      case "acknowledged":
        this.count(this.sent, (entry.code as string | undefined) ?? "997");
        break;
      case "remitted":
        this.count(this.sent, "820");
        break;
      case "received":
        this.interchanges.set(entry.control as string, entry.file as string);
        for (const said of entry.documents as Said[]) this.hear(said, entry.control as string);
        break;
      case "repeated":
        this.repeated += 1;
        break;
      case "complaint":
        this.noted.push(entry.text as string);
        break;
      case "paid": {
        const { amount, endToEndId } = entry as unknown as { amount: string; endToEndId: string };
        this.invoices.get(entry.invoice as string)!.paid = { amount, endToEndId, at };
        break;
      }
      case "settings":
        this.pays = (entry.settings as { pays?: boolean }).pays ?? this.pays;
        this.dialect = (entry.settings as { dialect?: Dialect }).dialect ?? this.dialect;
        break;
    }
  }

  private sentUnder(control: number, document: { set: string; acknowledged: string | null }): void {
    const key = String(control);
    this.byControl.set(key, [...(this.byControl.get(key) ?? []), document]);
  }

  private count(where: Record<string, number>, code: string): void {
    where[code] = (where[code] ?? 0) + 1;
  }

  private hear(said: Said, interchange: string): void {
    switch (said.what) {
      case "response": {
        this.count(this.received, said.code ?? "855");
        const order = this.orders.get(said.poNumber);
        if (order === undefined) this.noted.push(`855 ${interchange}: we never ordered ${said.poNumber}.`);
        else {
          order.responses.push({ type: said.type, interchange, lines: said.lines });
          // UBL has no acknowledgement of syntax: an answer is the proof that the order was read.
          if (said.code === "OrderResponse") order.acknowledged ??= "A";
        }
        break;
      }
      case "shipment": {
        this.count(this.received, said.code ?? "856");
        const { what: _, code: __, ...shipment } = said;
        if (this.shipments.has(said.shipmentId)) {
          this.noted.push(`856 ${interchange}: shipment ${said.shipmentId} was announced before.`);
        } else this.shipments.set(said.shipmentId, { ...shipment, interchange });
        break;
      }
      case "invoice": {
        this.count(this.received, said.code ?? "810");
        const { what: _, code: __, ...invoice } = said;
        if (this.invoices.has(said.invoice)) {
          this.noted.push(`810 ${interchange}: invoice ${said.invoice} was sent before.`);
        } else this.invoices.set(said.invoice, { ...invoice, interchange, paid: null });
        break;
      }
      case "acknowledgement":
        this.count(this.received, "997");
        for (const document of this.byControl.get(said.group) ?? []) {
          // Once taken it is taken, whatever is said later of a broken copy of the file.
          if (document.acknowledged !== "A")
            document.acknowledged = said.sets[document.set] ?? document.acknowledged;
        }
        break;
      case "other":
        this.noted.push(`${said.code} ${interchange}: we did not agree on this document.`);
        break;
    }
  }

  /** Everything ACME objects to, as sentences. */
  complaints(): string[] {
    const shipped = new Map<string, Map<string, bigint>>();
    const invoiced = new Map<string, Map<string, bigint>>();
    const found = [...this.noted];
    for (const { poNumber, lines, shipmentId } of this.shipments.values()) {
      if (!this.orders.has(poNumber))
        found.push(`Shipment ${shipmentId} is for ${poNumber}, which we never ordered.`);
      tally(shipped, poNumber, lines);
    }
    for (const { poNumber, lines, invoice, sound } of this.invoices.values()) {
      if (!this.orders.has(poNumber))
        found.push(`Invoice ${invoice} is for ${poNumber}, which we never ordered.`);
      if (!sound) found.push(`Invoice ${invoice}: the total is not the sum of its lines and tax.`);
      tally(invoiced, poNumber, lines);
    }
    for (const { poNumber, lines, changes, responses } of this.orders.values()) {
      const ordered = new Map<string, bigint>();
      for (const version of [lines, ...changes.map((change) => change.lines)]) {
        const totals = new Map<string, Map<string, bigint>>();
        tally(totals, poNumber, version);
        for (const [sku, total] of totals.get(poNumber) ?? []) {
          if (total > (ordered.get(sku) ?? 0n)) ordered.set(sku, total);
        }
      }
      for (const [sku, total] of shipped.get(poNumber) ?? []) {
        const asked = ordered.get(sku) ?? 0n;
        if (total > asked)
          found.push(`${poNumber}: ${quantity(total)} ${sku} shipped, ${quantity(asked)} ordered.`);
      }
      for (const [sku, total] of invoiced.get(poNumber) ?? []) {
        const came = shipped.get(poNumber)?.get(sku) ?? 0n;
        if (total > came)
          found.push(`${poNumber}: ${quantity(total)} ${sku} invoiced, ${quantity(came)} shipped.`);
      }
      // A seller that gives an accepted order up later tells so by one more, rejecting, response.
      const givenUp = responses.length > 1 && responses.at(-1)?.type === "RD" ? 1 : 0;
      if (responses.length > 1 + changes.length + givenUp) {
        found.push(`${poNumber}: ${responses.length} responses (855) to ${1 + changes.length} documents.`);
      }
    }
    return found;
  }
}

/** Adds quantities in EA; a PK is 12 EA. */
function tally(
  totals: Map<string, Map<string, bigint>>,
  poNumber: string,
  lines: readonly { sku: string; quantity: string; unit: string }[],
): void {
  const of = totals.get(poNumber) ?? new Map<string, bigint>();
  totals.set(poNumber, of);
  for (const { sku, quantity: text, unit } of lines) {
    const pieces = milli(text) * (unit === "PK" ? 12n : 1n);
    of.set(sku, (of.get(sku) ?? 0n) + pieces);
  }
}
