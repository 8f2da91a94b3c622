/**
 * The questions machines may ask and wait for, in the gateway's stable words: business capabilities, never tables of an ERP.
 *
 * Only what must be known at once is a question here: may this order be taken, what does it cost, is it there, who is this.
 * What became of something is read from the trace, and what shall happen is reported as a fact. A solution binds each to the
 * systems that know (`answering`).
 *
 * Their cover is declared where they are served, in the gateway.
 */
import Type from "typebox";
import { currency, customer, day, decimal, lineId, money, quantity, sku, text } from "../fields.ts";
import { type Inquiry, inquiry } from "../inquiry.ts";

const strict = { additionalProperties: false } as const;
const Text = Type.String();
const id = (what: string) => text(64, `${what} of at most 64 characters`);
const asked = Type.Array(Type.Object({ line: Type.Optional(lineId), sku, quantity }, strict), {
  minItems: 1,
  maxItems: 1_000,
  description: "1 to 1000 lines",
});
const reasons = Type.Array(Text, {
  description: "why not, each a sentence one can act on; empty when valid",
});

export const ValidateOrder = inquiry({
  name: "validateOrder",
  version: 1,
  owner: "order-management",
  summary: "Ask whether an order could be taken as it stands: customer, terms, items, agreed prices.",
  path: "/order-validations",
  question: Type.Object(
    {
      customer,
      currency,
      paymentTerms: Type.Optional(id("terms of payment such as NET30,")),
      lines: Type.Array(
        Type.Object({ line: Type.Optional(lineId), sku, quantity, price: Type.Optional(money) }, strict),
        { minItems: 1, maxItems: 1_000, description: "1 to 1000 lines" },
      ),
    },
    strict,
  ),
  answer: Type.Object({
    valid: Type.Boolean(),
    reasons,
    customer: Type.Object({
      known: Type.Boolean(),
      blocked: Type.Optional(Type.Boolean()),
      paymentTerms: Type.Optional(Text),
    }),
    lines: Type.Array(
      Type.Object({
        line: Type.Optional(Text),
        sku: Text,
        agreedPrice: Type.Optional(Text),
        priceAgreed: Type.Boolean({ description: "no price was stated, or the one that is agreed" }),
      }),
    ),
  }),
  sample: {
    question: {
      customer: "C-NORTH",
      currency: "EUR",
      lines: [{ line: "1", sku: "PUMP-100", quantity: "2", price: "480.00" }],
    },
    answer: {
      valid: false,
      reasons: ["Line 1 states 480.00 for PUMP-100; 500.00 is agreed."],
      customer: { known: true, blocked: false, paymentTerms: "NET30" },
      lines: [{ line: "1", sku: "PUMP-100", agreedPrice: "500.00", priceAgreed: false }],
    },
  },
});

export const CheckCredit = inquiry({
  name: "checkCredit",
  version: 1,
  owner: "credit-team",
  summary: "Ask whether a customer is good for an amount.",
  path: "/credit-checks",
  question: Type.Object({ customer, amount: money, currency }, strict),
  answer: Type.Object({
    decision: Type.Enum(["approved", "held"]),
    limit: Type.Optional(Text),
    exposure: Type.Optional(Text),
    reason: Type.Optional(Text),
  }),
  sample: {
    question: { customer: "C-NORTH", amount: "1500.00", currency: "EUR" },
    answer: { decision: "approved", limit: "1000000.00", exposure: "0.00" },
  },
});

export const GetPrices = inquiry({
  name: "getPrices",
  version: 1,
  owner: "pricing",
  summary: "Ask for a customer's prices.",
  path: "/prices",
  question: Type.Object({ customer, currency, lines: asked }, strict),
  answer: Type.Object({
    asOf: Type.Optional(Text),
    lines: Type.Array(Type.Object({ line: Type.Optional(Text), sku: Text, price: Text })),
  }),
  sample: {
    question: {
      customer: "C-NORTH",
      currency: "EUR",
      lines: [{ line: "1", sku: "PUMP-100", quantity: "2" }],
    },
    answer: { lines: [{ line: "1", sku: "PUMP-100", price: "500.00" }] },
  },
});

export const GetAvailability = inquiry({
  name: "getAvailability",
  version: 1,
  owner: "order-management",
  summary: "Ask how much can be promised.",
  path: "/availability",
  question: Type.Object(
    { customer: Type.Optional(customer), requestedDate: Type.Optional(day), lines: asked },
    strict,
  ),
  answer: Type.Object({
    lines: Type.Array(
      Type.Object({
        line: Type.Optional(Text),
        sku: Text,
        available: Type.String({ description: "how much can be promised now" }),
        availableOn: Type.Optional(Type.String({ description: "when all of it can be promised" })),
      }),
    ),
  }),
  sample: {
    question: { lines: [{ line: "1", sku: "PUMP-100", quantity: "2" }] },
    answer: { lines: [{ line: "1", sku: "PUMP-100", available: "120" }] },
  },
});

export const GetInventory = inquiry({
  name: "getInventory",
  version: 1,
  owner: "warehouse",
  summary: "Ask what is on hand of items: in all, set aside, free.",
  path: "/inventory",
  question: Type.Object(
    { skus: Type.Array(sku, { minItems: 1, maxItems: 1_000, description: "1 to 1000 item numbers" }) },
    strict,
  ),
  answer: Type.Object({
    items: Type.Array(Type.Object({ sku: Text, onHand: Text, allocated: Text, available: Text })),
    unknown: Type.Array(Text, { description: "item numbers the warehouse does not keep" }),
  }),
  sample: {
    question: { skus: ["PUMP-100", "HAT-1"] },
    answer: {
      items: [{ sku: "PUMP-100", onHand: "40", allocated: "10", available: "30" }],
      unknown: ["HAT-1"],
    },
  },
});

export const GetCustomer = inquiry({
  name: "getCustomer",
  version: 1,
  owner: "customer-service",
  summary: "Ask for a customer's account: name, terms, currency, credit, whether it is blocked.",
  path: "/customers/{customer}",
  question: Type.Object({ customer }, strict),
  answer: Type.Object({
    customer: Text,
    name: Text,
    country: Type.Optional(Text),
    currency: Text,
    paymentTerms: Text,
    blocked: Type.Boolean(),
    creditLimit: Text,
    creditExposure: Text,
  }),
  sample: {
    question: { customer: "C-NORTH" },
    answer: {
      customer: "C-NORTH",
      name: "North Pumps",
      country: "DE",
      currency: "EUR",
      paymentTerms: "NET30",
      blocked: false,
      creditLimit: "1000000.00",
      creditExposure: "6000.00",
    },
  },
});

export const GetProduct = inquiry({
  name: "getProduct",
  version: 1,
  owner: "product-management",
  summary:
    "Ask for a product: what it is called, its unit, whether it is goods or a service, whether it may be sold.",
  path: "/products/{sku}",
  question: Type.Object({ sku }, strict),
  answer: Type.Object({
    sku: Text,
    description: Text,
    unit: Text,
    kind: Type.Enum(["goods", "service"]),
    sellable: Type.Boolean(),
  }),
  sample: {
    question: { sku: "PUMP-100" },
    answer: {
      sku: "PUMP-100",
      description: "Pump, 100 l/min",
      unit: "EA",
      kind: "goods",
      sellable: true,
    },
  },
});

const MasterRecord = Type.Object({
  id: Text,
  version: Type.Integer({ minimum: 1, description: "the number of this state of the record; it only grows" }),
  fields: Type.Record(Text, Type.Unknown(), { description: "the record as its owner keeps it" }),
});

export const GetSupplier = inquiry({
  name: "getSupplier",
  version: 1,
  owner: "procurement",
  summary: "Ask for a supplier's master record.",
  path: "/suppliers/{supplier}",
  question: Type.Object({ supplier: id("a supplier number") }, strict),
  answer: MasterRecord,
  sample: {
    question: { supplier: "V-310" },
    answer: { id: "V-310", version: 1, fields: { partyName: "Seals and Sons", paymentTerms: "NET30" } },
  },
});

const ReferenceKind = Type.Enum(
  ["item", "customer", "supplier", "account", "bill-of-materials", "plant", "lot"],
  { description: "item, customer, supplier, account, bill-of-materials, plant or lot" },
);

export const CheckReferences = inquiry({
  name: "checkReferences",
  version: 1,
  owner: "master-data",
  summary:
    "Ask whether items, lots, routings, plants, accounts and cost centres are known, and in which version.",
  path: "/reference-checks",
  question: Type.Object(
    {
      references: Type.Array(Type.Object({ kind: ReferenceKind, id: id("a number") }, strict), {
        minItems: 1,
        maxItems: 500,
        description: "1 to 500 references",
      }),
    },
    strict,
  ),
  answer: Type.Object({
    valid: Type.Boolean({ description: "all of them are known" }),
    references: Type.Array(
      Type.Object({
        kind: Text,
        id: Text,
        known: Type.Boolean(),
        version: Type.Optional(Type.Integer()),
        fields: Type.Optional(Type.Record(Text, Type.Unknown())),
      }),
    ),
  }),
  sample: {
    question: {
      references: [
        { kind: "account", id: "CC-900" },
        { kind: "item", id: "HAT-1" },
      ],
    },
    answer: {
      valid: false,
      references: [
        { kind: "account", id: "CC-900", known: true, version: 1, fields: { workCentre: "WC-9" } },
        { kind: "item", id: "HAT-1", known: false },
      ],
    },
  },
});

export const ValidatePosting = inquiry({
  name: "validatePosting",
  version: 1,
  owner: "finance",
  summary: "Ask whether a ledger entry could be posted, without posting it: it balances, its period is open.",
  path: "/posting-validations",
  question: Type.Object(
    {
      postingDate: day,
      currency,
      lines: Type.Array(
        Type.Object(
          {
            account: id("an account"),
            debit: decimal('an amount as text, "0.00" on the other side'),
            credit: decimal('an amount as text, "0.00" on the other side'),
          },
          strict,
        ),
        { minItems: 2, maxItems: 1_000, description: "2 to 1000 lines" },
      ),
    },
    strict,
  ),
  answer: Type.Object({
    valid: Type.Boolean(),
    reasons,
    period: Text,
    periodStatus: Text,
    nextOpenDay: Type.Optional(Text),
  }),
  sample: {
    question: {
      postingDate: "2026-01-31",
      currency: "EUR",
      lines: [
        { account: "Scrap", debit: "240.00", credit: "0.00" },
        { account: "Raw material", debit: "0.00", credit: "240.00" },
      ],
    },
    answer: {
      valid: false,
      reasons: ["Period 2026-01 is closed; the next open day is 2026-02-01."],
      period: "2026-01",
      periodStatus: "closed",
      nextOpenDay: "2026-02-01",
    },
  },
});

/** Every inquiry of this file. */
export const all: readonly Inquiry[] = [
  ValidateOrder,
  CheckCredit,
  GetPrices,
  GetAvailability,
  GetInventory,
  GetCustomer,
  GetProduct,
  GetSupplier,
  CheckReferences,
  ValidatePosting,
];
