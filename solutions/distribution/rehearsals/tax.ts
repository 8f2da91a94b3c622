/** Rehearsals of an order of the shop, which is accepted together with its tax: told by the tax engine, or promised while it is silent. */
import { sales } from "crossdock/canon";
import { approved, rehearsal } from "crossdock/testing";
import * as acts from "../order-acts.ts";
import { orderToCash } from "../order-to-cash.ts";
import { standardPolicy } from "../policy.ts";
import * as facts from "./facts.ts";

const { at, CUSTOMER, eur, line, NOW, ORDER, pumps } = facts;

const process = orderToCash(standardPolicy);
const told = (name: string) => rehearsal(name, process);

const order = { ...at().order, channel: "shop" as const };
const shop = (more: Parameters<typeof at>[0] = {}) => at({ order, ...more });
const captured = facts.captured({ channel: "shop" });
const priced = [captured, facts.prices()];
const confirmed = (amount: string, { change = 0, promised = false } = {}) => ({
  tax: { change, amount: eur(amount), promised },
});
const accepted = {
  reach: "accepted",
  publish: [
    sales.OrderAccepted.of({
      salesOrderId: ORDER,
      customerReference: "PO-4711",
      customer: CUSTOMER,
      acceptedAt: NOW,
    }),
  ],
  send: [acts.checkCredit(at())],
} as const;
const promised = facts.taxCalculated("1000.00", { promised: true });
const fulfilled = [...priced, promised, facts.creditApproved(), facts.onErpBooks];
const inFulfilment = (amount: string) =>
  shop({
    ...confirmed(amount),
    phase: "fulfilling",
    erp: { sent: true, orderId: "4500001", change: 0 },
    lines: [line({}, { askedToAllocate: "10" })],
  });

export const taxRehearsals = [
  told("an order of the shop is not accepted before its tax is known")
    .given()
    .when(captured)
    .decides({ state: shop(), send: [acts.checkPrices(at())] }),
  told("with its prices agreed, the tax engine is asked")
    .given(captured)
    .when(facts.prices())
    .decides({ state: shop({ phase: "checking tax" }), send: [acts.calculateTax(at())] }),
  told("so it is when a person honours the price")
    .given(captured, facts.prices("520.00"))
    .when(approved("price review"))
    .decides({
      state: shop({ phase: "checking tax" }),
      send: [acts.calculateTax(at())],
      note: "maria honours the quoted price.",
    }),
  told("with its tax the order is accepted, and goes on to credit")
    .given(...priced)
    .when(facts.taxCalculated("1000.00"))
    .decides({
      ...accepted,
      state: shop({ phase: "checking credit", ...confirmed("1000.00") }),
      note: "The tax is 1000.00 EUR.",
    }),
  told("a promised tax accepts it as well, and says how old it is")
    .given(...priced)
    .when(promised)
    .decides({
      ...accepted,
      state: shop({ phase: "checking credit", ...confirmed("1000.00", { promised: true }) }),
      note: "The tax engine is silent: 1000.00 EUR is promised at the rate it named at 2025-12-20T08:00:00Z.",
    }),
  told("when the engine says the same, the promise is kept")
    .given(...fulfilled)
    .when(facts.taxCalculated("1000.00"))
    .decides({ state: inFulfilment("1000.00"), note: "The tax is 1000.00 EUR, as promised." }),
  told("when it says something else, what was confirmed is corrected")
    .given(...fulfilled)
    .when(facts.taxCalculated("500.00"))
    .decides({
      state: inFulfilment("500.00"),
      note: "The tax is 500.00 EUR, and 1000.00 was confirmed; the channel is told what is right.",
    }),
  told("a promise that comes after the answer changes nothing")
    .given(...priced, facts.taxCalculated("1000.00"))
    .when(promised)
    .decides({ note: "The tax of the order is known already." }),
  told("the tax of what was changed since is not taken")
    .given(...priced, facts.changed("12"))
    .when(facts.taxCalculated("1000.00"))
    .decides({ note: "The tax told is that of change 0, which was overtaken." }),
  told("an order accepted before is not accepted again when a change is taxed")
    .given(...priced, facts.taxCalculated("1000.00"), facts.changed("12"), facts.prices("500.00", 1))
    .when(facts.taxCalculated("1200.00", { change: 1 }))
    .decides({
      state: shop({
        phase: "checking credit",
        change: 1,
        lines: [line({ ordered: "12" })],
        ...confirmed("1200.00", { change: 1 }),
      }),
      send: [acts.checkCredit(at({ change: 1, lines: [line({ ordered: "12" })] }))],
      note: "The tax is 1200.00 EUR.",
    }),
  told("wanting less is taxed anew")
    .given(...priced, facts.taxCalculated("1000.00"), facts.creditApproved(), facts.onErpBooks)
    .when(facts.changed("8"))
    .decides(
      (() => {
        const less = line({ ordered: "10", cancelled: "2" }, { askedToAllocate: "8", askedToRelease: "2" });
        const state = {
          ...inFulfilment("1000.00"),
          change: 1,
          lines: [less],
          erp: { sent: true, orderId: "4500001", change: 1 },
        };
        return {
          state,
          send: [
            ...acts.tellErp({ ...state, erp: { ...state.erp, change: 0 } }, NOW).send,
            acts.releaseAllocation(at(), [pumps("2")], "The order was changed."),
            acts.calculateTax(state),
          ],
        };
      })(),
    ),
];
