/**
 * The cloud finance platform: Oracle Fusion-like REST resources with children, pages of 25 and errors in plain text.
 *
 * What must stay true: entries balance and stand in no closed period. It keeps our reference and books it again when it comes again,
 * so whoever lost an answer must search. What makes it hard to talk to: an error is a page of text that starts with a code, whatever
 * one accepts; a row somebody else holds is a bad request; children are left out of answers unless they are asked for; the door in
 * front of it answers a crowd with a page of HTML.
 *
 * @covers PRD-04
 */
import {
  type Answer,
  type Body,
  type Call,
  list,
  object,
  optionalText,
  positiveQuantity,
  Refusal,
  text,
} from "../kernel/call.ts";
import { cents, extended, money } from "../kernel/decimal.ts";
import { balanced, dayIn, Ledger, type LedgerDocument, type Line } from "../kernel/ledger.ts";
import { Limits } from "../kernel/limits.ts";
import { Sessions } from "../kernel/sessions.ts";
import type { Tools, Trade } from "../kernel/station.ts";

const BASE = "/fscmRestApi/resources/11.13.18.05";
const PAGE = 25;
const PAGE_MAX = 500;

interface Resource {
  readonly prefix: string;
  readonly number: string;
  readonly date: string;
  readonly children: string;
  readonly posting: (body: Body) => readonly Line[];
}

const RESOURCES: Readonly<Record<string, Resource>> = {
  receivablesInvoices: {
    prefix: "30",
    number: "TransactionNumber",
    date: "AccountingDate",
    children: "receivablesInvoiceLines",
    posting(body) {
      text(body, "BillToCustomerNumber");
      text(body, "InvoiceCurrencyCode");
      const net = list(body, "receivablesInvoiceLines").reduce(
        (sum, line) =>
          sum +
          extended(cents(line.UnitSellingPrice, "UnitSellingPrice"), positiveQuantity(line, "Quantity")),
        0n,
      );
      const tax = body.TaxAmount === undefined ? 0n : cents(body.TaxAmount, "TaxAmount");
      return [
        { account: "Receivables", debit: money(net + tax), credit: "0.00" },
        { account: "Revenue", debit: "0.00", credit: money(net) },
        { account: "Tax", debit: "0.00", credit: money(tax) },
      ];
    },
  },
  ledgerJournals: {
    prefix: "70",
    number: "JournalNumber",
    date: "AccountingDate",
    children: "journalLines",
    posting: (body) =>
      balanced(
        list(body, "journalLines", 2),
        { account: "Account", debit: "EnteredDebit", credit: "EnteredCredit" },
        "GL-781574",
      ),
  },
  inventoryValuations: {
    prefix: "60",
    number: "ValuationNumber",
    date: "AccountingDate",
    children: "valuationLines",
    posting(body) {
      for (const field of ["ItemPosition", "AsOf", "CurrencyCode"]) text(body, field);
      cents(body.EnteredValue, "EnteredValue");
      return [];
    },
  },
};

const CODES: Readonly<Record<string, string>> = {
  UNAUTHORIZED: "FND-2901",
  NOT_FOUND: "JBO-25020",
  INVALID_FIELD: "JBO-27014",
  INVALID_JSON: "JBO-29114",
  PERIOD_CLOSED: "AR-855118",
  TOO_BUSY: "FND-9429",
  UNEXPECTED: "JBO-29000",
};

const refused = ({ status, code, message, facts }: Refusal): Answer =>
  "missing" in facts
    ? {
        status,
        body: {
          title: "Bad Request",
          status: String(status),
          "o:errorDetails": [{ detail: message, "o:errorCode": code, ...facts }],
        },
      }
    : {
        status,
        headers: { "content-type": "text/plain;charset=UTF-8" },
        body: `${CODES[code] ?? code}: ${message}`,
      };

export function fusion(tools: Tools): Trade {
  const ledger = new Ledger(tools);
  const sessions = new Sessions(tools.token);
  const limits = new Limits(() => ({
    status: 429,
    headers: { "content-type": "text/html", "retry-after": "1" },
    body: "<html><head><title>Too Many Requests</title></head><body>Reference #9.1</body></html>",
  }));
  let held = 0;
  /** Cost elements nobody has set up here yet. */
  let unknownElements: readonly string[] = [];

  /** A document as it is shown: its children only when they were asked for. */
  function shown(document: LedgerDocument, expand: string | null): Record<string, unknown> {
    const { number, children } = RESOURCES[document.collection]!;
    const { [children]: kept, ...fields } = document.fields;
    return {
      [number]: document.number,
      ...fields,
      EnteredAmount: document.posting[0]?.debit,
      ...(expand?.split(",").includes(children) ? { [children]: kept } : {}),
      "@context": { headers: { ETag: `"${document.version}"` } },
    };
  }

  function create({ params, body }: Call): Answer {
    const name = params.resource!;
    const resource = RESOURCES[name]!;
    if (held > 0) {
      held -= 1;
      throw new Refusal(400, "JBO-26030", "Failed to lock the record, another user holds the lock.");
    }
    const reference = text(body, "CrossReference");
    const number = ledger.next(name, resource.prefix);
    const date = dayIn(body, resource.date);
    for (const { CostElement: element } of (body[resource.children] ?? []) as Body[])
      if (unknownElements.includes(String(element)))
        throw new Refusal(400, "GL-781580", `The cost element ${element} is not set up.`, {
          "o:errorPath": "CostElement",
          missing: { keyType: "account", value: element },
        });
    const posting = resource.posting(body);
    const document = ledger.book(
      { collection: name, number, reference, date, fields: body, posting },
      { code: "PERIOD_CLOSED" },
    );
    return {
      status: 201,
      headers: { location: `${BASE}/${name}/${number}`, etag: `"${document.version}"` },
      body: shown(document, resource.children),
    };
  }

  function search({ params, query }: Call): Answer {
    const name = params.resource!;
    const asked = query.get("q");
    const match = /^(?<field>\w+)(?:=(?<one>'(?:[^']|'')*')| in \((?<some>'(?:[^']|'|,)*')\))$/.exec(
      asked ?? "",
    )?.groups;
    const values = [...(match?.one ?? match?.some ?? "").matchAll(/'((?:[^']|'')*)'/g)].map(([, quoted]) =>
      quoted!.replaceAll("''", "'"),
    );
    if (asked !== null && match === undefined) {
      throw new Refusal(400, "JBO-29112", `The query ${asked} cannot be read.`);
    }
    const all = ledger
      .all(name)
      .filter((one) => !match || values.includes(String(shown(one, null)[match.field!])));
    const limit = Math.min(Number(query.get("limit") ?? PAGE), PAGE_MAX);
    const offset = Number(query.get("offset") ?? 0);
    const items = all.slice(offset, offset + limit).map((one) => shown(one, query.get("expand")));
    return {
      status: 200,
      body: {
        items,
        count: items.length,
        hasMore: offset + items.length < all.length,
        limit,
        offset,
        links: [],
      },
    };
  }

  const names = Object.keys(RESOURCES).join("|");
  const one = new RegExp(`^${BASE}/(?<resource>${names})/(?<number>\\w+)$`);
  const found = ({ params }: Call): LedgerDocument => {
    const document = ledger.get(params.resource!, params.number!);
    if (document === undefined) throw new Refusal(404, "NOT_FOUND", `There is no ${params.number}.`);
    return document;
  };
  return {
    apply(entry, at) {
      if (ledger.apply(entry, at) && entry.kind !== "settings") return;
      const settings = (entry.settings ?? {}) as { limits?: Body; unknownElements?: string[] };
      unknownElements = settings.unknownElements ?? unknownElements;
      if (settings.limits !== undefined) limits.set(settings.limits);
    },
    sessions,
    limits,
    routes: [
      sessions.route(/^\/oauth2\/v1\/token$/),
      { method: "POST", path: new RegExp(`^${BASE}/(?<resource>${names})$`), handle: create },
      { method: "GET", path: new RegExp(`^${BASE}/(?<resource>${names})$`), handle: search },
      {
        method: "GET",
        path: one,
        handle: (call) => ({ status: 200, body: shown(found(call), call.query.get("expand")) }),
      },
      {
        method: "PATCH",
        path: one,
        handle(call) {
          const document = found(call);
          if (call.headers["if-match"] !== `"${document.version}"`) {
            throw new Refusal(412, "JBO-25014", "Another user has changed the row.");
          }
          const { children } = RESOURCES[document.collection]!;
          if (children in call.body) throw new Refusal(400, "JBO-27024", "Lines of a posted document stay.");
          const fields = { ...document.fields, ...call.body };
          return {
            status: 200,
            body: shown(ledger.book({ ...document, fields }, { code: "PERIOD_CLOSED" }), null),
          };
        },
      },
      {
        method: "GET",
        path: new RegExp(`^${BASE}/?$`),
        handle: () => ({ status: 200, body: { items: Object.keys(RESOURCES) } }),
      },
    ],
    acts: {
      "end-sessions": () => {
        sessions.end();
        return {};
      },
      "lose-document": (body) => ledger.lose(body),
      /** Somebody else holds the rows of the next `times` postings. */
      hold: (body) => {
        held = Number(optionalText(body, "times") ?? "1");
        return {};
      },
    },
    settle: (body) => ({
      periods: Ledger.settle(body),
      ...(body.limits === undefined ? {} : { limits: Limits.settle(object(body, "limits")) }),
      ...(Array.isArray(body.unknownElements) ? { unknownElements: body.unknownElements.map(String) } : {}),
    }),
    books: () => ledger.shown(),
    resume: () => undefined,
    dialect: refused,
    refusal: () => new Refusal(400, "AR-855118", "The accounting period is not open."),
  };
}
