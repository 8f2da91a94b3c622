/** The example decides as rehearsed, and runs from its first line to its last. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { approved, check, declined, overdue, rehearsal } from "crossdock/testing";
import { expect, test } from "vitest";
import { OrderPlaced, OrderPosted } from "./contracts.ts";
import { toOrder } from "./flows.ts";
import { orderToErp, posting } from "./process.ts";

const small = OrderPlaced.sample;
const large = { ...small, total: { amount: "25000.00", currency: "EUR" } };
const waiting = { order: large, documentNumber: null };

const rehearsals = [
  rehearsal("a small order is booked at once", orderToErp)
    .given()
    .when(OrderPlaced.of(small))
    .decides({
      state: { order: small, documentNumber: null },
      reach: ["received", "credit cleared"],
      send: [posting(small)],
    }),
  rehearsal("a large order waits for the credit team", orderToErp)
    .given()
    .when(OrderPlaced.of(large))
    .decides({ state: waiting, reach: "received", ask: ["credit review"] }),
  rehearsal("an approved order is booked", orderToErp)
    .given(OrderPlaced.of(large))
    .when(approved("credit review"))
    .decides({ reach: "credit cleared", send: [posting(large)] }),
  rehearsal("a declined order is given up", orderToErp)
    .given(OrderPlaced.of(large))
    .when(declined("credit review", "No."))
    .decides({ end: { abandon: "Credit was declined: No." } }),
  rehearsal("an overdue review is noted", orderToErp)
    .given(OrderPlaced.of(large))
    .when(overdue("credit review"))
    .decides({ note: "Order SO-1 still waits for credit." }),
  rehearsal("a booked order is done", orderToErp)
    .given(OrderPlaced.of(small))
    .when(OrderPosted.of(OrderPosted.sample))
    .decides({
      state: { order: small, documentNumber: "4500001" },
      reach: "posted",
      end: "completed",
    }),
];
for (const one of rehearsals) test(one.name, () => check(one));

test("the shop's words become ours", () => {
  expect(
    toOrder({ number: "SO-1", reference: "PO-1", customer: "C-1", amount: "1200.00", currency: "EUR" }),
  ).toEqual(small);
});

test("it runs: a lost answer books once, a person decides, a repetition changes nothing", () => {
  const said = execFileSync(process.execPath, ["--conditions=source", join(import.meta.dirname, "main.ts")], {
    encoding: "utf8",
    timeout: 60_000,
    env: { ...process.env, DATABASE_URL: "" },
  });
  expect(said).toBe(
    `SO-1 is booked. The ERP never answered; it was asked, and had booked it.
SO-2 waits for the credit team.
SO-2 is booked.
SO-1 sent again is a duplicate.
The ERP's books: 4500001 SO-1, 4500002 SO-2
`,
  );
}, 90_000);
