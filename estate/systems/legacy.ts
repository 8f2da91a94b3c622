/**
 * Two systems of the nineties that exchange files and nothing else: an ERP that keeps items and receivables, and production planning.
 *
 * What must stay true: the ERP books an invoice once by its number, whatever comes twice, and says in a CSV of the night what it has
 * booked; planning writes its completions every hour, each with a number of its own. Neither answers anything.
 *
 * @covers SYS-10, SYS-14
 */
import { join } from "node:path";
import {
  type Body,
  list,
  optionalText,
  positiveQuantity,
  problemDetails,
  Refusal,
  text,
} from "../kernel/call.ts";
import { cents, money, quantity } from "../kernel/decimal.ts";
import { type Line, trialBalance } from "../kernel/ledger.ts";
import { readMailbox } from "../kernel/mailbox.ts";
import { sender } from "../kernel/sender.ts";
import type { Tools, Trade } from "../kernel/station.ts";
import { flatIdoc, readFlatIdoc } from "./idoc.ts";

interface Booked {
  readonly invoice: string;
  readonly customerReference: string;
  readonly net: string;
  readonly tax: string;
  readonly gross: string;
  readonly posting: readonly Line[];
}

/** Reads INVOIC02 IDocs, writes MATMAS05 IDocs and a CSV of what it has booked. */
export function legacyerp(tools: Tools): Trade {
  const invoices = new Map<string, Booked>();
  const complaints: string[] = [];
  let repeated = 0;
  let count = 0;

  const mailbox = readMailbox(
    join(tools.folder, "from-crossdock"),
    join(tools.folder, "received"),
    tools.up,
    (name, body) => {
      try {
        take(body);
      } catch (problem) {
        tools.commit({ kind: "complaint", sentence: `${name}: ${(problem as Error).message}` });
      }
    },
  );

  function take(body: string): void {
    const { message, segments } = readFlatIdoc(body);
    if (message !== "INVOIC") throw new Error(`It reads INVOIC and nothing else; found ${message}.`);
    const invoice = segments.find(({ name }) => name === "E1EDK01")?.at(83, 35) ?? "";
    const sum = (qualifier: string) => {
      const found = segments.find((one) => one.name === "E1EDS01" && one.at(0, 3) === qualifier);
      if (found === undefined) throw new Error(`The sum ${qualifier} is missing.`);
      return cents(found.at(3, 18));
    };
    const [net, tax, gross] = [sum("010"), sum("005"), sum("011")];
    if (invoice === "" || net + tax !== gross)
      throw new Error(`The sums of invoice ${invoice} do not add up.`);
    if (invoices.has(invoice)) {
      tools.commit({ kind: "repeated" });
      return;
    }
    tools.commit({
      kind: "booked",
      booked: {
        invoice,
        customerReference:
          segments.find((one) => one.name === "E1EDK02" && one.at(0, 3) === "001")?.at(3, 35) ?? "",
        net: money(net),
        tax: money(tax),
        gross: money(gross),
        posting: [
          { account: "140000", debit: money(gross), credit: "0.00" },
          { account: "800000", debit: "0.00", credit: money(net) },
          { account: "175000", debit: "0.00", credit: money(tax) },
        ],
      },
    });
  }

  return {
    apply(entry) {
      if (entry.kind === "booked") invoices.set((entry.booked as Booked).invoice, entry.booked as Booked);
      else if (entry.kind === "complaint") complaints.push(entry.sentence as string);
      else if (entry.kind === "repeated") repeated += 1;
      else if (entry.kind === "wrote") count += 1;
    },
    routes: [],
    acts: {
      /** An item was changed on a screen; the night's job sends it. */
      "send-item"(body) {
        const item = text(body, "item");
        tools.commit({ kind: "wrote" });
        tools.drop(
          `MATMAS_${String(count).padStart(16, "0")}.idoc`,
          flatIdoc({ number: count, type: "MATMAS05", message: "MATMAS", partner: "MDM" }, [
            {
              name: "E2MARAM009",
              fields: [
                [0, "005"],
                [3, item],
                [77, "FERT"],
                [109, "EA"],
              ],
              children: [
                {
                  name: "E2MAKTM001",
                  fields: [
                    [0, "005"],
                    [3, "E"],
                    [4, text(body, "description")],
                    [44, "EN"],
                  ],
                },
                {
                  name: "E2MARMM006",
                  fields: [
                    [0, "005"],
                    [3, "PK"],
                    [6, "12"],
                    [12, "1"],
                  ],
                },
              ],
            },
          ]),
        );
        return { number: count };
      },
      /** What it counted in its own store room, as a spreadsheet. */
      "send-counts"(body) {
        tools.commit({ kind: "wrote" });
        const number = `CT-${1000 + count}`;
        const rows = list(body, "lines").map((line, at) =>
          [
            `${number}-${at + 1}`,
            text(line, "item"),
            optionalText(line, "store") ?? "WH-OLD",
            quantity(positiveQuantity(line, "counted")),
            quantity(positiveQuantity(line, "book")),
            new Date().toISOString(),
          ].join(";"),
        );
        tools.drop(`${number}.csv`, `${["count;item;store;counted;book;at", ...rows].join("\r\n")}\r\n`);
        return { number };
      },
    },
    settle: (body) => body,
    books: () => ({
      invoices: [...invoices.values()],
      trialBalance: trialBalance([...invoices.values()].flatMap(({ posting }) => posting)),
      complaints,
      repeated,
    }),
    resume: () => mailbox.start(),
    dialect: problemDetails,
    refusal: () => new Refusal(422, "REFUSED", "It takes files only."),
    dropFolder: join(tools.folder, "to-crossdock"),
    stop: () => mailbox.stop(),
  };
}

/** Production planning: what was completed in an hour, as CSV. */
export const planning = (tools: Tools): Trade =>
  sender(
    tools,
    {
      "send-hour": (body: Body, told: number) => {
        const number = optionalText(body, "number") ?? `HR-${1001 + told}`;
        const rows = list(body, "completions").map((one, at) =>
          [
            optionalText(one, "report") ?? `${number}-${at + 1}`,
            text(one, "order"),
            optionalText(one, "plant") ?? "DAY",
            text(one, "item"),
            quantity(positiveQuantity(one, "quantity")),
            optionalText(one, "at") ?? new Date().toISOString(),
          ].join(","),
        );
        const head = "REPORT,ORDER,PLANT,ITEM,QTY,COMPLETED";
        return {
          number,
          about: number,
          file: { name: `${number}.csv`, text: `${[head, ...rows].join("\n")}\n` },
        };
      },
    },
    { folder: "to-crossdock" },
  );
