/**
 * Deeds the stories are told in: a fault, a setting, an act of a simulated system, and the few that many stories share.
 *
 * Pure data; who carries them out is `demonstration-api.ts`.
 */
import type { StoryDeed } from "./stories.ts";

export type Body = Readonly<Record<string, unknown>>;

export const act = (system: string, name: string, body: Body, more: Partial<StoryDeed> = {}): StoryDeed => ({
  path: `/systems/${system}/acts/${name}`,
  body,
  ...more,
});
export const fault = (system: string, body: Body, more: Partial<StoryDeed> = {}): StoryDeed => ({
  path: `/systems/${system}/faults`,
  body,
  ...more,
});
export const settings = (system: string, body: Body, more: Partial<StoryDeed> = {}): StoryDeed => ({
  path: `/systems/${system}/settings`,
  body,
  ...more,
});
export const acme = (quantity: string): StoryDeed =>
  act("acme", "send-order", { lines: [{ sku: "PUMP-100", quantity, price: "500.00" }] });
export const shop = (lines: readonly Body[], reference: string, more: Body = {}): StoryDeed =>
  act(
    "shop",
    "place-order",
    {
      // The shop's own number and the reference it gives are one, as the scoreboard takes them for.
      orderNumber: reference,
      body: {
        customer: "C-SHOP",
        customerReference: reference,
        currency: "EUR",
        payment: { method: "card", token: `AUTH-${reference}` },
        lines,
        ...more,
      },
    },
    { about: reference },
  );

export const to = (name: string, country: string) => ({
  name,
  street: "1 High Street",
  postalCode: "1000",
  city: "Newtown",
  country,
});
export const PUMPS = [{ sku: "PUMP-100", quantity: "2", price: "500.00" }];

/** Stock as ERP and warehouse both have it. */
export const stockOf = (stock: Body, more: Partial<StoryDeed> = {}): readonly StoryDeed[] => [
  settings("erp", { stock }, more),
  settings("wms", { stock }),
];
/** So many pumps, one by one. */
export const completions = (order: string, count: number): readonly Body[] =>
  Array.from({ length: count }, () => ({ order, plant: "LYO", item: "PUMP-100", quantity: "1" }));
/** Components of so many pumps. */
export const components = (pumps: number) => [
  { item: "HOUS-4", quantity: String(pumps) },
  { item: "SEAL-9", quantity: String(2 * pumps) },
  { item: "MOTOR-7", quantity: String(pumps) },
];
export const inDays = (now: Date, days: number): string =>
  new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);

/** A planner releases a production order; the story is about it from here on. */
export const released = (
  order: string,
  quantity: string,
  more: Body = {},
  when: Pick<StoryDeed, "after"> = {},
): StoryDeed => act("erp", "release-production", { order, quantity, ...more }, { about: order, ...when });

/** Procurement approves a requisition, and a purchase order `PO-…` follows. */
export const bought = (now: Date, number: string, sku: string, quantity: string, price: string): StoryDeed =>
  act("procurement", "approve", {
    requisition: `RQ-${number}`,
    supplier: "V-310",
    needBy: inDays(now, 20),
    lines: [{ sku, quantity, price }],
  });

/** So many deliveries of a dozen each at the warehouse's door. */
export const received = (
  purchaseOrderId: string,
  sku: string,
  times: number,
  more: Partial<StoryDeed> = {},
): readonly StoryDeed[] =>
  Array.from({ length: times }, (_, at) =>
    act(
      "wms",
      "receive-goods",
      { purchaseOrderId, lines: [{ line: "1", sku, quantity: "12" }] },
      // What it waits for is waited for once, and what follows is about the same.
      at === 0 ? more : {},
    ),
  );

/** As the estate stands on its first day. */
export const STOCKED = { "PUMP-100": "100000", "HOUS-4": "100000", "SEAL-9": "100000", "MOTOR-7": "100000" };
