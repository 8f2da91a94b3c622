/**
 * The acceptance scenarios as stories one can start: each plants its faults in the simulated systems and lets them act.
 *
 * What a person decides in a scenario is left to whoever watches: the question stands open and `expect` says where. Numbers
 * are new each time, so a scenario may be started as often as one likes. Pure data, like all stories.
 */
import type { DemoStory } from "./stories.ts";
import {
  acme,
  act,
  bought,
  completions,
  components,
  fault,
  inDays,
  PUMPS,
  received,
  released,
  STOCKED,
  settings,
  shop,
  stockOf,
  to,
} from "./story-deeds.ts";

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
          fault: "busy",
          times: 1,
          path: "journalEntry",
          status: 429,
          retryAfterSeconds: 1,
          code: "INVALID_LOGIN",
          message: "Invalid login attempt.",
        }),
        fault("finance", { fault: "lose-answer", times: 1, path: "journalEntry" }),
        acme("10"),
      ],
    },
    {
      name: "scn-02",
      title: "SCN-02 · Made to order, with approvals",
      expect:
        "Twenty pumps for a customer over its limit, and none in stock. Approve the credit review in the inbox: seals are bought, production is planned, a truck is booked. Goods come, pumps are made and shipped. Decline it instead and everything is taken back.",
      deeds: [
        ...stockOf({ "PUMP-100": "0", "HOUS-4": "40", "MOTOR-7": "40", "SEAL-9": "30" }),
        shop([{ sku: "PUMP-100", quantity: "20", price: "500.00" }], `WEB-${n}02`, {
          customer: "C-BAKER",
          payment: { method: "invoice" },
        }),
        act(
          "wms",
          "receive-goods",
          {
            purchaseOrderId: `PO-SO-BAKER-WEB-${n}02-1-SEAL-9`,
            lines: [{ line: "1", sku: "SEAL-9", quantity: "10" }],
          },
          { after: "credit approved", about: `SO-BAKER-WEB-${n}02` },
        ),
        act(
          "erp",
          "release-production",
          { order: `PR-SO-BAKER-WEB-${n}02-1`, quantity: "20" },
          { after: "scheduled", about: `PR-SO-BAKER-WEB-${n}02-1` },
        ),
        act(
          "mes",
          "consume",
          { order: `PR-SO-BAKER-WEB-${n}02-1`, report: `MC-${n}02`, materials: components(20) },
          { after: "released" },
        ),
        act(
          "mes",
          "complete",
          { order: `PR-SO-BAKER-WEB-${n}02-1`, report: `OC-${n}02`, item: "PUMP-100", quantity: "20" },
          { after: "started", about: `WEB-${n}02` },
        ),
        // Everybody else sells pumps again.
        ...stockOf(STOCKED, { after: "dispatched" }),
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
          { order: `PR-SO-DELTA-WEB-${n}03-1`, report: `OC-${n}03`, item: "PUMP-100", quantity: "70" },
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
          kind: "account",
          id: "CC-100",
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
      name: "scn-06",
      title: "SCN-06 · EDI, shop and telephone, two warehouses",
      expect:
        "A pack by EDI, whose shipping notice the partner never acknowledges. Twenty-four valves in the shop by card, eighteen here and six in Rotterdam; the buyer makes it thirty while they pick. Two hundred by telephone wait for the credit team: decline them. The tax engine loses an answer; the payout is booked with its fee.",
      deeds: [
        settings("erp", { stock: { "VALVE-20": "50" } }),
        settings("wms", { stock: { "VALVE-20": "30" }, sites: { "WH-ROT": { "VALVE-20": "20" } } }),
        settings("payments", { autoPayout: false }),
        act("acme", "send-order", {
          lines: [{ sku: "VALVE-20", quantity: "1", unit: "PK", price: "600.00" }],
        }),
        fault("acme", { fault: "lose-answer", times: 1 }, { after: "allocated" }),
        settings("wms", { autoShip: false }, { after: "dispatched" }),
        shop([{ line: "1", sku: "VALVE-20", quantity: "24", price: "50.00" }], `WEB-${n}06`),
        act(
          "shop",
          "change-order",
          { orderNumber: `WEB-${n}06`, lines: [{ line: "1", quantity: "30" }] },
          { after: "allocated" },
        ),
        {
          ...shop([{ sku: "VALVE-20", quantity: "200", price: "50.00" }], `TEL-${n}06`, {
            customer: "C-OVER",
            payment: { method: "invoice" },
          }),
          about: `WEB-${n}06`,
        },
        fault("tax", { fault: "lose-answer", times: 1 }),
        act("wms", "dispatch", { orderId: `SO-SHOP-WEB-${n}06`, site: "WH-ROT", pieces: "30" }),
        act("wms", "dispatch", { orderId: `SO-SHOP-WEB-${n}06` }),
        settings("wms", { autoShip: true, stock: { "VALVE-20": "100000" } }, { after: "paid" }),
        settings("erp", { stock: { "VALVE-20": "100000" } }),
        act("payments", "pay-out", {}),
        settings("payments", { autoPayout: true }),
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
      name: "scn-08",
      title: "SCN-08 · From the old ERP to the next one",
      expect:
        "The project asks for a parallel run: agree under Approvals. Thirty receipts come; the next ERP takes the price of a pack of valves for that of a piece, and the board under Reconciliation shows fourteen differences with one cause. The price is put right: replay them there. A hundred more agree, and the project asks for the switch: agree, and nine receipts stand in the next ERP alone. Then somebody enters one in the old ERP's own screen: say whether it is taken back.",
      deeds: [
        settings("s4cloud", { costs: { "VALVE-20": "360.00" } }),
        bought(now, `${n}08V`, "VALVE-20", "168", "30.00"),
        { ...bought(now, `${n}08S`, "SEAL-9", "1500", "5.00"), about: `PO-${n}08S` },
        act(
          "s4cloud",
          "request-cutover",
          { to: "shadow", reason: "The parallel run begins." },
          { after: "ordered", about: "goods-receipt/ME-01/LYO" },
        ),
        ...received(`PO-${n}08S`, "SEAL-9", 16, { after: "compared" }),
        ...received(`PO-${n}08V`, "VALVE-20", 14, { about: `PO-${n}08V` }),
        settings("s4cloud", { costs: { "VALVE-20": "30.00" } }, { after: "received" }),
        ...received(`PO-${n}08S`, "SEAL-9", 100, { about: "goods-receipt/ME-01/LYO" }),
        act(
          "s4cloud",
          "request-cutover",
          { to: "cloud", reason: "A hundred in a row agree." },
          { after: "criterion met" },
        ),
        ...received(`PO-${n}08S`, "SEAL-9", 9, { after: "moved" }),
        act("erp", "receive-by-hand", {
          purchaseOrder: `PO-${n}08S`,
          sku: "SEAL-9",
          quantity: "12",
          user: "PMILLER",
        }),
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
            requisition: `RQ-${n}09`,
            supplier: "V-310",
            needBy: inDays(now, 19),
            lines: [{ sku: "MOTOR-7", quantity: "30", price: "150.00" }],
          },
          { after: "released", about: `PO-${n}09` },
        ),
        act(
          "scheduling",
          "move",
          {
            order: `PR-${n}09`,
            from: inDays(now, 20),
            to: inDays(now, 10),
            salesOrder: `SO-${n}09`,
            cause: `SO-${n}09 became urgent.`,
            expedite: [{ driver: "air freight", amount: "450.00" }],
            purchaseOrders: [
              {
                purchaseOrderId: `PO-${n}09`,
                supplier: "V-310",
                line: "1",
                sku: "MOTOR-7",
                quantity: "30",
                needBy: inDays(now, 9),
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
          fault: "refuse",
          times: 1,
          path: "A_SalesOrder",
          status: 400,
          code: "VP/204",
          message: "The tax number of the customer is missing.",
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
            requisition: `RQ-${n}12`,
            supplier: "V-310",
            needBy: inDays(now, 12),
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
    {
      name: "scn-13",
      title: "SCN-13 · Legacy planning and a new finance platform",
      expect:
        "Planning of the nineties writes two files of completions. The second comes cut off, then whole, with ten lines of the first again, while the finance platform is away for thirty seconds. It does not know the cost element of eight lines: the first is set aside. Set it up (crossdock estate fusion set unknownElements=[]; crossdock estate ledger act change-account account=CE-77 class=cost-element) and it goes by itself.",
      deeds: [
        settings("erp", { costElements: { [`PR-${n}13B`]: "CE-77" } }),
        settings("fusion", { unknownElements: ["CE-77"] }),
        released(`PR-${n}13B`, "8"),
        released(`PR-${n}13A`, "42"),
        act(
          "planning",
          "send-hour",
          { number: `HR-${n}A`, completions: completions(`PR-${n}13A`, 25) },
          { after: "released" },
        ),
        fault("fusion", { fault: "down", ms: 30_000 }),
        fault("planning", { fault: "error", times: 1 }),
        act("planning", "send-hour", {
          number: `HR-${n}B`,
          completions: [
            ...completions(`PR-${n}13A`, 17),
            ...completions(`PR-${n}13B`, 8),
            ...completions(`PR-${n}13A`, 10).map((one, at) => ({ ...one, report: `HR-${n}A-${at + 1}` })),
          ],
        }),
      ],
    },
  ];
}
