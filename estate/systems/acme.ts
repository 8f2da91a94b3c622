/**
 * ACME, the trading partner: drops purchase orders as files of X12, EDIFACT or UBL, as it is set to, reads what Meridian drops, acknowledges it and pays.
 *
 * What must stay true: every file it drops has a control number of its own (a resend keeps the old one), every group it
 * takes in is answered by one 997, and an invoice is paid once, through the bank, with the invoice number as remittance.
 *
 * @covers SYS-05
 */
import { existsSync, type FSWatcher, mkdirSync, readdirSync, readFileSync, renameSync, watch } from "node:fs";
import { join } from "node:path";
import {
  type Body,
  list,
  object,
  optionalText,
  positiveQuantity,
  problemDetails,
  Refusal,
  text,
} from "../kernel/call.ts";
import { cents, milli, money, quantity } from "../kernel/decimal.ts";
import { writeWhole } from "../kernel/drops.ts";
import type { Tools, Trade } from "../kernel/station.ts";
import { AcmeBooks, DIALECTS, type Dialect, type PartnerOrder, type Said } from "./acme-books.ts";
import { heard } from "./acme-reading.ts";
import {
  contrlMessage,
  type EdifactFile,
  heardEdifact,
  interchange,
  ordersMessage,
  readInterchange,
} from "./edifact.ts";
import { itemOf } from "./goods.ts";
import { heardUbl, orderDocument } from "./ubl.ts";
import {
  acknowledgement,
  type Group,
  orderChange,
  type PartnerAddress,
  type PartnerLine,
  purchaseOrder,
  read,
  remittance,
  written,
} from "./x12.ts";

interface Prepared {
  readonly poNumber: string;
  readonly lines: PartnerLine[];
  readonly requested: string;
  readonly shipTo: PartnerAddress;
}
interface Understood {
  readonly control: string;
  readonly documents: () => Said[];
  readonly acknowledge?: (accepted: boolean) => void;
}

const READABLE = /^[^.].*(?<!\.tmp|\.part)$/;
const POLL_MS = 400;

export function acme(tools: Tools): Trade {
  const books = new AcmeBooks();
  const inbox = join(tools.folder, "from-crossdock");
  const outbox = join(tools.folder, "to-crossdock");
  const received = join(tools.folder, "received");
  const sent = join(tools.folder, "sent");
  for (const folder of [inbox, outbox, received, sent]) mkdirSync(folder, { recursive: true });
  let scanPlanned = false;
  let firstScan = true;
  let watcher: FSWatcher | undefined;
  let poll: NodeJS.Timeout | undefined;
  const resends = new Map<string, number>();

  // --- what ACME sends ---------------------------------------------------------------------------------------------

  function drop(kind: string, code: string, name: string, sets: Parameters<typeof written>[3]) {
    return put(kind, name, "edi", (control) => written(code, control, new Date(), sets));
  }

  function put(kind: string, name: string, ending: string, write: (control: number) => string) {
    const control = books.controls + 1;
    const file = `${kind}-${name.replace(/[^\w.-]/g, "_")}-${String(control).padStart(9, "0")}.${ending}`;
    const body = write(control);
    tools.commit({ kind: "control", control });
    // ACME's own copy: what Meridian takes out of the folder is gone from there.
    writeWhole(sent, file, body);
    tools.drop(file, body);
    return { file, control };
  }

  function orderLines(body: Body): PartnerLine[] {
    return list(body, "lines").map((line, index) => {
      const sku = text(line, "sku");
      const unit = optionalText(line, "unit") ?? "EA";
      const usual = itemOf.get(sku)?.price;
      const price = line.price ?? (usual !== undefined && unit === "PK" ? money(cents(usual) * 12n) : usual);
      return {
        line: line.line === undefined ? String(index + 1) : text(line, "line"),
        sku,
        unit,
        quantity: quantity(positiveQuantity(line, "quantity")),
        price: money(cents(price, `The price of ${sku}`)),
      };
    });
  }

  function sendOrders(orders: readonly Body[]) {
    const taken = new Set<string>();
    const prepared = orders.map((order, index) => {
      const poNumber = optionalText(order, "poNumber") ?? `PO-${4711 + books.orders.size + index}`;
      if (books.orders.has(poNumber) || taken.has(poNumber)) {
        throw new Refusal(
          409,
          "ORDER_EXISTS",
          `ACME has ordered ${poNumber} already; use resend for a duplicate.`,
        );
      }
      taken.add(poNumber);
      const requested =
        optionalText(order, "requestedDate") ??
        new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
      const shipTo: PartnerAddress = {
        name: "ACME CORP PLANT 1",
        street: "1 RUE DE LA POMPE",
        city: "LYON",
        postalCode: "69007",
        country: "FR",
        ...object(order, "shipTo"),
      };
      return { poNumber, lines: orderLines(order), requested, shipTo };
    });
    const now = new Date();
    if (books.dialect !== "x12") {
      const files = prepared.map((order) => sendAlone(order, now));
      return {
        poNumber: prepared[0]!.poNumber,
        poNumbers: prepared.map(({ poNumber }) => poNumber),
        ...files[0]!,
      };
    }
    const sets = prepared.map(({ poNumber, lines, requested, shipTo }) =>
      purchaseOrder(poNumber, lines, requested, shipTo, now),
    );
    const { file, control } = drop("850", "PO", prepared[0]!.poNumber, sets);
    prepared.forEach(({ poNumber, lines }, index) => {
      const set = String(index + 1).padStart(4, "0");
      tools.commit({ kind: "ordered", poNumber, file, control, set, lines });
    });
    return {
      poNumber: prepared[0]!.poNumber,
      poNumbers: prepared.map(({ poNumber }) => poNumber),
      file,
      control,
    };
  }

  /** An order by EDIFACT or UBL, in a file of its own. */
  function sendAlone({ poNumber, lines, requested, shipTo }: Prepared, now: Date) {
    const said = [poNumber, lines, requested, shipTo, now] as const;
    const code = books.dialect === "ubl" ? "Order" : "ORDERS";
    const { file, control } = put(code, poNumber, books.dialect === "ubl" ? "xml" : "edi", (number) =>
      books.dialect === "ubl"
        ? orderDocument(...said)
        : interchange(number, now, code, ordersMessage(...said)),
    );
    tools.commit({ kind: "ordered", code, poNumber, file, control, set: "0001", lines });
    return { file, control };
  }

  function known(body: Body): PartnerOrder {
    const poNumber = text(body, "poNumber");
    const order = books.orders.get(poNumber);
    if (order === undefined) throw new Refusal(404, "ORDER_UNKNOWN", `ACME never ordered ${poNumber}.`);
    return order;
  }

  function sendChange(body: Body) {
    const order = known(body);
    const current = order.changes.findLast(({ lines }) => lines.length > 0)?.lines ?? order.lines;
    const next = new Map(current.map((line) => [line.line, line]));
    const changes = list(body, "lines").map((asked) => {
      const id = text(asked, "line");
      const before = next.get(id);
      const sku = optionalText(asked, "sku") ?? before?.sku ?? text(asked, "sku");
      const removed = asked.quantity === "0" || asked.quantity === 0;
      const line: PartnerLine = {
        line: id,
        sku,
        unit: optionalText(asked, "unit") ?? before?.unit ?? "EA",
        quantity: removed ? "0" : quantity(positiveQuantity(asked, "quantity")),
        price: money(cents(asked.price ?? before?.price ?? itemOf.get(sku)?.price, "price")),
      };
      if (removed) next.delete(id);
      else next.set(id, line);
      return { ...line, change: changeCode(before, line) };
    });
    const set = orderChange(order.poNumber, order.changes.length + 1, changes, new Date(), false);
    const { file, control } = drop("860", "PC", order.poNumber, [set]);
    tools.commit({
      kind: "changed",
      poNumber: order.poNumber,
      file,
      control,
      lines: [...next.values()],
      cancel: false,
    });
    return { poNumber: order.poNumber, file, control };
  }

  function sendCancel(body: Body) {
    const order = known(body);
    const set = orderChange(order.poNumber, order.changes.length + 1, [], new Date(), true);
    const { file, control } = drop("860", "PC", order.poNumber, [set]);
    tools.commit({ kind: "changed", poNumber: order.poNumber, file, control, lines: [], cancel: true });
    return { poNumber: order.poNumber, file, control };
  }

  /** The same order again, byte for byte and with its old control number, under another file name. */
  function resend(body: Body) {
    const order = known(body);
    const again = (resends.get(order.file) ?? 0) + 1;
    resends.set(order.file, again);
    const file = order.file.replace(/\.edi$/, `-resent${again}.edi`);
    tools.drop(file, readFileSync(join(sent, order.file), "utf8"));
    return { poNumber: order.poNumber, file, control: order.control };
  }

  function remit(invoiceNumber: string) {
    const invoice = books.invoices.get(invoiceNumber);
    if (invoice === undefined)
      throw new Refusal(404, "INVOICE_UNKNOWN", `ACME has no invoice ${invoiceNumber}.`);
    const set = remittance(
      invoiceNumber,
      invoice.poNumber,
      invoice.total,
      `ACME-${invoiceNumber}`,
      new Date(),
    );
    const { file, control } = drop("820", "RA", invoiceNumber, [set]);
    tools.commit({ kind: "remitted", invoice: invoiceNumber, file, control });
    return { poNumber: invoice.poNumber, file, control };
  }

  // --- what ACME reads ---------------------------------------------------------------------------------------------

  function planScan(): void {
    if (scanPlanned) return;
    scanPlanned = true;
    tools.later(() => {
      scanPlanned = false;
      for (const name of readdirSync(inbox).sort()) if (READABLE.test(name)) take(name);
      firstScan = false;
    }, 0);
  }

  function take(name: string): void {
    const path = join(inbox, name);
    let body: string;
    try {
      body = readFileSync(path, "utf8");
    } catch {
      return; // Gone again, or a folder: not ours to read.
    }
    try {
      for (const one of understood(body)) {
        const before = books.interchanges.get(one.control);
        if (before !== undefined) {
          // Read just before a crash and not yet moved: that is our doing, not a repetition.
          if (!(firstScan && before === name))
            tools.commit({ kind: "repeated", control: one.control, file: name });
          continue;
        }
        const refused = one.acknowledge !== undefined && tools.faults.fire("refuse") !== undefined;
        const documents: Said[] = refused ? [] : one.documents();
        tools.commit({ kind: "received", control: one.control, file: name, documents, refused });
        one.acknowledge?.(!refused);
        for (const said of documents) if (said.what === "invoice") planPayment(said.invoice);
      }
    } catch (problem) {
      tools.commit({ kind: "complaint", file: name, text: `${name}: ${(problem as Error).message}` });
    }
    const kept = join(received, existsSync(join(received, name)) ? `${Date.now()}-${name}` : name);
    renameSync(path, kept);
  }

  /** What a file holds, whichever standard it follows; only what is answered can be acknowledged. */
  function understood(body: string): Understood[] {
    if (body.startsWith("<")) {
      const { control, said } = heardUbl(body);
      return [{ control, documents: () => [said] }];
    }
    if (/^UN[AB]/.test(body)) {
      const file = readInterchange(body);
      const answers = file.messages.some(({ type }) => type !== "CONTRL");
      return [
        {
          control: file.control,
          documents: () => heardEdifact(file),
          ...(answers ? { acknowledge: (accepted: boolean) => control(file, accepted) } : {}),
        },
      ];
    }
    return read(body).map(({ control: number, groups }) => {
      const asked = groups.filter(({ code }) => code !== "FA");
      return {
        control: number,
        documents: () => groups.flatMap((group) => heard(group)),
        ...(asked.length === 0
          ? {}
          : {
              acknowledge: (accepted: boolean) => {
                for (const group of asked) acknowledge(group, accepted);
              },
            }),
      };
    });
  }

  function control(file: EdifactFile, accepted: boolean): void {
    if (tools.faults.fire("lose-answer") !== undefined || tools.faults.fire("hang") !== undefined) return;
    const answer = put("CONTRL", file.control, "edi", (number) =>
      interchange(number, new Date(), "CONTRL", contrlMessage(file, accepted)),
    );
    tools.commit({ kind: "acknowledged", code: "CONTRL", group: file.control, accepted, ...answer });
  }

  function acknowledge(group: Group, accepted: boolean): void {
    if (tools.faults.fire("lose-answer") !== undefined || tools.faults.fire("hang") !== undefined) return;
    const slow = tools.faults.fire("slow");
    const answer = () => {
      const { file, control } = drop("997", "FA", group.control, [acknowledgement(group, accepted)]);
      tools.commit({ kind: "acknowledged", group: group.control, accepted, file, control });
    };
    if (slow === undefined) answer();
    else tools.later(answer, slow.ms ?? 1000);
  }

  function planPayment(invoiceNumber: string): void {
    tools.later(() => pay(invoiceNumber));
  }

  function pay(invoiceNumber: string): void {
    const invoice = books.invoices.get(invoiceNumber);
    if (invoice === undefined || invoice.paid !== null || !invoice.sound || !books.pays) return;
    if (!books.orders.has(invoice.poNumber)) return;
    const endToEndId = `ACME-${invoiceNumber}`;
    // The bank books an end-to-end id once, so paying again after a crash between the two books changes nothing.
    const credited = tools.ask("bank", "receive", {
      amount: invoice.total,
      currency: "EUR",
      debtor: "ACME Corp",
      remittance: invoiceNumber,
      endToEndId,
    });
    if (credited !== undefined)
      tools.commit({ kind: "paid", invoice: invoiceNumber, amount: invoice.total, endToEndId });
  }

  return {
    apply: (entry, at) => books.apply(entry, at),
    routes: [],
    acts: {
      "send-order": (body) => sendOrders([body]),
      "send-orders": (body) => sendOrders(list(body, "orders")),
      "send-change": sendChange,
      "send-cancel": sendCancel,
      resend,
      "send-remittance": (body) => remit(text(body, "invoice")),
      "send-raw": (body) => {
        const file = text(body, "name");
        if (!/^\w[\w.-]*$/.test(file)) throw new Refusal(400, "INVALID_FIELD", "name is a plain file name.");
        if (typeof body.text !== "string")
          throw new Refusal(400, "INVALID_FIELD", "text is the file's content.");
        tools.drop(file, body.text);
        return { file };
      },
      pay: (body) => {
        const invoice = text(body, "invoice");
        if (!books.invoices.has(invoice))
          throw new Refusal(404, "INVOICE_UNKNOWN", `ACME has no invoice ${invoice}.`);
        pay(invoice);
        return { invoice, paid: books.invoices.get(invoice)!.paid };
      },
    },
    settle(body) {
      const { pays, dialect } = body;
      if (dialect !== undefined && pays === undefined) {
        if (!DIALECTS.includes(dialect as Dialect))
          throw new Refusal(400, "INVALID_FIELD", `dialect is one of ${DIALECTS.join(", ")}.`);
        return { dialect };
      }
      if (typeof pays !== "boolean") throw new Refusal(400, "INVALID_FIELD", "pays is true or false.");
      if (pays && !books.pays) {
        tools.later(() => {
          for (const { invoice, paid } of books.invoices.values()) if (paid === null) planPayment(invoice);
        });
      }
      return { pays };
    },
    books: () => ({
      orders: [...books.orders.values()],
      shipments: [...books.shipments.values()],
      invoices: [...books.invoices.values()],
      complaints: books.complaints(),
      repeatedInterchanges: books.repeated,
      sent: books.sent,
      received: books.received,
      lastControl: books.controls,
      pays: books.pays,
    }),
    resume() {
      for (const { invoice, paid } of books.invoices.values()) if (paid === null) planPayment(invoice);
      planScan();
      watcher = watch(inbox, planScan);
      watcher.on("error", () => watcher?.close());
      poll = setInterval(planScan, POLL_MS);
    },
    dialect: problemDetails,
    refusal: () => new Refusal(422, "REFUSED", "Refused."),
    dropFolder: outbox,
    stop() {
      watcher?.close();
      clearInterval(poll);
    },
  };
}

/** POC02: what happened to the line. */
function changeCode(before: PartnerLine | undefined, after: PartnerLine): string {
  if (before === undefined) return "AI";
  if (after.quantity === "0") return "DI";
  const difference = milli(after.quantity) - milli(before.quantity);
  const priceChanged = before.price !== after.price;
  if (priceChanged && difference !== 0n) return "CA";
  if (priceChanged) return "PC";
  return difference < 0n ? "QD" : "QI";
}
