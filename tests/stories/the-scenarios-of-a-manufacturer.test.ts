/**
 * Scenarios of a manufacturer, told one after the other in one world: each ends by reading the systems' own books. They stand in
 * `manufacturer/`.
 *
 * @covers EVT-09, EVT-10, EVT-11, EVT-12, EVT-15, EVT-16, EVT-17, EVT-18, EVT-19, EVT-20, EVT-21, EVT-22, EVT-23, EVT-24, EVT-25, EVT-26, EVT-27, EVT-28,
 *   EVT-30, EVT-43, EVT-44, PRC-02, PRC-03, PRC-08, PRC-11, PRC-12, PRC-13, PRC-14, PRC-15, PRC-16, PRC-17, PRC-19, PRC-27, PRC-29, SCN-02, SCN-04, SCN-05, SCN-09,
 *   SCN-12, SYS-13, SYS-15, SYS-17, SYS-24, SYS-25, SYS-26, SYS-27, SYS-39, SYS-40
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { standardPolicy } from "../../solutions/distribution/policy.ts";
import { plantOf } from "./kit/plant.ts";
import { openWorld, type World } from "./kit/world.ts";
import { buying } from "./manufacturer/buying.ts";
import { edge } from "./manufacturer/edge.ts";
import { machinesComplete } from "./manufacturer/machines-complete.ts";
import { makeToOrder } from "./manufacturer/make-to-order.ts";
import { periodEnds } from "./manufacturer/period-end.ts";
import { rejection } from "./manufacturer/rejection.ts";
import { scheduleMoves } from "./manufacturer/schedule.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld({
    settings: {
      policy: {
        reviews: { ...standardPolicy.reviews, credit: { by: "credit-team", within: "1s" } },
        due: { ...standardPolicy.due, "credit approved": "1s" },
        invoiceRelease: { above: "9000.00", by: "controller", within: "4h" },
      },
    },
    plantPolicy: { madeToOrder: ["PUMP-100"] },
  });
});
afterAll(() => world.close());

const { order, release, atMes, until, reached } = plantOf(() => world);

const missedPromise = makeToOrder(() => world);
machinesComplete(() => world);
rejection(() => world);
scheduleMoves(() => world);
periodEnds(() => world);

describe("a production order that used more than its bill says", () => {
  test("what is left in process is booked as variance when it is settled, and told with its kind", async () => {
    await release("PR-7031", "2");
    await atMes("PR-7031");
    // One housing more than two pumps need: 80.00.
    const materials = [
      { item: "HOUS-4", quantity: "3" },
      { item: "SEAL-9", quantity: "4" },
      { item: "MOTOR-7", quantity: "2" },
    ];
    await world.estate.act("mes", "consume", { order: "PR-7031", report: "MC-7031", materials });
    await until("the materials are booked", async () => (await order("PR-7031")).wip === "560.00");
    const made = { order: "PR-7031", item: "PUMP-100", quantity: "2", report: "OC-7031" };
    await world.estate.act("mes", "complete", made);
    await until("the output is booked", async () => (await order("PR-7031")).produced === "2");
    await world.estate.act("erp", "close-production", { order: "PR-7031" });
    await until("the order is settled", async () => (await order("PR-7031")).state === "closed");
    const { ledger: entries } = await world.books("erp");
    const settled = entries
      .filter((one: { entitySet: string }) => one.entitySet === "A_ProductionSettlement")
      .at(-1);
    expect(settled.lines).toEqual([
      { account: "Work in process", debit: "120.00", credit: "0.00" },
      { account: "Conversion", debit: "0.00", credit: "120.00" },
      { account: "Production variance", debit: "80.00", credit: "0.00" },
      { account: "Work in process", debit: "0.00", credit: "80.00" },
    ]);
    expect((await order("PR-7031")).wip).toBe("0.00");
    await until("the variance is told", async () => {
      const { rows } = await world.pool.query(
        "select readable(data)->'usage'->>'amount' as usage from event where contract = 'production.variance-calculated' and data like '%PR-7031%'",
      );
      return rows.length === 1 && rows[0].usage === "80.00";
    });
  });
});

describe("components at a supplier", () => {
  test("what the ERP says left and came back adds up, or the buyer sees the difference", async () => {
    const head = { purchaseOrder: "PO-701", order: "PR-7020", supplier: "V-310" };
    const housings = (quantity: string) => [{ sku: "HOUS-4", quantity }];
    await world.estate.act("erp", "send-components", { ...head, report: "SS-1", components: housings("40") });
    await world.estate.act("erp", "receive-subcontract", {
      ...head,
      report: "SR-1",
      item: "PUMP-100",
      quantity: "38",
      used: housings("38"),
      returned: housings("1"),
      scrapped: housings("1"),
    });
    await until("every piece is accounted for", async () =>
      (await reached("subcontract", "PO-701")).includes("accounted"),
    );
    expect((await world.books("erp")).atSuppliers).toEqual({ "PO-701/HOUS-4": "0" });
  });
});

buying(() => world);
edge(() => world);

missedPromise();
