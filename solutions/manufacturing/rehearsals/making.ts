/** Rehearsals of what a plant does: machine output, production orders, periods. Lots stand in `lots.ts`. */
import { send } from "crossdock";
import { costing, finance, master, operations, plant, production } from "crossdock/canon";
import { approved, type Rehearsal, rehearsal, STILL } from "crossdock/testing";
import { standardPolicy } from "../policy.ts";
import { machineOutput } from "../processes/machine-output.ts";
import { periodEnd } from "../processes/period-end.ts";
import { productionOrder } from "../processes/production-order.ts";

const policy = { ...standardPolicy, cyclesPerReport: 2 };
export const each = (value: string) => ({ value, uom: "EA" });
const of = { productionOrderId: "PR-1", plant: "LYO" };

// Machines ----------------------------------------------------------------------------------------------------------

const machine = machineOutput(policy);
const assigned = master.AccountChanged.of({
  ...master.AccountChanged.sample,
  account: "CC-9",
  workCentre: "WC-9",
});
const cycle = (number: number) =>
  production.MachineCycleCompleted.of({
    workCentre: "WC-9",
    plant: "LYO",
    item: "PUMP-100",
    cycle: number,
    good: 1,
    scrap: 0,
    productionOrderId: "PR-1",
    completedAt: STILL,
  });
const counted = (number: number) => ({
  cycle: number,
  good: 1,
  order: "PR-1",
  item: "PUMP-100",
  plant: "LYO",
});
const centre = { workCentre: "WC-9", costCentre: "CC-9", told: 0, open: [] };

const firstTwo = production.OutputCompleted.of({
  ...of,
  reportId: "WC-9/1-2",
  item: "PUMP-100",
  quantity: each("2"),
  workCentre: "WC-9",
  costCentre: "CC-9",
  cycles: { from: 1, to: 2 },
  completedAt: STILL,
});
const noCostCentre = operations.ExceptionRaised.of({
  subject: "workCentre/WC-9",
  fingerprint: "machine-output/no-cost-centre",
  class: "data",
  state: "held",
  title: "A work centre has no cost centre.",
  reason:
    "What WC-9 makes is counted and waits, because nobody can say who bears it. Give WC-9 a cost centre in the master data, and it goes by itself.",
  owner: "finance",
});

const machines: Rehearsal[] = [
  rehearsal("a work centre begins with its cost centre", machine)
    .given()
    .when(assigned)
    .decides({ state: centre, reach: "assigned" }),
  rehearsal("enough cycles in a row are one report", machine)
    .given(assigned, cycle(1))
    .when(cycle(2))
    .decides({
      state: { ...centre, told: 2 },
      publish: [firstTwo],
    }),
  rehearsal("a cycle told again counts once", machine)
    .given(assigned, cycle(1))
    .when(cycle(1))
    .decides({ note: "Cycle 1 was counted before." }),
  rehearsal("a gap waits for what is on its way", machine)
    .given(assigned, cycle(1))
    .when(cycle(3))
    .decides({ state: { ...centre, open: [counted(1), counted(3)] } }),
  rehearsal("what a work centre without a cost centre makes is counted, and shown once", machine)
    .given()
    .when(cycle(1))
    .decides({ state: { ...centre, costCentre: null, open: [counted(1)] }, publish: [noCostCentre] }),
  rehearsal("a second cycle of it waits as well", machine)
    .given(cycle(1))
    .when(cycle(2))
    .decides({ state: { ...centre, costCentre: null, open: [counted(1), counted(2)] } }),
  rehearsal("its master record releases what was counted, and nobody has to look any more", machine)
    .given(cycle(1), cycle(2), cycle(3))
    .when(assigned)
    .decides({
      state: { ...centre, told: 2, open: [counted(3)] },
      reach: "assigned",
      publish: [
        operations.ExceptionResolved.of({
          subject: "workCentre/WC-9",
          fingerprint: "machine-output/no-cost-centre",
          how: "by itself",
          reason: "CC-9 bears what WC-9 makes.",
        }),
        firstTwo,
      ],
    }),
  rehearsal("another cost centre holds from now on", machine)
    .given(assigned)
    .when(master.AccountChanged.of({ ...assigned.data, account: "CC-7", recordVersion: 2 }))
    .decides({ state: { ...centre, costCentre: "CC-7" } }),
];

// Production orders ---------------------------------------------------------------------------------------------------

const orders = productionOrder(policy);
const released = production.ProductionOrderReleased.of({
  ...of,
  item: "PUMP-100",
  quantity: each("2"),
  materials: [{ item: "HOUS-4", quantity: each("2") }],
  routing: [],
});
const open = {
  ...of,
  item: "PUMP-100",
  ordered: "2",
  made: "0",
  scrapped: "0",
  started: false,
  completed: false,
  heard: [],
  posting: [],
  checking: [],
  held: [],
  nextOpenDay: "",
  closing: false,
};
export const output = production.OutputCompleted.of({
  ...of,
  reportId: "OC-1",
  item: "PUMP-100",
  quantity: each("2"),
  lot: "L-1",
  completedAt: STILL,
});
export const days = { documentDate: "2026-01-05", postingDate: "2026-01-05" };
const asked = (sourceDocument: string, day = "2026-01-05") =>
  finance.PostingRequested.of({
    sourceDocument,
    ledger: "ERP",
    productionOrderId: "PR-1",
    fiscalPeriod: day.slice(0, 7),
    periodId: `ME-01/${day.slice(0, 7)}`,
  });
const taken = (reportId: string) =>
  plant.ReverseProductionMovement.of({ ...of, reportId, reason: "The order was given up." });
export const accepted = (sourceDocument: string, more: { lot?: string; periodId?: string } = {}) =>
  finance.PostingAccepted.of({
    sourceDocument,
    ledger: "ERP",
    ledgerReference: "5000001",
    productionOrderId: "PR-1",
    ...more,
  });
const lost = production.ScrapDeclared.of({
  ...of,
  reportId: "SC-1",
  item: "HOUS-4",
  quantity: each("3"),
  reasonCode: "cracked",
  declaredAt: STILL,
});
const scrap = { reportId: "SC-1", item: "HOUS-4", quantity: "3", reasonCode: "cracked", day: "2026-01-05" };
const checked = (isOpen: boolean) =>
  costing.PeriodChecked.of({
    productionOrderId: "PR-1",
    reportId: "SC-1",
    fiscalPeriod: "2026-01",
    open: isOpen,
    nextOpenDay: isOpen ? "2026-01-05" : "2026-02-01",
  });
const scrapping = (postingDate: string) =>
  send(
    plant.PostScrap.of({
      ...of,
      reportId: "SC-1",
      item: "HOUS-4",
      quantity: each("3"),
      reasonCode: "cracked",
      documentDate: "2026-01-05",
      postingDate,
    }),
    { undo: taken("SC-1") },
  );

const production_: Rehearsal[] = [
  rehearsal("a released order goes to the plant, and can be called back", orders)
    .given()
    .when(released)
    .decides({
      state: open,
      reach: "released",
      send: [
        send(
          plant.ReleaseProductionOrder.of({
            ...of,
            item: "PUMP-100",
            quantity: each("2"),
            materials: [{ item: "HOUS-4", quantity: each("2") }],
            scheduleVersion: 1,
            askedAt: STILL,
          }),
          {
            undo: plant.CancelProductionOrder.of({
              ...of,
              askedAt: STILL,
              reason: "The order was given up.",
            }),
          },
        ),
      ],
    }),
  rehearsal("what is made is booked under its report", orders)
    .given(released)
    .when(output)
    .decides({
      state: { ...open, made: "2", started: true, completed: true, heard: ["OC-1"], posting: ["OC-1"] },
      reach: ["started", "completed"],
      publish: [asked("OC-1")],
      send: [
        send(
          plant.PostProductionReceipt.of({
            ...of,
            reportId: "OC-1",
            item: "PUMP-100",
            quantity: each("2"),
            ...days,
            lot: "L-1",
          }),
          { undo: taken("OC-1") },
        ),
        send(
          plant.PutAway.of({
            ...of,
            reportId: "OC-1",
            item: "PUMP-100",
            quantity: each("2"),
            lot: "L-1",
            completedAt: STILL,
          }),
        ),
      ],
    }),
  rehearsal("the same report again changes nothing", orders)
    .given(released, output)
    .when(output)
    .decides({ note: "Report OC-1 was heard before." }),
  rehearsal("a loss asks whether its period is open", orders)
    .given(released)
    .when(lost)
    .decides({
      state: { ...open, heard: ["SC-1"], checking: [scrap] },
      send: [send(plant.CheckPeriod.of({ productionOrderId: "PR-1", reportId: "SC-1", day: "2026-01-05" }))],
    }),
  rehearsal("in an open period it is booked on its own day", orders)
    .given(released, lost)
    .when(checked(true))
    .decides({
      state: { ...open, heard: ["SC-1"], posting: ["SC-1"] },
      publish: [asked("SC-1")],
      send: [scrapping("2026-01-05")],
    }),
  rehearsal("in a closed one the controller is asked", orders)
    .given(released, lost)
    .when(checked(false))
    .decides({
      state: { ...open, heard: ["SC-1"], held: [scrap], nextOpenDay: "2026-02-01" },
      publish: [
        costing.PostingHeldForPeriod.of({
          sourceDocument: "SC-1",
          ledger: "ERP",
          fiscalPeriod: "2026-01",
          documentDate: "2026-01-05",
          policy: "ask",
          owner: "controller",
          productionOrderId: "PR-1",
        }),
      ],
      ask: [
        {
          approval: "late posting",
          because:
            "3 HOUS-4 were lost on 2026-01-05, and that period is closed. Approve to book it on 2026-02-01.",
        },
      ],
    }),
  rehearsal("who books it into the next one, under its own day", orders)
    .given(released, lost, checked(false))
    .when(approved("late posting", "clara"))
    .decides({
      state: { ...open, heard: ["SC-1"], posting: ["SC-1"], nextOpenDay: "2026-02-01" },
      publish: [asked("SC-1", "2026-02-01")],
      send: [scrapping("2026-02-01")],
      note: "clara books it into the next open period.",
    }),
];

// Periods -------------------------------------------------------------------------------------------------------------

const periods = periodEnd(policy);
const period = (periodStatus: "soft-closed" | "closed" | "open") =>
  costing.PeriodStatusChanged.of({
    periodId: "ME-01/2026-01",
    entity: "ME-01",
    fiscalPeriod: "2026-01",
    periodStatus,
    by: "clara",
    changedAt: STILL,
  });
const watched = { periodId: "ME-01/2026-01", status: "open" as const, inFlight: ["OC-1"], accepted: 0 };

const closing: Rehearsal[] = [
  rehearsal("a period is not ready while a posting is in flight", periods)
    .given(asked("OC-1"))
    .when(period("soft-closed"))
    .decides({
      state: { ...watched, status: "soft-closed" },
      reach: "closing",
      note: "Not ready: 1 postings are in flight.",
    }),
  rehearsal("the last accepted posting makes it ready", periods)
    .given(asked("OC-1"), period("soft-closed"))
    .when(accepted("OC-1", { periodId: "ME-01/2026-01" }))
    .decides({ state: { ...watched, status: "soft-closed", inFlight: [], accepted: 1 }, reach: "ready" }),
  rehearsal("one that closed with something open is shown", periods)
    .given(asked("OC-1"))
    .when(period("closed"))
    .decides({
      state: { ...watched, status: "closed" },
      reach: "closed",
      publish: [
        operations.ExceptionRaised.of({
          subject: "period/ME-01/2026-01",
          fingerprint: "period-end/closed-with-open-postings",
          class: "business hold",
          state: "held",
          title: "A period closed before its last posting.",
          reason: "1 postings of ME-01/2026-01 are not accepted: OC-1.",
          owner: "controller",
        }),
      ],
    }),
];

export const rehearsals: readonly Rehearsal[] = [...machines, ...production_, ...closing];
