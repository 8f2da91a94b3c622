/** Rehearsals of invoices somebody releases, and of freight that is asked for as soon as what is short has a day. */
import { inventory } from "crossdock/canon";
import { approved, declined, overdue, rehearsal } from "crossdock/testing";
import * as acts from "../order-acts.ts";
import { orderToCash } from "../order-to-cash.ts";
import { raised } from "../order-words.ts";
import { standardPolicy } from "../policy.ts";
import * as facts from "./facts.ts";

const { at, each, eur, gone, NOW, ORDER, taxed } = facts;

const process = orderToCash({
  ...standardPolicy,
  invoiceRelease: { above: "4000.00", by: "controller", within: "4h" },
});
const told = (name: string) => rehearsal(name, process);
const held = gone({ shipments: [{ ...taxed, invoiceSent: false, invoiceHeld: true }] });

export const releaseRehearsals = [
  told("a large invoice waits for the controller, with its tax final")
    .given(...facts.toDispatch)
    .when(facts.taxFinalised())
    .decides({
      state: held,
      ask: [
        {
          approval: "invoice release",
          because: "The invoice for shipment SH-1 is over 5000.00 EUR net, above 4000.00.",
        },
      ],
    }),
  told("released, it is posted")
    .given(...facts.toDispatch, facts.taxFinalised())
    .when(approved("invoice release", "otto"))
    .decides({
      state: gone({ shipments: [taxed] }),
      send: acts.tellErp(gone({ shipments: [{ ...taxed, invoiceSent: false }] }), NOW).send,
      note: "otto released the invoice.",
    }),
  told("withheld, it is shown and asked again")
    .given(...facts.toDispatch, facts.taxFinalised())
    .when(declined("invoice release", "The price is wrong.", "otto"))
    .decides({
      publish: [
        raised(at(), "invoice withheld", {
          title: "Goods have left and their invoice is withheld.",
          reason: "otto: The price is wrong.",
          owner: "finance",
          valueAtRisk: eur("5000.00"),
        }),
      ],
      ask: [{ approval: "invoice release", because: "otto withheld it: The price is wrong." }],
    }),
  told("an invoice nobody releases is asked about again")
    .given(...facts.toDispatch, facts.taxFinalised())
    .when(overdue("invoice release"))
    .decides({
      state: { ...held, reminders: 1 },
      ask: [
        { approval: "invoice release", because: "Goods have left and their invoice waits; asked 2 times." },
      ],
    }),
  told("what is short and has a day gets a truck before it is there")
    .given(...facts.toShipping.slice(0, -1))
    .when(
      inventory.OrderBackordered.of({
        salesOrderId: ORDER,
        orderLine: `${ORDER}/1`,
        line: "1",
        item: "PUMP-100",
        backorderQuantity: each("10"),
        reason: "They are made.",
        newPromise: "2026-01-12",
        backorderedAt: NOW,
      }),
    )
    .decides({
      state: { ...facts.fulfilling(), freight: { attempts: 1 } },
      publish: [facts.freightRequested(1)],
      send: [acts.bookFreight(facts.fulfilling(), 1)],
      note: "PUMP-100 is promised for 2026-01-12.",
    }),
];
