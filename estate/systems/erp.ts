/**
 * The ERP's door: an SAP-like OData V4 service with CSRF tokens, unique external references and SAP's error bodies.
 *
 * What must stay true: a second document under one external reference is never created; the error names the first.
 * What is checked and posted is in `erp-postings.ts`, what is kept in `erp-books.ts`.
 *
 * @covers PRD-02, SYS-11
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
  positiveQuantity,
  Refusal,
  type Route,
  text,
} from "../kernel/call.ts";
import { cents, milli, money, quantity } from "../kernel/decimal.ts";
import { trialBalance } from "../kernel/ledger.ts";
import type { Tools, Trade } from "../kernel/station.ts";
import { ErpBooks } from "./erp-books.ts";
import { type EntitySet, type ErpDocument, entitySets, type SalesOrder, stockLeft } from "./erp-documents.ts";
import { masters } from "./erp-masters.ts";
import { materialRequirements, supplyOf } from "./erp-plant.ts";
import { drafts } from "./erp-postings.ts";
import { ErpProduct } from "./erp-product.ts";
import { statuses } from "./erp-status.ts";
import { BILL_OF_MATERIALS, stockValue } from "./erp-valuation.ts";

const BASE = "/sap/opu/odata4/meridian";

export function erp(tools: Tools): Trade {
  const books = new ErpBooks();
  const product = new ErpProduct(tools);
  let csrf = randomBytes(12).toString("hex");
  let refusedDuplicates = 0;
  /** Searches that do not find yet what is booked: their index is behind. */
  let searchBehind = 0;

  const sessionCookie = () => `SAP_SESSIONID=${csrf.slice(0, 16)}`;

  function create(entitySet: EntitySet, body: Body): Answer {
    product.ensureFree(body);
    const reference = text(body, "ExternalReference");
    const existing = books.find(entitySet, reference);
    if (existing !== undefined) {
      refusedDuplicates += 1;
      throw new Refusal(
        400,
        "V1/311",
        `The external reference ${reference} is used by document ${existing.number}.`,
        {
          existing: existing.number,
        },
      );
    }
    const postingDate = optionalText(body, "PostingDate") ?? new Date().toISOString().slice(0, 10);
    if (!/^\d{4}-\d\d-\d\d$/.test(postingDate)) {
      throw new Refusal(
        400,
        "00/065",
        `PostingDate must be a date such as 2026-11-21, found ${postingDate}.`,
      );
    }
    const draft = drafts[entitySet](books, body);
    if (draft.posting.length > 0 && books.closedPeriods.has(postingDate.slice(0, 7))) {
      throw new Refusal(400, "F5/201", `Posting period ${postingDate.slice(0, 7)} is closed.`);
    }
    const number = books.nextNumber(entitySet);
    const entity = {
      [entitySets[entitySet].numberField]: number,
      ExternalReference: reference,
      PostingDate: postingDate,
      ...draft.fields,
    };
    const order = entitySet === "A_SalesOrder" ? number : draft.order;
    tools.commit({
      kind: "document",
      entitySet,
      number,
      reference,
      postingDate,
      order,
      entity,
      posting: draft.posting,
    });
    return {
      status: 201,
      headers: { location: `${BASE}/${entitySet}('${number}')` },
      body: {
        "@odata.context": `$metadata#${entitySet}/$entity`,
        ...shown(books.documents[entitySet].get(number)!),
      },
    };
  }

  /** An entity with what has changed about it since it was created. */
  function shown(document: ErpDocument): Record<string, unknown> {
    const key = `${document.entitySet}/${document.number}`;
    if (document.entitySet !== "A_SalesOrder") return product.shown(key, document.entity);
    const order = books.orders.get(document.number)!;
    const all = [...order.items.values()];
    const status = order.cancelled
      ? "cancelled"
      : all.every(({ ordered, billed }) => billed >= ordered)
        ? "billed"
        : all.every(({ ordered, issued }) => issued >= ordered)
          ? "delivered"
          : "open";
    return product.shown(key, { ...document.entity, OverallStatus: status });
  }

  /** A sales order with how far its items are and what was billed of it. */
  function flowOf(order: SalesOrder) {
    return {
      ExternalReference: order.reference,
      SalesOrder: order.number,
      Cancelled: order.cancelled,
      CreditBlocked: order.creditBlocked,
      Items: [...order.items].map(([SalesOrderItem, { material, ordered, issued, billed }]) => ({
        SalesOrderItem,
        Material: material,
        Quantity: quantity(ordered),
        IssuedQuantity: quantity(issued),
        BilledQuantity: quantity(billed),
      })),
      BillingDocuments: order.invoices.map(({ number, shipment, net, gross }) => ({
        BillingDocument: number,
        DeliveryDocument: shipment,
        TotalNetAmount: money(net),
        TaxAmount: books.documents.A_BillingDocument.get(number)?.entity.TaxAmount,
        TotalGrossAmount: money(gross),
      })),
      IncomingPayments: [...books.documents.A_IncomingPayment.values()]
        .filter(
          (one) => one.order === order.number && !books.lost.has(one) && !books.reversed.has(one.number),
        )
        .map(({ number, entity }) => ({ IncomingPayment: number, Amount: entity.Amount })),
    };
  }

  function search(entitySet: EntitySet, call: Call): Answer {
    const filter = call.query.get("$filter");
    let found: ErpDocument[];
    if (filter === null) found = [...books.documents[entitySet].values()];
    else {
      const match = /^\s*(\w+) eq '((?:[^']|'')*)'\s*$/.exec(filter);
      if (match === null)
        throw new Refusal(400, "00/001", `Only "Field eq 'value'" can be filtered by, found ${filter}.`);
      const [, field, quoted] = match;
      const value = quoted!.replaceAll("''", "'");
      if (field === "ExternalReference") {
        const document = books.find(entitySet, value);
        const unseen = document !== undefined && searchBehind > 0;
        if (unseen) searchBehind -= 1;
        found = document === undefined || unseen ? [] : [document];
      } else
        found = [...books.documents[entitySet].values()].filter(({ entity }) => entity[field!] === value);
    }
    return {
      status: 200,
      body: { "@odata.context": `$metadata#${entitySet}`, ...product.page(found.map(shown), call) },
    };
  }

  function creditCheck(parameters: string): Answer {
    const match = /^Customer='([^']+)',\s*Amount=([\d.]+),\s*Currency='(\w+)'$/.exec(parameters);
    if (match === null) {
      throw new Refusal(
        400,
        "00/001",
        `CreditCheck(Customer='…',Amount=0.00,Currency='EUR') is asked, found ${parameters}.`,
      );
    }
    const customer = match[1]!;
    const asked = cents(match[2], "Amount");
    const limit = cents(books.limits.get(customer) ?? books.defaultLimit);
    const exposure = books.exposure.get(customer) ?? 0n;
    const counted = books.creditMode === "exposure" ? exposure + asked : asked;
    const held = counted > limit || books.blockedCustomers.has(customer);
    return {
      status: 200,
      body: {
        Customer: customer,
        Decision: held ? "held" : "approved",
        Limit: money(limit),
        Exposure: money(exposure),
        Currency: "EUR",
        Reason: held ? `${money(counted)} asked is over the limit of ${money(limit)}.` : "",
      },
    };
  }

  const guarded = (method: string, path: string, handle: (call: Call) => Answer): Route => ({
    method,
    path: new RegExp(`^${BASE}${path}$`),
    handle(call) {
      if (method === "GET") {
        const answer = handle(call);
        if (call.headers["x-csrf-token"]?.toString().toLowerCase() !== "fetch") return answer;
        const session = { "x-csrf-token": csrf, "set-cookie": `${sessionCookie()}; path=/; HttpOnly` };
        return { ...answer, headers: { ...answer.headers, ...session } };
      }
      const cookies = (call.headers.cookie ?? "").split(/;\s*/);
      if (call.headers["x-csrf-token"] !== csrf || !cookies.includes(sessionCookie())) {
        throw new Refusal(403, "CSRF", "CSRF token validation failed.");
      }
      return handle(call);
    },
  });

  const names = Object.keys(entitySets) as EntitySet[];

  function subcontract(type: string, body: Body, columns: readonly string[]) {
    const purchaseOrder = text(body, "purchaseOrder");
    const report = text(body, "report");
    const moved = columns.flatMap((column) =>
      (body[column] === undefined ? [] : list(body, column)).map((line) => ({
        column,
        sku: text(line, "sku"),
        quantity: quantity(positiveQuantity(line, "quantity")),
      })),
    );
    const told = {
      type,
      purchaseOrder,
      report,
      order: text(body, "order"),
      supplier: text(body, "supplier"),
      ...(body.item === undefined ? {} : { item: text(body, "item"), quantity: text(body, "quantity") }),
      ...Object.fromEntries(columns.map((column) => [column, moved.filter((one) => one.column === column)])),
    };
    tools.commit({ kind: "subcontracted", moved, told });
    tools.webhook(purchaseOrder, told);
    return { report };
  }

  return {
    apply: (entry, at) => {
      if (!product.apply(entry)) books.apply(entry, at);
    },
    limits: product.limits,
    sessions: product.sessions,
    routes: [
      product.sessions.route(/^\/sap\/bc\/sec\/oauth2\/token$/),
      guarded("PATCH", "/A_SalesOrder\\('(?<number>[^']+)'\\)", (call) => {
        if (!books.documents.A_SalesOrder.has(call.params.number!))
          throw new Refusal(404, "00/002", `There is no A_SalesOrder ${call.params.number}.`);
        return product.describe(`A_SalesOrder/${call.params.number}`, call);
      }),
      ...names.flatMap((name) => [
        guarded("POST", `/${name}`, ({ body }) => create(name, body)),
        guarded("GET", `/${name}`, (call) => search(name, call)),
        guarded("GET", `/${name}\\('(?<number>[^']+)'\\)`, ({ params }) => {
          const document = books.documents[name].get(params.number!);
          if (document === undefined)
            throw new Refusal(404, "00/002", `There is no ${name} ${params.number}.`);
          return { status: 200, body: { "@odata.context": `$metadata#${name}/$entity`, ...shown(document) } };
        }),
      ]),
      guarded("GET", "/CreditCheck\\((?<parameters>.*)\\)", ({ params }) => creditCheck(params.parameters!)),
      guarded(
        "GET",
        "/MaterialRequirements\\(Material='(?<material>[^']+)',Quantity=(?<quantity>[\\d.]+)\\)",
        ({ params }) => ({
          status: 200,
          body: materialRequirements(params.material!, milli(params.quantity, "Quantity")),
        }),
      ),
      guarded(
        "GET",
        "/SupplyCheck\\(Material='(?<material>[^']+)',Quantity=(?<quantity>[\\d.]+)\\)",
        ({ params }) => ({
          status: 200,
          body: supplyOf(books, params.material!, milli(params.quantity, "Quantity")),
        }),
      ),
      guarded("GET", "/PostingPeriod\\(Day='(?<day>[\\d-]+)'\\)", ({ params }) => {
        const period = params.day!.slice(0, 7);
        let [year, month] = period.split("-").map(Number) as [number, number];
        let next = period;
        while (books.closedPeriods.has(next)) {
          [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
          next = `${year}-${String(month).padStart(2, "0")}`;
        }
        return {
          status: 200,
          body: {
            Period: period,
            Status: books.closedPeriods.has(period) ? "closed" : "open",
            NextOpenDay: next === period ? params.day : `${next}-01`,
          },
        };
      }),
      ...masters(guarded, books),
      ...statuses(guarded, books),
      guarded("GET", "/A_SalesDocumentFlow", ({ query }) => {
        const asked = query.get("$filter") ?? "";
        const references = [...asked.matchAll(/ExternalReference eq '((?:[^']|'')*)'/g)].map(([, quoted]) =>
          quoted!.replaceAll("''", "'"),
        );
        if (references.length === 0)
          throw new Refusal(400, "00/001", `ExternalReference eq '…' (or …) is asked, found ${asked}.`);
        const value = references.flatMap((reference) => {
          const number = books.find("A_SalesOrder", reference)?.number;
          const order = number === undefined ? undefined : books.orders.get(number);
          return order ? [flowOf(order)] : [];
        });
        return { status: 200, body: { "@odata.context": "$metadata#A_SalesDocumentFlow", value } };
      }),
      guarded("GET", "/A_MaterialStock", ({ query }) => {
        const wanted = /^Material eq '([^']*)'$/.exec(query.get("$filter") ?? "")?.[1];
        const value = [...books.stock]
          .filter(([sku]) => wanted === undefined || sku === wanted)
          .map(([Material, held]) => ({ Material, Quantity: quantity(stockLeft(held)), Unit: "EA" }));
        return { status: 200, body: { "@odata.context": "$metadata#A_MaterialStock", value } };
      }),
      guarded("GET", "/?", () => ({
        status: 200,
        body: {
          "@odata.context": "$metadata",
          value: names.map((name) => ({ name, kind: "EntitySet", url: name })),
        },
      })),
    ],
    acts: {
      ...product.acts,
      "expire-csrf": () => {
        csrf = randomBytes(12).toString("hex");
        return {};
      },
      /** A planner releases a production order; whoever listens is told. */
      "release-production": (body) => {
        const id = text(body, "order");
        const item = optionalText(body, "item") ?? "PUMP-100";
        const pieces = quantity(positiveQuantity(body, "quantity"));
        const start = optionalText(body, "start") ?? new Date().toISOString().slice(0, 10);
        if (books.find("A_ProductionOrder", id) === undefined) {
          create("A_ProductionOrder", {
            ExternalReference: id,
            Material: item,
            Quantity: pieces,
            StartDate: start,
            Version: "1",
            Plant: "LYO",
          });
        }
        const planned = books.find("A_ProductionOrder", id)!.entity as Record<string, string>;
        const salesOrder = optionalText(body, "salesOrder") ?? planned.SalesOrderReference ?? "";
        tools.webhook(id, {
          type: "production-order.released",
          order: id,
          item,
          quantity: pieces,
          plant: "LYO",
          start,
          ...(salesOrder === "" ? {} : { salesOrder }),
          materials: (BILL_OF_MATERIALS[item] ?? []).map(({ item: component, quantity: each }) => ({
            sku: component,
            quantity: quantity((each * milli(pieces)) / 1000n),
          })),
          routing: [{ operation: "0010", workCentre: "WC-1", costCentre: "CC-100" }],
        });
        return { order: id };
      },
      /** Somebody books a goods receipt at the ERP's own screen; it is told, with the name of who did. */
      "receive-by-hand": (body) => {
        const day = new Date().toISOString().slice(0, 10);
        const [PurchaseOrder, user] = [text(body, "purchaseOrder"), text(body, "user")];
        const reference = `MIGO/${books.documents.A_GoodsReceipt.size + 1}`;
        create("A_GoodsReceipt", {
          ExternalReference: reference,
          PurchaseOrder,
          DocumentDate: day,
          PostingDate: day,
          CreatedByUser: user,
          Items: [{ Line: "1", Material: text(body, "sku"), Quantity: text(body, "quantity") }],
        });
        const { number, entity } = books.find("A_GoodsReceipt", reference)!;
        tools.webhook(PurchaseOrder, {
          type: "goods-receipt.entered",
          document: number,
          purchaseOrder: PurchaseOrder,
          plant: "LYO",
          user,
          value: entity.Amount,
        });
        return { number };
      },
      /** Somebody takes an invoice back whole at the ERP's own screen; the ERP tells of it. */
      "credit-by-hand": (body) => {
        const invoice = books.invoices.get(text(body, "invoice"));
        if (invoice === undefined)
          throw new Refusal(404, "VF/003", `Billing document ${body.invoice} does not exist.`);
        const { number: BillingDocument, net, gross, items: lines } = invoice;
        const [ExternalReference, reason] = [`VF11/${BillingDocument}`, text(body, "reason")];
        const day = new Date().toISOString().slice(0, 10);
        const [NetAmount, TaxAmount] = [money(net), money(gross - net)];
        create("A_CreditMemo", {
          ExternalReference,
          BillingDocument,
          PostingDate: day,
          NetAmount,
          TaxAmount,
          Reason: reason,
        });
        const { number } = books.find("A_CreditMemo", ExternalReference)!;
        const order = books.orders.get(invoice.order)!.reference;
        tools.webhook(order, {
          type: "credit-memo.posted",
          order,
          creditMemo: number,
          invoice: BillingDocument,
          currency: books.documents.A_BillingDocument.get(BillingDocument)!.entity.TransactionCurrency,
          net: NetAmount,
          tax: TaxAmount,
          gross: money(gross),
          lines: lines.map((line) => ({
            line: line.SalesOrderItem,
            sku: line.Material,
            quantity: line.Quantity,
            amount: line.NetAmount,
          })),
          postedOn: day,
          reason,
        });
        return { number };
      },
      /** Somebody changes the books at the ERP's own screen, and tells nobody. */
      "by-hand": (body) => {
        const reference = text(body, "order");
        const number = books.find("A_SalesOrder", reference)?.number;
        if (number === undefined) throw new Refusal(404, "V1/302", `There is no sales order ${reference}.`);
        const { item, quantity: pieces, lost, gross, cancelled, creditBlocked } = body;
        const change = { item, quantity: pieces, lost, gross, cancelled, creditBlocked };
        tools.commit({ kind: "by-hand", number, reference, ...change });
        return { number };
      },
      /** A document is gone, e.g. after a backup was read back, and nobody is told. */
      "lose-document": (body) => {
        const [entitySet, reference] = [text(body, "set") as EntitySet, text(body, "reference")];
        if (!(entitySet in entitySets) || books.find(entitySet, reference) === undefined)
          throw new Refusal(404, "00/002", `There is no ${entitySet} ${reference}.`);
        tools.commit({ kind: "document-lost", entitySet, reference });
        return { reference };
      },
      "close-production": (body) => {
        const id = text(body, "order");
        if (!books.plant.orders.has(id))
          throw new Refusal(404, "CO/017", `Production order ${id} does not exist.`);
        tools.webhook(id, { type: "production-order.state", order: id, plant: "LYO", state: "Closed" });
        return { order: id };
      },
      /** Components leave for a supplier, and come back used, whole or lost. They stay ours, so no value moves. */
      "send-components": (body) => subcontract("subcontract.sent", body, ["components"]),
      "receive-subcontract": (body) =>
        subcontract("subcontract.returned", body, ["used", "returned", "scrapped"]),
      /** A period is opened or closed, and told. */
      "set-period": (body) => {
        const period = text(body, "period");
        const status = text(body, "status");
        tools.commit({ kind: "settings", settings: { periods: { [period]: status } } });
        tools.webhook(`ME-01/${period}`, { type: "period.changed", entity: "ME-01", period, status });
        return { period, status };
      },
      /** The stock of an item is valued, and told. */
      "value-stock": (body) => {
        const sku = text(body, "sku");
        const held = books.stock.get(sku);
        if (held === undefined) throw new Refusal(404, "M3/305", `Material ${sku} does not exist.`);
        const id = `IV-${1001 + books.inventory.runs}`;
        const valued = { quantity: quantity(stockLeft(held)), value: money(stockValue(sku, held)) };
        tools.commit({ kind: "stock-valued", valued: { id, sku, ...valued } });
        tools.webhook(sku, { type: "stock.valued", item: sku, plant: "LYO", valuation: id, ...valued });
        return { id, sku, ...valued };
      },
      /** Somebody posts between two accounts at the ledger's own screen, and tells nobody. */
      "post-journal": (body) => {
        const value = money(amount(body, "amount"));
        const lines = [
          { account: text(body, "debit"), debit: value, credit: "0.00" },
          { account: text(body, "credit"), debit: "0.00", credit: value },
        ];
        const number = `JE-${1001 + books.inventory.journals.length}`;
        tools.commit({ kind: "journal", journal: { number, lines } });
        return { number };
      },
      "receive-stock": (body) => {
        const sku = text(body, "sku");
        if (!books.stock.has(sku)) throw new Refusal(404, "M3/305", `Material ${sku} does not exist.`);
        tools.commit({ kind: "stock-received", sku, quantity: quantity(positiveQuantity(body, "quantity")) });
        return { sku, onHand: quantity(stockLeft(books.stock.get(sku)!)) };
      },
    },
    settle(body) {
      const amounts = (field: string) =>
        Object.fromEntries(
          Object.entries(object(body, field)).map(([name, value]) => [name, money(cents(value, name))]),
        );
      const stock = Object.entries(object(body, "stock")).map(([sku, level]) => {
        if (!books.stock.has(sku)) throw new Refusal(404, "M3/305", `Material ${sku} does not exist.`);
        return [sku, quantity(milli(level, `The stock of ${sku}`))];
      });
      for (const [period, state] of Object.entries(object(body, "periods"))) {
        if (!/^\d{4}-\d\d$/.test(period) || (state !== "open" && state !== "closed")) {
          throw new Refusal(400, "00/065", 'periods are such as {"2026-11": "open" or "closed"}.');
        }
      }
      const { creditMode: mode, blockedCustomers: blocked, defaultCreditLimit: limit } = body;
      if (mode !== undefined && mode !== "amount" && mode !== "exposure") {
        throw new Refusal(400, "00/065", 'creditMode is "amount" or "exposure".');
      }
      if (
        blocked !== undefined &&
        !(Array.isArray(blocked) && blocked.every((name) => typeof name === "string"))
      ) {
        throw new Refusal(400, "00/065", "blockedCustomers is a list of customers.");
      }
      if (typeof body.searchBehind === "number") searchBehind = body.searchBehind;
      return {
        ...product.settle(body),
        periods: object(body, "periods"),
        creditLimits: amounts("creditLimits"),
        stock: Object.fromEntries(stock),
        ...(Array.isArray(body.lots) ? { lots: body.lots.map(String) } : {}),
        ...(typeof body.checkLots === "boolean" ? { checkLots: body.checkLots } : {}),
        ...(Array.isArray(body.unknown) ? { unknown: body.unknown.map(String) } : {}),
        ...(body.costElements === undefined ? {} : { costElements: object(body, "costElements") }),
        ...(mode === undefined ? {} : { creditMode: mode }),
        ...(blocked === undefined ? {} : { blockedCustomers: blocked }),
        ...(limit === undefined ? {} : { defaultCreditLimit: money(cents(limit, "defaultCreditLimit")) }),
      };
    },
    books: () => {
      const ledger = names.flatMap((name) =>
        [...books.documents[name].values()]
          .filter(({ posting }) => posting.length > 0)
          .map(({ number, reference, order, postingDate, posting }) => ({
            document: number,
            entitySet: name,
            reference,
            order,
            postingDate,
            lines: posting,
          })),
      );
      return {
        documents: Object.fromEntries(
          names.map((name) => [
            name,
            [...books.documents[name].values()].map((document) => ({
              number: document.number,
              order: document.order,
              at: document.at,
              // What it was read back without stays to be seen, and does not count.
              ...(books.lost.has(document) ? { lost: true } : {}),
              ...shown(document),
            })),
          ]),
        ),
        stock: Object.fromEntries(
          [...books.stock].map(([sku, held]) => [
            sku,
            {
              initial: quantity(held.initial),
              received: quantity(held.received),
              adjusted: quantity(held.adjusted),
              issued: quantity(held.issued),
              onHand: quantity(stockLeft(held)),
            },
          ]),
        ),
        ledger,
        trialBalance: trialBalance(ledger.flatMap(({ lines }) => lines)),
        credit: Object.fromEntries(
          [...books.limits.keys(), ...books.exposure.keys()].map((customer) => [
            customer,
            {
              limit: books.limits.get(customer) ?? books.defaultLimit,
              exposure: money(books.exposure.get(customer) ?? 0n),
            },
          ]),
        ),
        closedPeriods: [...books.closedPeriods],
        reversedMovements: [...books.reversed],
        journals: books.inventory.journals,
        productionOrders: books.plant.shown(),
        atSuppliers: Object.fromEntries(
          [...books.plant.atSuppliers].map(([place, held]) => [place, quantity(held)]),
        ),
        refusedDuplicates,
      };
    },
    resume: () => undefined,
    dialect: ({ status, code, message, facts }) => ({
      status,
      headers: code === "CSRF" ? { "x-csrf-token": "Required" } : {},
      body: {
        error: {
          code: sapCode[code] ?? code,
          message,
          ...(facts.field === undefined ? {} : { target: facts.field }),
          ...(facts.existing === undefined ? {} : { innererror: { existing: facts.existing } }),
          ...(facts.missing === undefined ? {} : { innererror: { missing: facts.missing } }),
        },
      },
    }),
    refusal: () => new Refusal(400, "F5/201", "Posting period is closed."),
  };
}

const sapCode: Readonly<Record<string, string>> = {
  CSRF: "005056A509B11EE1B9A8FEC11C21578E",
  INVALID_FIELD: "00/055",
  INVALID_JSON: "00/055",
  UNAUTHORIZED: "00/152",
  NOT_FOUND: "00/404",
  TOO_BUSY: "00/429",
  UNEXPECTED: "00/500",
};
