/**
 * The bank: Meridian's account, and statements of it as files of camt.053.001.08, MT940 or BAI2, as it is set to.
 *
 * What must stay true: each credit is on exactly one statement, statements follow each other without a gap (the closing
 * balance of one is the opening balance of the next), and the same end-to-end id is booked once.
 *
 * @covers SYS-31, SYS-45
 */
import { join } from "node:path";
import { amount, type Body, optionalText, problemDetails, Refusal, text } from "../kernel/call.ts";
import { cents, money } from "../kernel/decimal.ts";
import { KeyedAnswers } from "../kernel/keys.ts";
import type { Tools, Trade } from "../kernel/station.ts";
import { type BankEntry, type Statement, statementXml } from "./statement.ts";
import { bai2, mt940 } from "./statement-text.ts";

/** How statements are written, by the name of the format, and how their files are called. */
const FORMATS = {
  "camt.053": { write: statementXml, file: (number: string) => `camt053-${number}.xml` },
  mt940: { write: mt940, file: (number: string) => `mt940-${number}.sta` },
  bai2: { write: bai2, file: (number: string) => `bai2-${number}.bai` },
} as const;
type Format = keyof typeof FORMATS;

/** What the account for paying suppliers holds on the first day; it is not on the statements of the account for customers. */
const OPENING = 100_000_000n;

export function bank(tools: Tools): Trade {
  const entries = new Map<string, BankEntry>();
  const statements: { number: number; file: string; opening: string; closing: string; entries: number }[] =
    [];
  const keys = new KeyedAnswers(tools.commit);
  const orders: { id: string; paymentId: string; creditor: string; amount: string; currency: string }[] = [];
  let paidOut = 0n;
  const unbooked = () => open.reduce((total, entry) => total + cents(entry.amount), 0n) + OPENING - paidOut;
  let open: BankEntry[] = [];
  let balance = 0n;
  let planned = false;
  let format: Format = "camt.053";

  function receive(body: Body) {
    const value = amount(body, "amount");
    if (value <= 0n)
      throw new Refusal(400, "INVALID_FIELD", "A credit is more than 0.00.", { field: "amount" });
    const endToEndId = optionalText(body, "endToEndId") ?? `E2E-${1001 + entries.size}`;
    const known = entries.get(endToEndId);
    if (known !== undefined) return { reference: known.reference, endToEndId, repeated: true };
    const reference = `BK-${String(80001 + entries.size)}`;
    tools.commit({
      kind: "credited",
      reference,
      amount: money(value),
      currency: optionalText(body, "currency") ?? "EUR",
      debtor: text(body, "debtor"),
      remittance: optionalText(body, "remittance") ?? "",
      endToEndId,
    });
    plan();
    return { reference, endToEndId, repeated: false };
  }

  function plan(): void {
    if (planned) return;
    planned = true;
    const waitMs = tools.estate.pace === "fast" ? 0 : 3000;
    tools.later(() => {
      planned = false;
      while (open.length > 0) closeStatement(tools.estate.pace === "fast" ? 1 : open.length);
    }, waitMs);
  }

  /** Writes a statement over the next `count` credits. */
  function closeStatement(count: number) {
    const covered = open.slice(0, count);
    const number = statements.length + 1;
    const sum = covered.reduce((total, entry) => total + cents(entry.amount), 0n);
    const file = FORMATS[format].file(String(number).padStart(6, "0"));
    const statement: Statement = {
      number,
      file,
      opening: money(balance),
      closing: money(balance + sum),
      at: new Date().toISOString(),
      entries: covered,
    };
    tools.commit({
      kind: "statement",
      number,
      file,
      opening: statement.opening,
      closing: statement.closing,
      entries: covered.map(({ endToEndId }) => endToEndId),
    });
    tools.drop(file, FORMATS[format].write(statement));
    return { number, file, entries: covered.length, closing: statement.closing };
  }

  return {
    apply(entry, at) {
      if (entry.kind === "answer") keys.apply(entry);
      else if (entry.kind === "settings")
        format = (entry.settings as { statements?: Format }).statements ?? format;
      else if (entry.kind === "paid") {
        orders.push(entry.order as (typeof orders)[number]);
        // What went from the account for customers is no payment from the other one.
        if (entry.at === undefined) paidOut += cents((entry.order as { amount: string }).amount);
      } else if (entry.kind === "by-hand") {
        const known = orders.findIndex(({ paymentId }) => paymentId === entry.paymentId);
        orders.splice(known, 1, { ...orders[known]!, amount: entry.amount as string });
      } else if (entry.kind === "credited") {
        const { kind: _, ...rest } = entry;
        const credit = { ...rest, at, statement: null } as unknown as BankEntry;
        entries.set(credit.endToEndId, credit);
        open.push(credit);
      } else if (entry.kind === "statement") {
        const ids = entry.entries as string[];
        for (const id of ids) entries.get(id)!.statement = entry.number as number;
        open = open.slice(ids.length);
        balance = cents(entry.closing as string);
        statements.push({
          number: entry.number as number,
          file: entry.file as string,
          opening: entry.opening as string,
          closing: entry.closing as string,
          entries: ids.length,
        });
      }
    },
    routes: [
      {
        method: "POST",
        path: /^\/payment-orders$/,
        handle: (call) =>
          keys.once(call, () => {
            const value = amount(call.body, "amount");
            if (value > balance + unbooked())
              throw new Refusal(422, "FUNDS_SHORT", "The account does not hold that much.");
            const id = `PO-${70001 + orders.length}`;
            const order = {
              id,
              paymentId: text(call.body, "paymentId"),
              creditor: text(call.body, "creditor"),
              amount: money(value),
              currency: text(call.body, "currency"),
              fee: "0.00",
            };
            tools.commit({ kind: "paid", order });
            return { status: 201, body: order };
          }),
      },
      keys.route,
      {
        method: "GET",
        path: /^\/payment-orders$/,
        handle: ({ query }) => {
          const of = (query.get("orders") ?? "").split(",").filter(Boolean);
          const items = orders.filter(({ paymentId }) =>
            of.some((number) => paymentId.startsWith(`${number}/`)),
          );
          return { status: 200, body: { items } };
        },
      },
      { method: "GET", path: /^\/statements$/, handle: () => ({ status: 200, body: { statements } }) },
    ],
    acts: {
      receive,
      /** Somebody pays a supplier at the counter, past us; it goes from the account for customers and is on its next statement. */
      "pay-by-hand": (body) => {
        const endToEndId = text(body, "paymentId");
        const value = amount(body, "amount");
        if (entries.has(endToEndId))
          throw new Refusal(409, "PAID_ALREADY", `${endToEndId} is on the account already.`);
        const reference = `BK-${String(80001 + entries.size)}`;
        const [creditor, currency] = [text(body, "creditor"), optionalText(body, "currency") ?? "EUR"];
        tools.commit({
          kind: "credited",
          reference,
          amount: money(-value),
          currency,
          debtor: creditor,
          remittance: `Payment ${endToEndId}`,
          endToEndId,
        });
        const id = `PO-${70001 + orders.length}`;
        const order = { id, paymentId: endToEndId, creditor, amount: money(value), currency, fee: "0.00" };
        tools.commit({ kind: "paid", order, at: "the counter" });
        plan();
        return { reference, paymentId: endToEndId };
      },
      /** Somebody at the bank corrects the amount of an order, and tells nobody. */
      "by-hand": (body) => {
        const paymentId = text(body, "paymentId");
        if (!orders.some((one) => one.paymentId === paymentId))
          throw new Refusal(404, "NOT_FOUND", `There is no payment order ${paymentId}.`);
        tools.commit({ kind: "by-hand", paymentId, amount: money(amount(body, "amount")) });
        return { paymentId };
      },
      "close-statement": () => closeStatement(open.length),
    },
    settle({ statements: wanted }) {
      if (typeof wanted !== "string" || !Object.hasOwn(FORMATS, wanted))
        throw new Refusal(400, "INVALID_FIELD", `statements is one of ${Object.keys(FORMATS).join(", ")}.`);
      return { statements: wanted };
    },
    books: () => ({
      iban: "FR7630006000011234567890189",
      currency: "EUR",
      balance: money(balance + open.reduce((total, entry) => total + cents(entry.amount), 0n)),
      entries: [...entries.values()],
      statements,
      paymentOrders: orders,
      paidOut: money(paidOut),
    }),
    resume() {
      if (open.length > 0) plan();
    },
    dialect: problemDetails,
    refusal: () => new Refusal(422, "ACCOUNT_BLOCKED", "The account is blocked."),
    dropFolder: join(tools.folder, "statements"),
  };
}
