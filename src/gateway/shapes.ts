/**
 * What machines send to the gateway and what it answers, as schemas.
 *
 * They are JSON Schema (typebox), so one source validates requests, types the code and is published in /openapi.json. These
 * are business capabilities with stable names, never the tables of an ERP behind them. A `description` of a text with a
 * pattern completes "expected …" in problem details.
 */

import Type, { type Static, type TSchema } from "typebox";
import {
  currency,
  customer,
  day,
  decimal,
  instant,
  lineId,
  money,
  quantity,
  sku,
  text,
} from "../contracts/fields.ts";
import { STATUS_WORDS } from "../trace/index.ts";

const ORDER_ID = "^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$";
export const orderId = Type.String({
  pattern: ORDER_ID,
  maxLength: 100,
  description: "an order number of letters, digits and . _ : / -, such as SO-10045",
});

const strict = { additionalProperties: false } as const;
const LINES_MAX = 5_000;

export const Address = Type.Object(
  {
    name: text(120, "a name of at most 120 characters"),
    street: Type.Optional(text(120, "a street of at most 120 characters")),
    city: text(80, "a city of at most 80 characters"),
    postalCode: Type.Optional(text(20, "a postal code of at most 20 characters")),
    country: Type.String({ pattern: "^[A-Z]{2}$", description: "an ISO 3166 country code, such as FR" }),
  },
  strict,
);

export const OrderRequest = Type.Object(
  {
    orderId: Type.Optional(orderId),
    customer,
    customerReference: text(64, "the customer's own order number, at most 64 characters, such as PO-4711"),
    currency,
    requestedDate: Type.Optional(day),
    orderedAt: Type.Optional(instant),
    shipTo: Type.Optional(Address),
    payment: Type.Optional(
      Type.Object(
        {
          method: Type.Enum(["invoice", "card"], { description: "invoice or card" }),
          token: Type.Optional(text(200, "the payment platform's name for the card, at most 200 characters")),
        },
        strict,
      ),
    ),
    invoiceAfter: Type.Optional(
      Type.Enum(["dispatch", "delivery"], {
        description: "dispatch or delivery: what opens the invoice by contract",
      }),
    ),
    note: Type.Optional(text(500, "a note of at most 500 characters, on one line")),
    lines: Type.Array(
      Type.Object(
        {
          line: Type.Optional(lineId),
          sku,
          quantity,
          unit: Type.Optional(
            Type.String({
              pattern: "^[A-Z0-9]{2,3}$",
              description: "a unit of UN/ECE Recommendation 20, such as EA",
            }),
          ),
          price: Type.Optional(money),
          termMonths: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 1_200,
              description: "of a service: for how many months; its price is that of one",
            }),
          ),
          requestedDate: Type.Optional(day),
        },
        strict,
      ),
      { minItems: 1, maxItems: LINES_MAX, description: "1 to 5000 order lines" },
    ),
    extensions: Type.Optional(
      Type.Record(Type.String(), Type.String({ maxLength: 1_000 }), {
        description: "texts of your own; carried along, never acted on",
      }),
    ),
  },
  strict,
);
export type OrderRequest = Static<typeof OrderRequest>;

export const ChangeRequest = Type.Object(
  {
    changeNumber: Type.Optional(text(40, "your number of this change, at most 40 characters")),
    reason: Type.Optional(text(200, "a reason of at most 200 characters")),
    requestedDate: Type.Optional(day),
    lines: Type.Array(
      Type.Object(
        {
          line: lineId,
          sku: Type.Optional(sku),
          quantity: Type.Optional(decimal('the new quantity as text, "0" takes the line out')),
          price: Type.Optional(money),
        },
        strict,
      ),
      { minItems: 1, maxItems: LINES_MAX, description: "1 to 5000 lines that change, as they shall be" },
    ),
  },
  strict,
);
export type ChangeRequest = Static<typeof ChangeRequest>;

export const CancellationRequest = Type.Object(
  { reason: text(200, "a reason of at most 200 characters") },
  strict,
);

/** What every inquiry is answered with. */
export const inquiryAnswer = (answer: TSchema) =>
  Type.Object({
    answer,
    degraded: Type.Boolean({ description: "true: the system did not answer; this is what it last said" }),
    asOf: Type.String({ description: "when the system said so, RFC 3339" }),
    ageSeconds: Type.Integer({ minimum: 0 }),
    promise: Type.Optional(
      Type.String({
        description: "of a degraded answer: the promise it is, until the system confirms it or not",
      }),
    ),
  });

const links = Type.Record(Type.String(), Type.String(), { description: "addresses of related things" });

export const Taken = Type.Object({
  receipt: Type.String({ description: "proof that it was taken; the same for every repetition" }),
  duplicate: Type.Boolean({ description: "true: this was taken before; nothing happened again" }),
});
export type Taken = Static<typeof Taken>;
export const OrderTaken = Type.Object({
  receipt: Type.String({ description: "proof that it was taken; the same for every repetition" }),
  orderId: Type.Optional(
    Type.String({ description: "absent where nothing came of it, e.g. a repetition of an old change" }),
  ),
  duplicate: Type.Boolean(),
  links,
});

export const Milestone = Type.Object({
  milestone: Type.String(),
  state: Type.Enum(["open", "late", "partly", "reached", "withdrawn"]),
  reachedAt: Type.Optional(instant),
  dueAt: Type.Optional(instant),
  parts: Type.Optional(
    Type.Object({ reached: Type.Integer({ minimum: 0 }), of: Type.Integer({ minimum: 1 }) }),
  ),
});
export const SystemOpinion = Type.Object({
  system: Type.String(),
  milestone: Type.String(),
  of: Type.Optional(
    Type.String({ description: "the part spoken of, such as shipment/SH-811; absent for the whole" }),
  ),
  reached: Type.Boolean({ description: "false: the system takes it back, or says not yet" }),
  saidAt: instant,
});
export const DocumentStatus = Type.Object({
  type: Type.Enum([
    "order",
    "shipment",
    "invoice",
    "payment",
    "purchaseOrder",
    "goodsReceipt",
    "productionOrder",
    "posting",
  ]),
  number: Type.String(),
  orderId: Type.Optional(Type.String({ description: "the order it belongs to" })),
  belongsTo: Type.Optional(
    Type.String({ description: "what it belongs to beside orders, such as purchaseOrder/PO-501" }),
  ),
  status: Type.Enum([...STATUS_WORDS], { description: "the word that needs somebody most" }),
  late: Type.Boolean({ description: "the next milestone is past its time" }),
  milestone: Type.Optional(Type.String({ description: "the last one reached" })),
  milestones: Type.Array(Milestone, {
    description: "of the order, purchase order or production order, as the business tells the story",
  }),
  systems: Type.Array(SystemOpinion, { description: "what each system last said about each milestone" }),
  keys: Type.Array(
    Type.Object({ type: Type.String(), value: Type.String(), system: Type.Optional(Type.String()) }),
    { description: "every number it is known by" },
  ),
  related: Type.Array(Type.Object({ type: Type.String(), number: Type.String(), href: Type.String() }), {
    description: "what it concerns that can be asked about, with the address",
  }),
  startedAt: instant,
  changedAt: instant,
  links,
});
export type DocumentStatus = Static<typeof DocumentStatus>;

export const OrderList = Type.Object({ orders: Type.Array(DocumentStatus) });

export const ProblemDetails = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String(),
    class: Type.Enum([
      "transient",
      "rate",
      "unknown-outcome",
      "data",
      "dependency",
      "business-hold",
      "auth",
      "defect",
    ]),
    field: Type.Optional(Type.String()),
    expected: Type.Optional(Type.String()),
    remedy: Type.String(),
  },
  { description: "RFC 9457; `class` says what to do next" },
);

export const Health = Type.Object({ status: Type.String() });
export const Readiness = Type.Object({
  status: Type.Enum(["ready", "not ready"]),
  database: Type.Boolean(),
  lanes: Type.Object({ all: Type.Integer(), leased: Type.Integer() }),
  /** False when the database could not write the last time it was asked to: its disk is full. */
  writable: Type.Boolean(),
  /** How far behind the readers of the journal are, and who holds them back. */
  feed: Type.Object({
    lagSeconds: Type.Integer({ minimum: 0 }),
    heldBackBy: Type.Union([Type.String(), Type.Null()]),
  }),
});

/** The schemas /openapi.json publishes by name. */
export const COMPONENTS: Readonly<Record<string, TSchema>> = {
  Address,
  OrderRequest,
  ChangeRequest,
  CancellationRequest,
  Taken,
  OrderTaken,
  Milestone,
  SystemOpinion,
  DocumentStatus,
  OrderList,
  Problem: ProblemDetails,
  Health,
  Readiness,
};
