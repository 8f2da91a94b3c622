/**
 * The second ERP, of plant DAY: Dynamics-like tables written by alternate key over OData V4.
 *
 * What must stay true: one row per alternate key; an entry balances and stands in no closed period. What makes it hard to talk to:
 * every error is a hexadecimal number, an upsert answers without a body unless one is asked for, children can be written with a new
 * row and never with one that exists, `If-Match` and `If-None-Match` decide between the two, and its limits of requests, time and
 * calls at once all answer 429.
 *
 * @covers PRD-05, SYS-12
 */
import {
  type Answer,
  type Body,
  type Call,
  list,
  object,
  optionalText,
  Refusal,
  text,
} from "../kernel/call.ts";
import { cents, extended, milli, money, quantity } from "../kernel/decimal.ts";
import { balanced, dayIn, Ledger, type LedgerDocument, type Line } from "../kernel/ledger.ts";
import { Limits } from "../kernel/limits.ts";
import { Sessions } from "../kernel/sessions.ts";
import type { Tools, Trade } from "../kernel/station.ts";
import { selling } from "./dynamics-sales.ts";
import { itemOf } from "./goods.ts";

const BASE = "/api/data/v9.2";

interface Table {
  readonly prefix: string;
  /** The day of a row and what it posts; `key` is the one it is written under. */
  readonly read: (body: Body, key: string) => { readonly date: string; readonly posting: readonly Line[] };
  /** The children a new row may bring along. */
  readonly children?: string;
}

const CODES: Readonly<Record<string, string>> = {
  UNAUTHORIZED: "0x80048306",
  NOT_FOUND: "0x80040217",
  INVALID_FIELD: "0x80048d19",
  INVALID_JSON: "0x80048d19",
  TOO_BUSY: "0x80072322",
  UNEXPECTED: "0x80040216",
  PERIOD_CLOSED: "0x80040265",
};

const refused = ({ status, code, message }: Refusal): Answer => ({
  status,
  body: { error: { code: CODES[code] ?? code, message } },
});

const REVERSALS = "productionreversals";

const TABLES: Readonly<Record<string, Table>> = {
  /** Named by the report of the movement they take back. */
  [REVERSALS]: { prefix: "PX-", read: () => ({ date: "", posting: [] }) },
  /** Journals of the plant's own ledger. */
  journals: {
    prefix: "GJ-",
    children: "lines",
    read: (body) => ({
      date: dayIn(body, "postingdate"),
      posting: balanced(
        list(body, "lines", 2),
        { account: "account", debit: "debit", credit: "credit" },
        "0x80040265",
      ),
    }),
  },
  /** What the plant made, used or lost: Finished goods / Work in process at standard cost. */
  productionmovements: {
    prefix: "PM-",
    children: "lines",
    read(body) {
      const kind = text(body, "movement");
      const accounts = MOVEMENTS[kind];
      if (accounts === undefined) {
        throw new Refusal(
          400,
          "INVALID_FIELD",
          `movement is ${Object.keys(MOVEMENTS).join(", ")}; found ${kind}.`,
        );
      }
      const value = list(body, "lines").reduce((sum, line) => {
        const item = itemOf.get(text(line, "item"));
        if (item === undefined) {
          throw new Refusal(400, "0x80060891", `There is no product with the number ${line.item}.`);
        }
        return sum + extended(cents(item.cost), milli(line.quantity));
      }, 0n);
      const posted = money(value);
      return {
        date: dayIn(body, "postingdate"),
        posting: [
          { account: accounts[0], debit: posted, credit: "0.00" },
          { account: accounts[1], debit: "0.00", credit: posted },
        ],
      };
    },
  },
};

/** The mirror image of a movement, or nothing where it was never booked. */
const reversal = (booked: LedgerDocument | undefined, body: Body) => ({
  date: booked?.date ?? dayIn(body, "postingdate"),
  posting: (booked?.posting ?? []).map(({ account, debit, credit }) => ({
    account,
    debit: credit,
    credit: debit,
  })),
});

const MOVEMENTS: Readonly<Record<string, readonly [debit: string, credit: string]>> = {
  made: ["Finished goods", "Work in process"],
  used: ["Work in process", "Components"],
  lost: ["Scrap", "Work in process"],
};

export function dynamics(tools: Tools): Trade {
  const ledger = new Ledger(tools);
  const sales = selling(tools, ledger);
  const tables: Readonly<Record<string, Table>> = { ...TABLES, ...sales.tables };
  const sessions = new Sessions(tools.token);
  const limits = new Limits((crowd) => ({
    ...refused(
      new Refusal(
        429,
        crowd === "calls at once" ? "0x80072326" : "0x80072322",
        "Number of requests exceeded the limit of 6000 over time window of 300 seconds.",
      ),
    ),
    headers: { "retry-after": "1" },
  }));
  let pageSize = 5_000;

  const tagOf = ({ version }: LedgerDocument) => `W/"${version}"`;
  const shown = (row: LedgerDocument) => ({
    "@odata.etag": tagOf(row),
    number: row.number,
    externalkey: row.reference,
    ...row.fields,
    ...(row.collection === "productionmovements" ? { Amount: row.posting[0]?.debit } : {}),
    ...sales.shown(row),
  });

  function upsert({ params, body, headers }: Call): Answer {
    const name = params.table!;
    const table = tables[name]!;
    const reference = params.key!.replaceAll("''", "'");
    const known = ledger.find(name, reference)[0];
    if (known !== undefined && headers["if-none-match"] === "*") {
      throw new Refusal(412, "0x80060882", "A record with matching key values already exists.");
    }
    const match = headers["if-match"];
    if (match !== undefined && match !== "*" && (known === undefined || match !== tagOf(known))) {
      throw new Refusal(
        412,
        "0x80060882",
        "The version of the existing record doesn't match the RowVersion property provided.",
      );
    }
    const given = known === undefined ? body : changed(known, table, body);
    const { date, posting } =
      name === REVERSALS
        ? reversal(ledger.find("productionmovements", reference)[0], given)
        : table.read(given, reference);
    const row = ledger.book(
      {
        collection: name,
        number: known?.number ?? ledger.next(name, table.prefix),
        reference,
        date,
        fields: given,
        posting,
      },
      { code: "PERIOD_CLOSED" },
    );
    if (known === undefined) sales.booked(name, reference);
    const entity = { "odata-entityid": `${BASE}/${name}(externalkey='${reference}')` };
    if (!/return=representation/.test(String(headers.prefer ?? ""))) return { status: 204, headers: entity };
    return { status: known === undefined ? 201 : 200, headers: entity, body: shown(row) };
  }

  /** The row with its changed fields. Children come with a new row only; the same children again change nothing. */
  function changed(known: LedgerDocument, { children }: Table, body: Body): Body {
    const same =
      children === undefined || JSON.stringify(body[children]) === JSON.stringify(known.fields[children]);
    if (same) return { ...known.fields, ...body };
    throw new Refusal(400, "0x80048d19", `Deep update of ${children} is not supported.`);
  }

  function page({ params, query, headers }: Call): Answer {
    const asked = Number(/odata\.maxpagesize=(\d+)/.exec(String(headers.prefer ?? ""))?.[1] ?? pageSize);
    const size = Math.min(asked, pageSize);
    const start = Number(query.get("$skiptoken") ?? 0);
    const filter = query.get("$filter");
    const field = /^(productionorder|transfer) eq '/.exec(filter ?? "")?.[1] ?? "";
    if (filter !== null && field === "")
      throw new Refusal(
        400,
        "0x80060888",
        `Only productionorder or transfer eq '…' (or …) can be filtered by: ${filter}.`,
      );
    const wanted = [...(filter ?? "").matchAll(new RegExp(`${field} eq '((?:[^']|'')*)'`, "g"))].map(
      ([, quoted]) => quoted!.replaceAll("''", "'"),
    );
    const all = ledger
      .all(params.table!)
      .filter(
        ({ fields, reference }) =>
          filter === null ||
          (wanted.includes(fields[field] as string) && ledger.find(REVERSALS, reference).length === 0),
      );
    const value = all.slice(start, start + size).map(shown);
    const more = start + value.length < all.length;
    const next = `http://${headers.host}${BASE}/${params.table}?$skiptoken=${start + size}`;
    return { status: 200, body: { value, ...(more ? { "@odata.nextLink": next } : {}) } };
  }

  const names = Object.keys(tables).join("|");
  return {
    apply(entry, at) {
      sales.apply(entry);
      if (ledger.apply(entry, at) && entry.kind !== "settings") return;
      const settings = (entry.settings ?? {}) as { pageSize?: number; limits?: Body };
      pageSize = settings.pageSize ?? pageSize;
      if (settings.limits !== undefined) limits.set(settings.limits);
    },
    sessions,
    limits,
    routes: [
      sessions.route(/^\/oauth2\/v2\.0\/token$/),
      {
        method: "PATCH",
        path: new RegExp(`^${BASE}/(?<table>${names})\\(externalkey='(?<key>.+)'\\)$`),
        handle: upsert,
      },
      {
        method: "GET",
        path: new RegExp(`^${BASE}/(?<table>${names})\\(externalkey='(?<key>.+)'\\)$`),
        handle({ params }) {
          const row = ledger.find(params.table!, params.key!.replaceAll("''", "'"))[0];
          if (row === undefined) {
            throw new Refusal(404, "0x80060891", "A record with the specified key values does not exist.");
          }
          return { status: 200, headers: { etag: tagOf(row) }, body: shown(row) };
        },
      },
      { method: "GET", path: new RegExp(`^${BASE}/(?<table>${names})$`), handle: page },
      {
        method: "GET",
        path: new RegExp(`^${BASE}/supplies\\(item='(?<item>[^']+)',quantity=(?<quantity>[\\d.]+)\\)$`),
        handle: ({ params }) => ({
          status: 200,
          body: sales.supply(params.item!, milli(params.quantity, "quantity")),
        }),
      },
      {
        method: "GET",
        path: new RegExp(`^${BASE}/?$`),
        handle: () => ({ status: 200, body: { value: Object.keys(tables) } }),
      },
    ],
    acts: {
      "end-sessions": () => {
        sessions.end();
        return {};
      },
      "lose-document": (body) => ledger.lose(body),
      /** The plant's planner lets an order start; whoever listens is told. */
      "release-production"(body) {
        const order = text(body, "order");
        tools.webhook(order, {
          type: "production-order.released",
          order,
          item: text(body, "item"),
          quantity: text(body, "quantity"),
          plant: "DAY",
          materials: body.materials === undefined ? [] : list(body, "materials"),
          routing: [{ operation: "0010", workCentre: "WC-D1", costCentre: "CC-D00" }],
        });
        return { order };
      },
      /** The truck of an order leaves, where it does not by itself (setting `autoShip`). */
      ship: sales.act,
      /** Somebody changes a row by hand. */
      edit(body) {
        const name = text(body, "table");
        const row = ledger.find(name, text(body, "key"))[0];
        if (row === undefined) throw new Refusal(404, "NOT_FOUND", `There is no row ${body.key} in ${name}.`);
        const fields = { ...row.fields, ...object(body, "fields") };
        ledger.book({ ...row, fields }, { code: "PERIOD_CLOSED" });
        return { etag: tagOf(ledger.find(name, row.reference)[0]!) };
      },
    },
    settle: (body) => ({
      ...sales.settle(body),
      periods: Ledger.settle(body),
      ...(optionalText(body, "pageSize") === undefined ? {} : { pageSize: Number(text(body, "pageSize")) }),
      ...(body.limits === undefined ? {} : { limits: Limits.settle(object(body, "limits")) }),
    }),
    books: () => {
      const made = ledger.all("productionmovements").filter(({ fields }) => fields.movement === "made");
      const stock = new Map<string, bigint>();
      for (const line of made.flatMap(({ fields }) => fields.lines as Body[])) {
        stock.set(line.item as string, (stock.get(line.item as string) ?? 0n) + milli(line.quantity));
      }
      return {
        ...ledger.shown(),
        ...sales.books(),
        made: Object.fromEntries([...stock].map(([item, pieces]) => [item, quantity(pieces)])),
      };
    },
    resume: () => sales.resume(),
    dialect: refused,
    refusal: () => new Refusal(400, "0x80040265", "A business rule of the plant does not allow this."),
  };
}
