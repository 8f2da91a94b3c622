/**
 * The cloud ERP that is to follow: S/4HANA Cloud-like services over OData V2, with deep inserts and ETags.
 *
 * What must stay true: a second document under one of our references is refused with the number of the first; nothing is posted into
 * a closed period. What makes it hard to talk to: everything stands under `d`, days are `/Date(…)/`, children are a link unless they
 * are expanded, the error says only that there was an exception and keeps the reason in its details, a document somebody has open is
 * a bad request, a change needs `If-Match` (428 without, 412 with an old one), and a crowd is a page of HTML with 503.
 *
 * @covers PRD-03
 */
import { randomBytes } from "node:crypto";
import {
  type Answer,
  amount,
  type Body,
  type Call,
  list,
  object,
  optionalText,
  Refusal,
  type Route,
  text,
} from "../kernel/call.ts";
import { cents, money } from "../kernel/decimal.ts";
import { Ledger, type LedgerDocument, type Line, trialBalance } from "../kernel/ledger.ts";
import { Limits } from "../kernel/limits.ts";
import { Sessions } from "../kernel/sessions.ts";
import type { Tools, Trade } from "../kernel/station.ts";
import {
  type Costs,
  isAside,
  linesOf,
  piecesShown,
  received,
  simulated,
  stockIn,
  stockShown,
} from "./s4cloud-materials.ts";

const BASE = "/sap/opu/odata/sap";
const REFERENCE = "YY1_ExternalReference";
const PAGE = 100;

interface Entity {
  readonly service: string;
  readonly number: string;
  readonly first: number;
  readonly date: string;
  readonly children: string;
  readonly posting: (body: Body, items: readonly Body[], costs: Costs) => readonly Line[];
}

const ENTITIES: Readonly<Record<string, Entity>> = {
  A_SalesOrder: {
    service: "API_SALES_ORDER_SRV",
    number: "SalesOrder",
    first: 1,
    date: "SalesOrderDate",
    children: "to_Item",
    posting: (body) => {
      text(body, "SoldToParty");
      text(body, "TransactionCurrency");
      return [];
    },
  },
  A_MaterialDocumentHeader: {
    service: "API_MATERIAL_DOCUMENT_SRV",
    number: "MaterialDocument",
    first: 4_900_000_001,
    date: "PostingDate",
    children: "to_MaterialDocumentItem",
    posting: (_, items, costs) => received(items, costs),
  },
};

/** What stands outside is always an exception; the reason is inside. */
const refused = ({ status, code, message, facts }: Refusal): Answer => ({
  status,
  headers: code === "CSRF" ? { "x-csrf-token": "Required" } : {},
  body: {
    error: {
      code: "/IWBEP/CX_MGW_BUSI_EXCEPTION",
      message: { lang: "en", value: message },
      innererror: {
        transactionid: "3F2A",
        errordetails: [
          {
            code: CODES[code] ?? code,
            message,
            severity: "error",
            ...(facts.existing ? { target: facts.existing } : {}),
          },
          { code: "/IWBEP/CX_MGW_BUSI_EXCEPTION", message: "An exception was raised.", severity: "error" },
        ],
      },
    },
  },
});

const RECEIPTS = "A_MaterialDocumentHeader";

/** `Field eq 'a' or Field eq 'b'`: a, b. */
function asked(filter: string | null, field: string): string[] {
  const found = [...(filter ?? "").matchAll(new RegExp(`${field} eq '((?:[^']|'')*)'`, "g"))];
  if (found.length === 0)
    throw new Refusal(400, "/IWBEP/CM_MGW_RT/022", `The filter ${filter} cannot be read.`);
  return found.map(([, quoted]) => quoted!.replaceAll("''", "'"));
}

const CODES: Readonly<Record<string, string>> = {
  CSRF: "/IWFND/CM_CSRF",
  INVALID_FIELD: "00/055",
  INVALID_JSON: "/IWCOR/CX_OD_BAD_REQUEST",
  UNAUTHORIZED: "00/152",
  NOT_FOUND: "/IWBEP/CM_MGW_RT/020",
  TOO_BUSY: "00/429",
  UNEXPECTED: "SY/530",
  PERIOD_CLOSED: "F5/201",
};

/** `costs` are such as {"VALVE-20": "30.00"}. */
const costsIn = (body: Body): Body =>
  Object.fromEntries(Object.keys(body).map((item) => [item, money(amount(body, item))]));

export function s4cloud(tools: Tools): Trade {
  const ledger = new Ledger(tools);
  const sessions = new Sessions(tools.token);
  const limits = new Limits(() => ({
    status: 503,
    headers: { "content-type": "text/html" },
    body: "<html><head><title>Service Unavailable</title></head><body>503 Service Unavailable</body></html>",
  }));
  let csrf = randomBytes(12).toString("hex");
  /** Customers somebody has open, until when. */
  const open = new Map<string, number>();
  const costs = new Map<string, bigint>();
  const cookie = () => `SAP_SESSIONID_S4C_100=${csrf.slice(0, 16)}`;

  const tagOf = ({ version }: LedgerDocument) => `W/"'${version}'"`;
  const dayOf = (day: string) => `/Date(${Date.parse(`${day}T00:00:00Z`)})/`;

  function shown(document: LedgerDocument, expand: string | null): Record<string, unknown> {
    const { children, number, service, date } = ENTITIES[document.collection]!;
    const { [children]: kept, ...fields } = document.fields;
    const uri = `${BASE}/${service}/${document.collection}('${document.number}')`;
    return {
      __metadata: { uri, etag: tagOf(document) },
      ...fields,
      [number]: document.number,
      [date]: dayOf(document.date),
      [REFERENCE]: document.reference,
      [children]: expand?.split(",").includes(children)
        ? { results: kept }
        : { __deferred: { uri: `${uri}/${children}` } },
    };
  }

  /** Children come as a list, or as V2 likes to write them, as `{results: […]}`. */
  const childrenIn = (body: Body, name: string): readonly Body[] =>
    list(Array.isArray(body[name]) ? body : { [name]: object(body, name).results }, name);

  function dateIn(body: Body, field: string): string {
    const given = optionalText(body, field);
    if (given === undefined) return new Date().toISOString().slice(0, 10);
    const ticks = /^\/Date\((\d{1,14})\)\/$/.exec(given)?.[1];
    if (ticks === undefined) {
      throw new Refusal(400, "INVALID_FIELD", `Property ${field} has invalid value ${given}.`, { field });
    }
    return new Date(Number(ticks)).toISOString().slice(0, 10);
  }

  function create({ params, body }: Call): Answer {
    const name = params.entity!;
    const entity = ENTITIES[name]!;
    const customer = optionalText(body, "SoldToParty");
    if (customer !== undefined && (open.get(customer) ?? 0) > Date.now()) {
      throw new Refusal(400, "MC/601", `Object requested is currently locked by user PMILLER`);
    }
    const reference = text(body, REFERENCE);
    const existing = ledger.find(name, reference)[0];
    if (existing !== undefined) {
      throw new Refusal(400, "ZXD/001", `Reference ${reference} is used by ${existing.number}.`, {
        existing: existing.number,
      });
    }
    const items = childrenIn(body, entity.children);
    const date = dateIn(body, entity.date);
    const number = String(entity.first + ledger.all(name).length);
    const posting = entity.posting(body, items, costs);
    const [debit] = posting;
    const total = debit === undefined ? {} : { TotalAmount: debit.debit };
    const fields = { ...body, ...total, [entity.children]: items };
    const document = ledger.book(
      { collection: name, number, reference, date, fields, posting },
      { code: "PERIOD_CLOSED" },
    );
    return { status: 201, headers: { etag: tagOf(document) }, body: { d: shown(document, entity.children) } };
  }

  function search({ params, query, path, headers }: Call): Answer {
    const name = params.entity!;
    const filter = query.get("$filter");
    const match = /^(?<field>\w+) eq '(?<value>(?:[^']|'')*)'$/.exec(filter ?? "")?.groups;
    if (filter !== null && match === undefined) {
      throw new Refusal(400, "/IWBEP/CM_MGW_RT/022", `The filter ${filter} cannot be read.`);
    }
    const all = ledger
      .all(name)
      .filter((one) => !match || shown(one, null)[match.field!] === match.value!.replaceAll("''", "'"));
    const start = Number(query.get("$skiptoken") ?? 0);
    const results = all.slice(start, start + PAGE).map((one) => shown(one, query.get("$expand")));
    const next =
      start + PAGE < all.length ? `http://${headers.host}${path}?$skiptoken=${start + PAGE}` : undefined;
    return { status: 200, body: { d: { results, ...(next === undefined ? {} : { __next: next }) } } };
  }

  const found = ({ params }: Call): LedgerDocument => {
    const document = ledger.get(params.entity!, params.number!);
    if (document === undefined)
      throw new Refusal(404, "NOT_FOUND", `Resource not found for segment ${params.entity}.`);
    return document;
  };

  /** Writes need the token and cookie of the session; reads may fetch them. */
  const guarded = (method: string, path: string, handle: (call: Call) => Answer): Route => ({
    method,
    path: new RegExp(`^${BASE}${path}$`),
    handle(call) {
      if (method !== "GET") {
        const cookies = (call.headers.cookie ?? "").split(/;\s*/);
        if (call.headers["x-csrf-token"] !== csrf || !cookies.includes(cookie())) {
          throw new Refusal(403, "CSRF", "CSRF token validation failed");
        }
        return handle(call);
      }
      const answer = handle(call);
      if (String(call.headers["x-csrf-token"]).toLowerCase() !== "fetch") return answer;
      return {
        ...answer,
        headers: {
          ...answer.headers,
          "x-csrf-token": csrf,
          "set-cookie": `${cookie()}; path=/; secure; HttpOnly`,
        },
      };
    },
  });

  const entityPath = Object.entries(ENTITIES)
    .map(([name, { service }]) => `(?:${service}/(?=${name}\\b))`)
    .join("|");
  const at = `/(?:${entityPath})(?<entity>${Object.keys(ENTITIES).join("|")})`;
  return {
    apply(entry, when) {
      if (ledger.apply(entry, when) && entry.kind !== "settings") return;
      const settings = (entry.settings ?? {}) as { limits?: Body; costs?: Record<string, string> };
      for (const [item, cost] of Object.entries(settings.costs ?? {})) costs.set(item, cents(cost));
      if (settings.limits !== undefined) limits.set(settings.limits);
    },
    sessions,
    limits,
    routes: [
      sessions.route(/^\/sap\/bc\/sec\/oauth2\/token$/),
      guarded("POST", at, create),
      guarded("GET", at, search),
      guarded("GET", `${at}\\('(?<number>[^']+)'\\)`, (call) => {
        const document = found(call);
        return {
          status: 200,
          headers: { etag: tagOf(document) },
          body: { d: shown(document, call.query.get("$expand")) },
        };
      }),
      guarded("PATCH", `${at}\\('(?<number>[^']+)'\\)`, (call) => {
        const document = found(call);
        const wanted = call.headers["if-match"];
        if (wanted === undefined) throw new Refusal(428, "/IWFND/CM_BEC/026", "Precondition required");
        if (wanted !== tagOf(document)) throw new Refusal(412, "/IWFND/CM_BEC/022", "Precondition failed");
        ledger.book({ ...document, fields: { ...document.fields, ...call.body } }, { code: "PERIOD_CLOSED" });
        return { status: 204 };
      }),
      // What a receipt would be worth, asked of a posting that is none.
      guarded("GET", "/API_MATERIAL_DOCUMENT_SRV/SimulateGoodsReceipt", ({ query }) => ({
        status: 200,
        body: { d: simulated(query.get("Items") ?? "", costs) },
      })),
      guarded("GET", "/API_MATERIAL_DOCUMENT_SRV/A_MaterialDocumentItem", ({ query }) => ({
        status: 200,
        body: {
          d: { results: linesOf(ledger.all(RECEIPTS), asked(query.get("$filter"), "PurchaseOrder")) },
        },
      })),
      guarded("GET", "/API_MATERIAL_STOCK_SRV/A_MatlStkInAcctMod", ({ query }) => {
        const [place = ""] = asked(query.get("$filter"), "StorageLocation");
        return { status: 200, body: { d: { results: stockShown(ledger.all(RECEIPTS), place) } } };
      }),
      guarded("GET", "/?", () => ({ status: 200, body: { d: { EntitySets: Object.keys(ENTITIES) } } })),
    ],
    acts: {
      "end-sessions": () => {
        sessions.end();
        csrf = randomBytes(12).toString("hex");
        return {};
      },
      /** The project that moves to this ERP asks Crossdock for the next stage of a step. */
      "request-cutover": async (body) => {
        const [to, reason] = [text(body, "to"), text(body, "reason")];
        const [step, entity, plant] = ["goods-receipt", "ME-01", "LYO"];
        const cutoverId = `${step}/${entity}/${plant}`;
        const answer = await fetch(`${tools.estate.crossdock}/v1/cutover-requests`, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            "idempotency-key": randomBytes(12).toString("hex"),
            authorization: `Bearer ${tools.estate.secrets.apiKeys.s4cloud ?? ""}`,
          },
          body: JSON.stringify({ cutoverId, step, entity, plant, to, by: "the project", reason }),
          signal: AbortSignal.timeout(5_000),
        });
        if (answer.status !== 202)
          throw new Refusal(409, "ZXD/002", `Crossdock answered ${answer.status} to the request for ${to}.`);
        return { cutoverId, to };
      },
      /** Somebody has a customer open for a while. */
      hold: (body) => {
        open.set(text(body, "customer"), Date.now() + Number(optionalText(body, "ms") ?? "1000"));
        return {};
      },
    },
    settle: (body) => ({
      periods: Ledger.settle(body),
      ...(body.costs === undefined ? {} : { costs: costsIn(object(body, "costs")) }),
      ...(body.limits === undefined ? {} : { limits: Limits.settle(object(body, "limits")) }),
    }),
    books: () => {
      const all = Object.keys(ENTITIES).flatMap((name) => ledger.all(name));
      const [counts, shadow] = [false, true].map((aside) =>
        trialBalance(all.filter((one) => isAside(one) === aside).flatMap(({ posting }) => posting)),
      );
      const stock = piecesShown(stockIn(ledger.all(RECEIPTS)));
      return { ...ledger.shown(), trialBalance: counts, shadow, stock };
    },
    resume: () => undefined,
    dialect: refused,
    refusal: () => new Refusal(400, "F5/201", "Posting period is not open."),
  };
}
