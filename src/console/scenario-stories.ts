/**
 * The acceptance scenarios as stories one can start: each plants its faults in the simulated systems and lets them act.
 *
 * What a person decides in a scenario is left to whoever watches: the question stands open and `expect` says where. Numbers
 * are new each time, so a scenario may be started as often as one likes. Pure data, like all stories.
 */
import type { DemoStory, StoryDeed } from "./stories.ts";

type Body = Readonly<Record<string, unknown>>;

const act = (system: string, name: string, body: Body, more: Partial<StoryDeed> = {}): StoryDeed => ({
  path: `/systems/${system}/acts/${name}`,
  body,
  ...more,
});
const fault = (system: string, body: Body, more: Partial<StoryDeed> = {}): StoryDeed => ({
  path: `/systems/${system}/faults`,
  body,
  ...more,
});
const settings = (system: string, body: Body, more: Partial<StoryDeed> = {}): StoryDeed => ({
  path: `/systems/${system}/settings`,
  body,
  ...more,
});
const acme = (quantity: string): StoryDeed =>
  act("acme", "send-order", { lines: [{ sku: "PUMP-100", quantity, price: "500.00" }] });
const shop = (lines: readonly Body[], reference: string, more: Body = {}): StoryDeed =>
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

const to = (name: string, country: string) => ({
  ...{ name, street: "1 High Street", postalCode: "1000", city: "Newtown", country },
});
const PUMPS = [{ sku: "PUMP-100", quantity: "2", price: "500.00" }];

/** Components of so many pumps. */
const components = (pumps: number) => [
  { item: "HOUS-4", quantity: String(pumps) },
  { item: "SEAL-9", quantity: String(2 * pumps) },
  { item: "MOTOR-7", quantity: String(pumps) },
];
const inDays = (now: Date, days: number): string =>
  new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);

/** A planner releases a production order; the story is about it from here on. */
const released = (
  order: string,
  quantity: string,
  more: Body = {},
  when: Pick<StoryDeed, "after"> = {},
): StoryDeed => act("erp", "release-production", { order, quantity, ...more }, { about: order, ...when });

/** As the estate stands on its first day. */
const STOCKED = { "PUMP-100": "100000", "HOUS-4": "100000", "SEAL-9": "100000", "MOTOR-7": "100000" };

export function scenarioStories(now: Date): readonly DemoStory[] {
  /** New each second, and short enough to be read out. */
  const n = Math.floor(now.getTime() / 1_000)
    .toString(36)
    .slice(-5)
    .toUpperCase();
  return [
    {
      name: "scn-01",
      title: "SCN-01 · CRM, ERP, warehouse and a regional finance entity",
      expect:
        "Ten pumps. Finance is over its limit and says that the login is wrong; then it books an entry and loses the answer. The credential is not paused, and every entry stands there once.",
      deeds: [
        fault("finance", {
          ...{ fault: "busy", times: 1, path: "journalEntry", status: 429, retryAfterSeconds: 1 },
          ...{ code: "INVALID_LOGIN", message: "Invalid login attempt." },
        }),
        fault("finance", { fault: "lose-answer", times: 1, path: "journalEntry" }),
        acme("10"),
      ],
    },
    {
      name: "scn-03",
      title: "SCN-03 · One order, two ERPs, a 3PL and central finance",
      expect:
        "A hundred pumps quoted at 480.00: say under Approvals within five minutes whether we honour it. LYO has components for 70 and makes them, DAY sends 30 and loses the answer to its goods issue; Rotterdam ships both. Meanwhile central finance is away for half a minute. Two invoices, and the books of both entities agree.",
      deeds: [
        ...(["erp", "wms"] as const).map((system) =>
          settings(system, {
            stock: { "PUMP-100": "0", "HOUS-4": "70", "SEAL-9": "140", "MOTOR-7": "70" },
          }),
        ),
        settings("dynamics", { stock: { "PUMP-100": "30" }, autoShip: false }),
        settings("threepl", { stock: { "PUMP-100": "0" } }),
        {
          ...shop([{ line: "1", sku: "PUMP-100", quantity: "100", price: "480.00" }], `WEB-${n}03`, {
            customer: "C-DELTA",
            requestedDate: inDays(now, 20),
            payment: { method: "invoice" },
          }),
          about: `SO-DELTA-WEB-${n}03`,
        },
        released(`PR-SO-DELTA-WEB-${n}03-1`, "70", {}, { after: "scheduled" }),
        act(
          "mes",
          "consume",
          { order: `PR-SO-DELTA-WEB-${n}03-1`, report: `MC-${n}03`, materials: components(70) },
          { after: "released" },
        ),
        act(
          "mes",
          "complete",
          {
            ...{ order: `PR-SO-DELTA-WEB-${n}03-1`, report: `OC-${n}03`, item: "PUMP-100", quantity: "70" },
          },
          { after: "started" },
        ),
        fault(
          "fusion",
          { fault: "down", ms: 30_000 },
          { after: "completed", about: `TR-DELTA-WEB-${n}03-1` },
        ),
        fault("dynamics", { fault: "lose-answer", times: 1, path: "goodsissues" }, { after: "arrived" }),
        act("dynamics", "ship", { order: `IC-DELTA-WEB-${n}03-1` }, { about: `SO-DELTA-WEB-${n}03` }),
        // Everybody else's orders find stock again once this one has left.
        ...(["erp", "wms"] as const).map((system) =>
          settings(system, { stock: STOCKED }, { after: "invoiced" }),
        ),
        act("erp", "close-production", { order: `PR-SO-DELTA-WEB-${n}03-1` }),
      ],
    },
    {
      name: "scn-04",
      title: "SCN-04 · Machines complete while the ERP is down",
      expect:
        "Thirty cycles become three reports while the ERP refuses every connection for twenty seconds. They wait in order, nobody at the plant notices, and each is booked once.",
      deeds: [
        act("mdm", "change", {
          ...{ kind: "account", id: "CC-100" },
          record: { kind: "cost-centre", workCentre: "WC-1", plant: "LYO" },
        }),
        released(`PR-${n}04`, "30"),
        act(
          "mes",
          "consume",
          { order: `PR-${n}04`, report: `MC-${n}04`, materials: components(30) },
          { after: "released" },
        ),
        fault("erp", { fault: "down", ms: 20_000 }, { after: "started" }),
        act("equipment", "run", { workCentre: "WC-1", order: `PR-${n}04`, count: "30" }),
      ],
    },
    {
      name: "scn-05",
      title: "SCN-05 · A lot is rejected in stock and ledger",
      expect:
        "Forty pumps are made, quality holds the lot, rejects four and releases thirty-six. Warehouse and ledger follow each decision.",
      deeds: [
        released(`PR-${n}05`, "40"),
        act(
          "mes",
          "consume",
          { order: `PR-${n}05`, report: `MC-${n}05`, materials: components(40) },
          { after: "released" },
        ),
        act(
          "mes",
          "complete",
          { order: `PR-${n}05`, report: `OC-${n}05`, item: "PUMP-100", quantity: "40", lot: `L-${n}05` },
          { after: "started" },
        ),
        act(
          "qms",
          "hold",
          { lot: `L-${n}05`, order: `PR-${n}05`, quantity: "40" },
          { after: "completed", about: `L-${n}05` },
        ),
        act("qms", "reject", { lot: `L-${n}05`, quantity: "4" }, { after: "contained" }),
        act("qms", "release", { lot: `L-${n}05`, quantity: "36" }),
      ],
    },
    {
      name: "scn-07",
      title: "SCN-07 · The tax engine is away",
      expect:
        "A consumer's order is confirmed with its tax. Then the engine refuses every connection for thirty seconds: the next two are confirmed with a promised tax, one for a country it never named a rate for is held. Goods leave on time; nothing is invoiced with a promise. The rate has changed when it is back: see crossdock promises.",
      deeds: [
        settings("tax", { rates: { "C-SHOP/LU": "0.20" } }),
        shop(PUMPS, `WEB-${n}07A`, { shipTo: to("Camille Moreau", "LU") }),
        fault("tax", { fault: "down", ms: 30_000 }, { after: "accepted" }),
        settings("tax", { rates: { "C-SHOP/LU": "0.10" } }),
        shop(PUMPS, `WEB-${n}07B`, { shipTo: to("Lou Martin", "LU") }),
        shop(PUMPS, `WEB-${n}07C`, { shipTo: to("Rui Costa", "PT") }),
        shop(PUMPS, `WEB-${n}07D`, { shipTo: to("Zoe Blanc", "LU") }),
      ],
    },
    {
      name: "scn-09",
      title: "SCN-09 · An urgent order moves the schedule",
      expect:
        "A production order is moved ten days ahead; the supplier is asked whether it can follow. Planner and buyer each find one question with everything in it.",
      deeds: [
        released(`PR-${n}09`, "30", { start: inDays(now, 20), salesOrder: `SO-${n}09` }),
        act(
          "procurement",
          "approve",
          {
            ...{ requisition: `RQ-${n}09`, supplier: "V-310", needBy: inDays(now, 19) },
            lines: [{ sku: "MOTOR-7", quantity: "30", price: "150.00" }],
          },
          { after: "released", about: `PO-${n}09` },
        ),
        act(
          "scheduling",
          "move",
          {
            ...{ order: `PR-${n}09`, from: inDays(now, 20), to: inDays(now, 10), salesOrder: `SO-${n}09` },
            cause: `SO-${n}09 became urgent.`,
            expedite: [{ driver: "air freight", amount: "450.00" }],
            purchaseOrders: [
              {
                ...{ purchaseOrderId: `PO-${n}09`, supplier: "V-310", line: "1", sku: "MOTOR-7" },
                ...{ quantity: "30", needBy: inDays(now, 9) },
              },
            ],
          },
          { after: "confirmed" },
        ),
      ],
    },
    {
      name: "scn-10",
      title: "SCN-10 · The ERP hears of an order when its prerequisites hold",
      expect:
        "An order over the customer's limit waits for the credit team; the ERP knows nothing of it. Approve it, and the ERP refuses it once: the tax number is missing. Try it again under Exceptions.",
      deeds: [
        fault("erp", {
          ...{ fault: "refuse", times: 1, path: "A_SalesOrder", status: 400 },
          ...{ code: "VP/204", message: "The tax number of the customer is missing." },
        }),
        shop([{ sku: "PUMP-100", quantity: "4", price: "500.00" }], `WEB-${n}10`, {
          customer: "C-OVER",
          payment: { method: "invoice" },
        }),
      ],
    },
    {
      name: "scn-11",
      title: "SCN-11 · Goods and a service in one order",
      expect:
        "Five pumps and a year of care. The first carrier refuses. Nothing is billed before somebody has signed for the pumps; then the goods are invoiced and the service starts.",
      deeds: [
        settings("tms", { rejectNext: 1 }),
        shop(
          [
            { line: "1", sku: "PUMP-100", quantity: "5", price: "500.00" },
            { line: "2", sku: "SVC-CARE", quantity: "1", price: "40.00", termMonths: 12 },
          ],
          `WEB-${n}11`,
          { invoiceAfter: "delivery" },
        ),
      ],
    },
    {
      name: "scn-12",
      title: "SCN-12 · A supplier is late and scrap is declared",
      expect:
        "The supplier moves its delivery by four days, production follows, and three cracked housings go to scrap accounting within seconds.",
      deeds: [
        act(
          "procurement",
          "approve",
          {
            ...{ requisition: `RQ-${n}12`, supplier: "V-310", needBy: inDays(now, 12) },
            lines: [{ sku: "SEAL-9", quantity: "200", price: "5.00" }],
          },
          { about: `PO-${n}12` },
        ),
        act(
          "supplier",
          "delay",
          { purchaseOrderId: `PO-${n}12`, oldDate: inDays(now, 12), newDate: inDays(now, 16) },
          { after: "confirmed" },
        ),
        released(`PR-${n}12`, "20"),
        act(
          "mes",
          "consume",
          { order: `PR-${n}12`, report: `MC-${n}12`, materials: components(20) },
          { after: "released" },
        ),
        act(
          "mes",
          "scrap",
          { order: `PR-${n}12`, report: `SC-${n}12`, item: "HOUS-4", quantity: "3", reason: "cracked" },
          { after: "started" },
        ),
      ],
    },
  ];
}
