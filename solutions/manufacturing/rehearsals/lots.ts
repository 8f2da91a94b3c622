/** Rehearsals of a lot: made, held, let go or rejected, in whatever order one hears of it. */
import { send } from "crossdock";
import { inventory, operations, plant, quality, stock } from "crossdock/canon";
import { approved, elapsed, type Rehearsal, rehearsal, STILL } from "crossdock/testing";
import { standardPolicy } from "../policy.ts";
import { lotQuality } from "../processes/lot-quality.ts";
import { accepted, days, each, output } from "./making.ts";

const lots = lotQuality(standardPolicy);
const lot = { lot: "L-1", item: "PUMP-100", plant: "LYO", productionOrderId: "PR-1" };
const rejected = quality.LotRejected.of({
  ...lot,
  decisionId: "QD-2",
  quantity: each("1"),
  rejectReasonCode: "leaks",
  rejectActionCode: "scrap",
  rejectedAt: STILL,
});
const held = quality.LotHeld.of({
  ...lot,
  decisionId: "QD-1",
  reason: "Test is due.",
  quantity: each("2"),
  heldAt: STILL,
});
const statusChanged = (
  of: Pick<(typeof stock.StockStatusChanged)["sample"], "decisionId" | "from" | "to" | "changeId">,
) =>
  stock.StockStatusChanged.of({
    lot: "L-1",
    item: "PUMP-100",
    quantity: each("2"),
    changedAt: STILL,
    ...of,
  });
const putAway = statusChanged({ from: "in-transit", to: "available", changeId: "GR-1" });
const hold = {
  decisionId: "QD-1",
  quantity: "2",
  from: "available" as const,
  to: "quality-hold" as const,
  reason: "Test is due.",
  done: false,
};
const made = {
  ...lot,
  made: "2",
  held: "0",
  decided: "0",
  changes: [],
  scraps: [],
  putAway: false,
  booked: false,
  heard: [],
};
const change = (
  one: Omit<typeof hold, "from" | "to" | "done"> & {
    from: "available" | "quality-hold";
    to: "quality-hold" | "damaged";
  },
) =>
  send(
    plant.ChangeStockStatus.of({
      lot: "L-1",
      item: "PUMP-100",
      quantity: each(one.quantity),
      from: one.from,
      to: one.to,
      decisionId: one.decisionId,
      reason: one.reason,
    }),
  );
const leaks = {
  decisionId: "QD-2",
  quantity: "1",
  from: "quality-hold" as const,
  to: "damaged" as const,
  reason: "leaks",
  done: false,
};
const loss = { decisionId: "QD-2", quantity: "1", reason: "leaks", day: "2026-01-05", done: false };

/** Held; one piece of it rejected since it was put away; and rejected before anybody told of the hold. */
const onHold = { ...made, held: "2", changes: [hold], heard: ["QD-1"] };
const partRejected = {
  ...onHold,
  decided: "1",
  changes: [hold, leaks],
  scraps: [loss],
  heard: ["QD-1", "QD-2"],
  putAway: true,
};
const rejectedEarly = {
  ...made,
  decided: "1",
  changes: [{ ...leaks, from: "available" as const }],
  scraps: [loss],
  heard: ["QD-2"],
};
/** The warehouse is given a minute for it. */
const correcting = { start: ["stock correction" as const] };
const shown = (fingerprint: string, title: string, reason: string, owner: string) =>
  operations.ExceptionRaised.of({
    subject: "lot/L-1",
    fingerprint: `lot-quality/${fingerprint}`,
    class: "business hold",
    state: "held",
    title,
    reason,
    owner,
  });
const setAside = inventory.StockAllocated.of({
  salesOrderId: "SO-1",
  allocationId: "AL-1",
  reportId: "WH-1",
  allocations: [{ line: "1", item: "PUMP-100", quantity: each("1") }],
  shortfall: [],
  lot: "L-1",
  allocatedAt: STILL,
});

const letGo = quality.LotReleased.of({
  ...lot,
  decisionId: "QD-3",
  quantity: each("2"),
  decision: "release",
  releasedAt: STILL,
});

export const rehearsals: readonly Rehearsal[] = [
  rehearsal("a lot begins with the output that made it", lots).given().when(output).decides({ state: made }),
  rehearsal("a hold before the put-away waits for it", lots)
    .given(output)
    .when(held)
    .decides({
      state: onHold,
      reach: "held",
      send: [],
      ...correcting,
    }),
  rehearsal("what is set aside of it beyond what was never held is shown at once", lots)
    .given(output, held)
    .when(setAside)
    .decides({
      state: { ...onHold, allocated: "1", heard: ["QD-1", "WH-1"] },
      publish: [
        shown(
          "allocated-before-release",
          "Pieces of a lot were allocated before quality released them.",
          "1 PUMP-100 of lot L-1 were set aside for SO-1 while they are on hold. Have them taken from another lot, or the lot decided.",
          "quality",
        ),
      ],
    }),
  rehearsal("what is set aside of a lot nobody holds is nobody's business", lots)
    .given(output)
    .when(setAside)
    .decides({
      state: { ...made, allocated: "1", heard: ["WH-1"] },
      note: "1 are set aside for SO-1.",
    }),
  rehearsal("the put-away carries out what waited", lots)
    .given(output, held)
    .when(putAway)
    .decides({
      state: { ...onHold, putAway: true },
      send: [change(hold)],
      ...correcting,
    }),
  rehearsal("a rejection corrects stock at once, and the ledger when the output is booked", lots)
    .given(output, held, putAway)
    .when(rejected)
    .decides({
      state: partRejected,
      send: [change(leaks)],
      ...correcting,
    }),
  rehearsal("the booked output lets the loss be booked", lots)
    .given(output, held, putAway, rejected)
    .when(accepted("OC-1", { lot: "L-1" }))
    .decides({
      state: { ...partRejected, booked: true },
      send: [
        send(
          plant.PostScrap.of({
            productionOrderId: "PR-1",
            plant: "LYO",
            reportId: "QD-2",
            item: "PUMP-100",
            quantity: each("1"),
            reasonCode: "leaks",
            lot: "L-1",
            ...days,
          }),
        ),
      ],
    }),
  rehearsal("a change the warehouse does not carry out is shown with both opinions", lots)
    .given(output, held, putAway)
    .when(elapsed("stock correction"))
    .decides({
      state: { ...onHold, putAway: true, apart: true },
      publish: [
        shown(
          "status-not-changed",
          "Quality says quality-hold, the warehouse says available.",
          "2 PUMP-100 of lot L-1: the warehouse took the change and did not carry it out.",
          "warehouse",
        ),
      ],
      ask: [
        {
          approval: "status change",
          because:
            "2 PUMP-100 of lot L-1 are still available in the warehouse. Approve to send the change again.",
        },
      ],
    }),
  rehearsal("and sent again when somebody says so", lots)
    .given(output, held, putAway, elapsed("stock correction"))
    .when(approved("status change"))
    .decides({ send: [change(hold)], ...correcting }),
  rehearsal("once it is carried out, nobody has to look at it any more", lots)
    .given(output, held, putAway, elapsed("stock correction"))
    .when(statusChanged({ decisionId: "QD-1", from: "available", to: "quality-hold", changeId: "ST-1" }))
    .decides({
      state: { ...onHold, changes: [{ ...hold, done: true }], putAway: true },
      publish: [
        operations.ExceptionResolved.of({
          subject: "lot/L-1",
          fingerprint: "lot-quality/status-not-changed",
          how: "by itself",
          reason: "The warehouse has carried out what quality decided.",
        }),
      ],
      reach: "contained",
      stop: ["stock correction"],
    }),
  rehearsal("a rejection that is told before its hold takes pieces that are for sale", lots)
    .given(output)
    .when(rejected)
    .decides({
      state: rejectedEarly,
      send: [],
      ...correcting,
    }),
  rehearsal("a hold told after a decision holds what is undecided", lots)
    .given(output, rejected)
    .when(held)
    .decides({
      state: {
        ...rejectedEarly,
        held: "2",
        changes: [...rejectedEarly.changes, { ...hold, quantity: "1" }],
        heard: ["QD-2", "QD-1"],
      },
      reach: "held",
      send: [],
      ...correcting,
    }),
  rehearsal("what is let go before anybody told of its hold stays for sale", lots)
    .given(output)
    .when(letGo)
    .decides({ state: { ...made, decided: "2", heard: ["QD-3"] } }),
  rehearsal("a hold of what was let go already changes nothing", lots)
    .given(output, letGo)
    .when(held)
    .decides({
      state: { ...made, held: "2", decided: "2", heard: ["QD-3", "QD-1"] },
      reach: ["held", "decided"],
      end: "completed",
    }),
];
