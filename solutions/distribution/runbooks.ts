/**
 * What people of a distributor do when one of their systems is in trouble: steps with live checks, and a drill of each on the
 * simulated estate.
 *
 * Nobody edits a database in any of them. An id is permanent; wikis and notifications link to it.
 *
 * @covers RUN-02, RUN-03, RUN-04, RUN-05, RUN-06, RUN-07, RUN-08, RUN-09
 */
import type { Drill, Runbook } from "crossdock/server";

const down = (system: string) => ({ path: `/systems/${system}/faults`, body: { fault: "down" } });
const mend = (system: string) => ({ method: "DELETE", path: `/systems/${system}/faults` }) as const;
const order = (quantity = "2") => ({
  path: "/systems/acme/acts/send-order",
  body: { lines: [{ sku: "PUMP-100", quantity, price: "500.00" }] },
});
/** Enough that calls to a system which is away are stopped. */
const ORDERS = [order(), order("1"), order("3"), order("1"), order("2")];
const away = (system: string): Drill => ({
  system,
  breaks: [down(system)],
  traffic: ORDERS,
  mends: [mend(system)],
});
/** It answers again and nothing is left behind. */
const OVER = [
  { check: "answers" },
  { check: "nothing unclear" },
  { check: "nothing waits" },
  { check: "in balance" },
] as const;

export const runbooks: readonly Runbook[] = [
  {
    id: "RUN-02",
    title: "Finance refuses postings",
    effect: "Goods move and orders are kept; the ledger lags behind until the rule is met.",
    when: "Finance refuses a posting, or holds it because its period is closed.",
    systems: ["finance"],
    trigger: [{ check: "nothing set aside" }],
    steps: [
      {
        do: "Open the group under Exceptions and read the rule: period, validation, mapping or master data. Look at the money it holds.",
      },
      {
        do: "A closed period: the controller chooses to hold, the next open period, a reversal date, or to open it again; above the limit a second person agrees.",
      },
      {
        do: "A validation or a mapping: correct the data at its source or fix it here, and look at the preview of one posting.",
      },
      {
        do: "Try one and see it confirmed in the ledger, then let the rest of the same selection go.",
        check: { check: "nothing set aside" },
      },
      {
        do: "See that later postings of the same documents followed in order.",
        check: { check: "nothing waits" },
      },
      {
        do: "Compare what was asked, accepted and held for the entity and period: crossdock periods show.",
        check: { check: "in balance" },
      },
    ],
    exit: [{ check: "nothing set aside" }, ...OVER],
    drill: {
      system: "finance",
      breaks: [
        {
          path: "/systems/finance/faults",
          body: {
            fault: "refuse",
            path: "journalEntry",
            code: "ACCOUNT_CLOSED",
            message: "The account is locked for posting.",
          },
        },
      ],
      traffic: [order()],
      mends: [mend("finance")],
      tryAgain: true,
    },
  },
  {
    id: "RUN-03",
    title: "A partner, carrier or supplier network cannot be reached",
    effect: "Documents for the partner wait in their order; nothing is renumbered, nothing is lost.",
    when: "A partner's line does not answer, or an acknowledgement is overdue.",
    systems: ["acme-outbox", "shop", "tms"],
    trigger: [{ check: "answers" }],
    steps: [
      {
        do: "Tell apart our line, the partner's line, and a document that was refused.",
        check: { check: "others answer" },
      },
      {
        do: "Let documents be made: they wait in order for each partner.",
        check: { check: "still accepting", within: "1h" },
      },
      {
        do: "Agree on another channel for promises at risk, and write down here what was promised by telephone.",
      },
      {
        do: "When the line is back they go by themselves, under the same control numbers.",
        check: { check: "answers" },
      },
      {
        do: "See that each was acknowledged and that no change was overtaken by its shipment.",
        check: { check: "nothing unclear" },
      },
      {
        do: "Compare open orders and shipping notices with the partner's own list.",
        check: { check: "systems agree" },
      },
    ],
    exit: OVER,
    drill: away("tms"),
  },
  {
    id: "RUN-04",
    title: "The ERP is away",
    effect: "Orders are accepted and get receipts; they are booked when the ERP is back, each once.",
    when: "The ERP does not answer and calls to it have stopped.",
    systems: ["erp"],
    trigger: [{ check: "answers" }],
    steps: [
      {
        do: "Ask whether it is planned, and whether one service, one entity or all of it is away.",
        check: { check: "others answer" },
      },
      {
        do: "See that channels and plants still get receipts.",
        check: { check: "still accepting", within: "1h" },
      },
      {
        do: "Watch what was promised on old credit, prices and stock; stop a channel only when that is above its limit.",
      },
      {
        do: "Do not try again by hand: no try is used up while the ERP is away.",
        check: { check: "answers" },
      },
      {
        do: "When it is back, what is unclear is asked about first, then orders and postings go, then the rest.",
        check: { check: "nothing unclear" },
      },
      {
        do: "See that nothing waits any more, and that what was promised on old answers is settled.",
        check: { check: "systems agree" },
      },
    ],
    exit: OVER,
    drill: away("erp"),
  },
  {
    id: "RUN-05",
    title: "The warehouse system is offline",
    effect: "Orders are accepted and credit is checked; reservations and shipments wait.",
    when: "The warehouse does not answer, or sends no stock movement where one is due.",
    systems: ["wms"],
    trigger: [{ check: "answers" }],
    steps: [
      { do: "Promise stock of this site from its last count only, with its age and a margin." },
      { do: "Offer another site for urgent orders; write each diversion on its order." },
      {
        do: "Leave changes and cancellations of what may be in picking alone: they stay unclear until the warehouse answers.",
      },
      { do: "Ships the site on paper, note the numbers here, so that later confirmations can be matched." },
      {
        do: "When it is back, receipts and shipments come in first, then changes, then new releases.",
        check: { check: "answers" },
      },
      { do: "Compare stock by item and lot.", check: { check: "systems agree" } },
    ],
    exit: [...OVER, { check: "systems agree" }],
    // What is on its way is counted with what stands there, so stock needs no grace.
    drill: { ...away("wms"), compares: { agreement: "stock", grace: "0s" } },
  },
  {
    id: "RUN-06",
    title: "The tax engine is offline",
    effect: "Orders and shipments go on; invoices wait for their tax.",
    when: "The tax engine does not answer.",
    systems: ["tax"],
    trigger: [{ check: "answers" }],
    steps: [
      {
        do: "See that orders are accepted, and that no invoice is posted on an estimate.",
        check: { check: "still accepting", within: "1h" },
      },
      { do: "Watch the sum of what was promised on earlier rates, and orders without one." },
      { do: "Tell finance which invoices wait, with value and age, the earliest tax point first." },
      {
        do: "Should the period end meanwhile, decide by the rule of the period; an estimate is never posted.",
      },
      {
        do: "When it is back, what is unclear is asked about, then taxes are made final and invoices posted.",
        check: { check: "nothing unclear" },
      },
      { do: "Compare tax documents with invoices, one to one.", check: { check: "systems agree" } },
    ],
    exit: OVER,
    drill: away("tax"),
  },
  {
    id: "RUN-07",
    title: "The payment platform is away",
    effect: "No money is captured twice; orders whose terms allow it go on.",
    when: "The payment gateway does not answer, or a statement of the bank is missing.",
    systems: ["payments", "bank"],
    trigger: [{ check: "answers" }],
    steps: [
      { do: "Accept only orders whose terms allow payment later.", check: { check: "others answer" } },
      {
        do: "Leave captures and refunds that are unclear alone; they are looked up before anything is repeated.",
      },
      { do: "Tell customer service which orders wait for their payment to be confirmed." },
      {
        do: "When it is back, see that each was found or sent once; load the statements that are missing.",
        check: { check: "nothing unclear" },
      },
      { do: "Apply payments; explain fees and refunds; open a case for what is left over." },
      {
        do: "Compare captured, settled and applied with the bank's balance.",
        check: { check: "systems agree" },
      },
    ],
    exit: OVER,
    drill: {
      system: "payments",
      breaks: [down("payments")],
      traffic: Array(5).fill({
        path: "/systems/shop/acts/place-order",
        body: { lines: [{ sku: "SEAL-9", quantity: "4" }] },
      }),
      mends: [mend("payments")],
    },
  },
  {
    id: "RUN-08",
    title: "A cloud service is slow, limits us or fails",
    effect: "What is sent to it is late; other systems are not affected.",
    when: "A service in the cloud answers slowly, refuses for too many calls, or fails.",
    systems: ["crm", "pricing", "finance"],
    trigger: [{ check: "answers" }],
    steps: [
      {
        do: "Tell apart slow, limiting and failing on the page of the system: latency, errors, its own words.",
      },
      { do: "Pause what can wait (catalogue, reporting); orders and postings keep going." },
      { do: "See that the others are not affected.", check: { check: "others answer" } },
      { do: "Where questions run out of time, answers with their age stand in; note here since when." },
      {
        do: "When it is stable, calls rise again by themselves; let go last what was paused.",
        check: { check: "answers" },
      },
      {
        do: "Look for answers that only looked like success: compare counts with the service.",
        check: { check: "systems agree" },
      },
    ],
    exit: OVER,
    drill: {
      system: "crm",
      breaks: [{ path: "/systems/crm/faults", body: { fault: "error", status: 503 } }],
      traffic: ORDERS,
      mends: [mend("crm")],
    },
  },
  {
    id: "RUN-09",
    title: "Replay and reconcile after an outage",
    effect: "What a system missed reaches it once; nobody else hears it again.",
    when: "A system has contradicted others for longer than it may, as after an outage that has ended.",
    systems: ["finance", "erp", "wms", "crm"],
    whoeverMustAgree: true,
    trigger: [{ check: "systems agree" }],
    steps: [
      { do: "Fix the window by the time of the facts and by their arrival; list the systems it touched." },
      {
        do: "Compare open orders, stock and ledger, less what is still on its way.",
        check: { check: "nothing waits" },
      },
      { do: "Name the kind of each difference: timing, missing, doubled, mapping, rounding, true." },
      {
        do: "For what is missing choose exactly those facts and that system, and read the preview: what it has already is not sent.",
      },
      {
        do: "Replay one, see it confirmed at the system, then the rest.",
        check: { check: "nothing unclear" },
      },
      { do: "For what is doubled have the reversal made, with a second person above the limit." },
      {
        do: "Compare again, and sign with your name what is left as timing.",
        check: { check: "systems agree" },
      },
    ],
    exit: [...OVER, { check: "systems agree" }],
    // The CRM was read back from a backup, and does not know any more that goods left.
    drill: {
      system: "crm",
      contradicts: true,
      compares: { agreement: "orders", grace: "5s" },
      traffic: ORDERS,
      breaks: [
        {
          path: "/systems/crm/acts/read-back",
          body: { having: "Paid_At__c", without: ["Dispatched_At__c"], last: ORDERS.length },
        },
      ],
      mends: [],
    },
  },
];
