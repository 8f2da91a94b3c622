/**
 * Small systems of the back office: billing of services, receivables, the holder of the chart of accounts, engineering, and an engine that
 * has workflows and rules of its own.
 *
 * What must stay true: a month of a service is billed once; receivables apply no more than an invoice is open for; an account or an item
 * has one version after the other; the engine answers rules at once and finishes a task once.
 *
 * @covers SYS-28, SYS-32, SYS-33, SYS-38, SYS-44
 */
import { type Body, list, object, optionalText, Refusal, text } from "../kernel/call.ts";
import { cents, money, portion } from "../kernel/decimal.ts";
import { desk, type Kept } from "../kernel/desk.ts";
import { sender } from "../kernel/sender.ts";
import type { Tools, Trade } from "../kernel/station.ts";

/** The tax every service is billed with. */
const SERVICE_TAX = "0.20";

/** Subscriptions: `POST /subscriptions`, `/invoices`, `/endings`; webhooks `service.activated`, `invoice.issued`, `credit.issued`. */
export const billing = (tools: Tools): Trade =>
  desk(tools, ({ documents, told, change, tell }) => {
    const find = (body: Body): Kept | undefined =>
      [...documents.subscriptions!.values()].find(
        ({ order, line, state }) =>
          state === "active" && order === text(body, "order") && line === text(body, "line"),
      );
    const checked = (body: Body) => ({
      order: text(body, "order"),
      line: text(body, "line"),
      customer: text(body, "customer"),
      product: text(body, "product"),
      monthly: money(cents(body.monthly, "monthly")),
      currency: text(body, "currency"),
      months: text(body, "months"),
      start: text(body, "start"),
      billed: [],
      state: "active",
    });
    const activated = ({ number, order, line, start, months }: Kept) =>
      tell(order as string, {
        type: "service.activated",
        subscription: number,
        order,
        line,
        start,
        months: Number(months),
      });
    /** Bills a service for a month it is not billed for. */
    function bill({ number, billed, order, line, customer, monthly, currency }: Kept, period: string): void {
      change("subscriptions", number, { billed: [...(billed as string[]), period] });
      const net = cents(monthly);
      const taxed = portion(net, SERVICE_TAX);
      tell(order as string, {
        type: "invoice.issued",
        invoice: `${number}-${period}`,
        subscription: number,
        order,
        line,
        customer,
        period,
        net: monthly,
        tax: money(taxed),
        gross: money(net + taxed),
        currency,
      });
    }
    const isBilled = (subscription: Kept | undefined, period: string) =>
      (subscription?.billed as string[] | undefined)?.includes(period);
    const issued = (invoice: string) =>
      told.find((one) => one.type === "invoice.issued" && one.invoice === invoice);
    return {
      collections: {
        subscriptions: { prefix: "SUB", known: find, check: checked, taken: activated },
        /** A month that is to be billed now; one that is billed is answered as it was. */
        invoices: {
          prefix: "SI",
          known: (body) =>
            [...documents.invoices!.values()].find(
              ({ subscription, period }) => subscription === body.subscription && period === body.period,
            ),
          check(body) {
            const subscription = documents.subscriptions!.get(text(body, "subscription"));
            if (subscription?.state !== "active")
              throw new Refusal(422, "NOT_RUNNING", `${body.subscription} is no service that runs.`);
            if (money(cents(body.net, "net")) !== subscription.monthly)
              throw new Refusal(
                422,
                "OTHER_PRICE",
                `A month of ${body.subscription} is ${subscription.monthly}.`,
              );
            return { subscription: subscription.number, period: text(body, "period") };
          },
          taken({ subscription, period }) {
            const of = documents.subscriptions!.get(subscription as string)!;
            if (!isBilled(of, period as string)) bill(of, period as string);
          },
        },
        endings: {
          prefix: "END",
          check(body) {
            const known = find(body);
            if (known !== undefined) change("subscriptions", known.number, { state: "ended" });
            return { ...body, state: known === undefined ? "nothing-to-end" : "ended" };
          },
        },
      },
      acts: {
        /** Somebody starts a service by hand. */
        activate(body) {
          const number = `SUB-${1001 + documents.subscriptions!.size}`;
          tools.commit({ kind: "taken", collection: "subscriptions", number, document: checked(body) });
          activated(documents.subscriptions!.get(number)!);
          return { number };
        },
        /** The run of a month: each active service is billed for it once. */
        "bill-month"(body) {
          const period = text(body, "period");
          const due = [...documents.subscriptions!.values()].filter(
            (one) =>
              one.state === "active" && !isBilled(one, period) && (one.start as string).slice(0, 7) <= period,
          );
          for (const one of due) bill(one, period);
          return { billed: due.length };
        },
        /** An invoice that should not have been is taken back whole, and its service ends. */
        "credit-invoice"(body) {
          const invoice = issued(text(body, "invoice"));
          if (invoice === undefined)
            throw new Refusal(404, "NO_SUCH_INVOICE", `There is no invoice ${body.invoice}.`);
          change("subscriptions", invoice.subscription as string, { state: "ended" });
          const credit = `CR-${invoice.invoice}`;
          if (!told.some((one) => one.credit === credit))
            tell(invoice.order as string, { ...invoice, type: "credit.issued", credit });
          return { credit };
        },
      },
      /** Receivables against revenue and tax, as billed and as credited. */
      books: () => ({
        ledger: told.flatMap((one) => {
          const credited = one.type === "credit.issued";
          if (!credited && one.type !== "invoice.issued") return [];
          const [debit, credit] = credited ? ["credit", "debit"] : ["debit", "credit"];
          return [
            {
              document: credited ? one.credit : one.invoice,
              lines: [
                { account: "Receivables", [debit!]: one.gross },
                { account: "Revenue", [credit!]: one.net },
                { account: "Tax", [credit!]: one.tax },
              ],
            },
          ];
        }),
      }),
    };
  });

/** Receivables: hears what is owed and what nobody could match, and says what a payment was for. */
export const receivables = (tools: Tools): Trade =>
  desk(tools, ({ documents, change }) => ({
    routes: [
      {
        method: "GET",
        path: /^\/open-items$/,
        handle: ({ query }) => {
          const wanted = (query.get("orders") ?? "").split(",");
          const of = (name: string) =>
            [...documents[name]!.values()].filter(
              ({ order, lost }) => wanted.includes(order as string) && lost !== true,
            );
          return { status: 200, body: { items: of("open-items"), creditNotes: of("credit-notes") } };
        },
      },
    ],
    acts: {
      /** A clerk deletes the item of a credit note, or finds it again, and tells nobody. */
      "lose-credit-note"(body) {
        const note = [...documents["credit-notes"]!.values()].find(
          ({ creditNote }) => creditNote === text(body, "creditNote"),
        );
        if (note === undefined)
          throw new Refusal(404, "CREDIT_NOTE_UNKNOWN", `There is no ${body.creditNote} here.`);
        change("credit-notes", note.number, { lost: body.found !== true });
        return { number: note.number };
      },
      /** A clerk writes off what is open of an invoice, or deletes its item, and tells nobody. */
      "by-hand"(body) {
        const item = [...documents["open-items"]!.values()].find(
          ({ invoice, lost }) => invoice === text(body, "invoice") && lost !== true,
        );
        if (item === undefined)
          throw new Refusal(404, "INVOICE_UNKNOWN", `There is no ${body.invoice} here.`);
        const { open, lost } = body;
        change("open-items", item.number, {
          ...(open === undefined ? {} : { open: money(cents(open, "open")) }),
          ...(lost === true ? { lost } : {}),
        });
        return { number: item.number };
      },
    },
    collections: {
      "open-items": {
        prefix: "OI",
        known: (body) =>
          [...documents["open-items"]!.values()].find(
            ({ invoice, lost }) => invoice === text(body, "invoice") && lost !== true,
          ),
        check: (body) => {
          const amount = money(cents(body.amount, "amount"));
          return {
            invoice: text(body, "invoice"),
            order: text(body, "order"),
            amount,
            open: amount,
            currency: text(body, "currency"),
          };
        },
      },
      applications: {
        prefix: "AP",
        check(body) {
          for (const applied of list(body, "invoices")) {
            const item = [...documents["open-items"]!.values()].find(
              ({ invoice }) => invoice === text(applied, "invoice"),
            );
            if (item === undefined) {
              throw new Refusal(422, "INVOICE_UNKNOWN", `Invoice ${applied.invoice} is not known here yet.`);
            }
            const left = cents(item.open) - cents(applied.amount, "amount");
            if (left < 0n) {
              throw new Refusal(409, "MORE_THAN_OPEN", `Of ${applied.invoice} only ${item.open} is open.`);
            }
            change("open-items", item.number, { open: money(left) });
          }
          return body;
        },
      },
      /** A payment is off again: its invoices are open as before. */
      "application-reversals": {
        prefix: "AB",
        check(body) {
          for (const applied of list(body, "invoices")) {
            const item = [...documents["open-items"]!.values()].find(
              ({ invoice }) => invoice === text(applied, "invoice"),
            );
            if (item === undefined)
              throw new Refusal(422, "INVOICE_UNKNOWN", `Invoice ${applied.invoice} is not known here yet.`);
            change("open-items", item.number, {
              open: money(cents(item.open) + cents(applied.amount, "amount")),
            });
          }
          return body;
        },
      },
      /** What is taken back of an invoice stands as an item of its own, for somebody to clear. */
      "credit-notes": {
        prefix: "CN",
        known: (body) =>
          [...documents["credit-notes"]!.values()].find(
            ({ creditNote, lost }) => creditNote === text(body, "creditNote") && lost !== true,
          ),
        check: (body) => ({
          creditNote: text(body, "creditNote"),
          invoice: text(body, "invoice"),
          order: text(body, "order"),
          amount: money(cents(body.amount, "amount")),
          currency: text(body, "currency"),
        }),
      },
      "unmatched-payments": { prefix: "UP", check: (body) => ({ ...body, payment: text(body, "payment") }) },
    },
  }));

/** Holds the chart of accounts; whoever posts must know it. */
export const ledger = (tools: Tools): Trade =>
  sender(tools, {
    "change-account": (body, count) => {
      const account = text(body, "account");
      return {
        number: `COA-${1001 + count}`,
        about: account,
        event: {
          type: "account.changed",
          ledger: optionalText(body, "ledger") ?? "L-EUR",
          company: optionalText(body, "company") ?? "ME-01",
          account,
          class: optionalText(body, "class") ?? "account",
          currency: optionalText(body, "currency") ?? "EUR",
          version: count + 1,
        },
      };
    },
  });

/** Engineering releases items and what they are made of. */
export const plm = (tools: Tools): Trade =>
  sender(tools, {
    "release-item": (body, count) => ({
      number: `ECO-${1001 + count}`,
      about: text(body, "item"),
      event: {
        type: "item.released",
        part: text(body, "item"),
        revision: count + 1,
        name: optionalText(body, "name") ?? text(body, "item"),
        state: optionalText(body, "state") ?? "released",
      },
    }),
    "release-bom": (body, count) => ({
      number: `ECO-${1001 + count}`,
      about: text(body, "item"),
      event: {
        type: "bom.released",
        part: text(body, "item"),
        revision: count + 1,
        uses: list(body, "uses").map((use) => ({ part: text(use, "item"), pieces: text(use, "quantity") })),
        steps: list(body, "steps").map((step) => ({
          number: text(step, "number"),
          machineGroup: text(step, "workCentre"),
        })),
      },
    }),
  });

/**
 * An engine with workflows (`POST /cases`), which ends a case when somebody decides, and rules (`POST /decisions/{table}`), which answer
 * at once: the table `credit-rules` approves up to an amount (setting `approveUpTo`, at first none).
 */
export const workflow = (tools: Tools): Trade =>
  desk(tools, ({ documents, change, tell, settings }) => ({
    settings: { approveUpTo: "0.00" },
    routes: [
      {
        method: "POST",
        path: /^\/decisions\/credit-rules$/,
        handle: ({ body }) => {
          const upTo = cents(settings.approveUpTo, "approveUpTo");
          const approved = cents(body.amount, "amount") <= upTo;
          return {
            status: 200,
            body: { outcome: approved ? "approve" : "ask a person", rule: approved ? "R-10" : "R-99" },
          };
        },
      },
    ],
    collections: {
      cases: {
        prefix: "CASE",
        known: (body) => [...documents.cases!.values()].find(({ key }) => key === text(body, "key")),
        check: (body) => ({
          workflow: text(body, "workflow"),
          key: text(body, "key"),
          variables: object(body, "variables"),
          state: "waiting",
        }),
      },
    },
    acts: {
      /** Somebody finishes the task of a case. */
      complete(body) {
        const found = [...documents.cases!.values()].find(({ key }) => key === text(body, "key"));
        if (found === undefined) throw new Refusal(404, "NO_SUCH_CASE", `There is no case ${body.key}.`);
        if (found.state !== "waiting")
          throw new Refusal(409, "DECIDED", `The case ${found.key} is ${found.state}.`);
        const decision = text(body, "decision");
        change("cases", found.number, { state: decision, by: text(body, "by") });
        tell(found.key as string, {
          type: "case.completed",
          case: found.number,
          workflow: found.workflow,
          key: found.key,
          decision,
          by: text(body, "by"),
          variables: found.variables,
        });
        return { case: found.number };
      },
    },
  }));
