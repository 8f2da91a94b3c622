/** SCN-02: what is out of stock is made for the order, or everything is taken back. */
import { describe, expect, test } from "vitest";
import { plantOf } from "../kit/plant.ts";
import type { World } from "../kit/world.ts";
import { balances, endsInAgreement } from "../scenarios/ending.ts";

const PIECES = { "PUMP-100": "0", "HOUS-4": "40", "MOTOR-7": "40", "SEAL-9": "30" };

/** Returns what is to be told last of all. */
export function makeToOrder(given: () => World): () => void {
  const { ledger, order, release, atMes, until, stockOf, reached, answer, kept, purchaseOrder } =
    plantOf(given);

  /** An order over the credit limit, approved late, until production is planned and a truck is booked. */
  async function planned(): Promise<{ number: string; made: string; bought: string; id: string }> {
    const world = given();
    for (const system of ["erp", "wms"] as const) await world.estate.settings(system, { stock: PIECES });
    const number = await world.orderByApi("C-BAKER", [{ sku: "PUMP-100", quantity: "20" }], {
      fate: "invoiced",
    });
    const id = `SO-BAKER-${number}`;
    // Nobody answers in time: it is asked again, and only then approved.
    await until("the credit team is reminded", () => kept("order-to-cash", id, '"reminders":1'));
    await answer("order-to-cash", id, "credit review", "approved", "Known for years.");
    const [made, bought] = [`PR-${id}-1`, `PO-${id}-1-SEAL-9`];
    await until("production is planned", async () =>
      (await reached("make-to-order", id)).includes("scheduled"),
    );
    await until("a truck is booked", async () =>
      (await world.books("tms")).bookings.some(
        (one: { orderId: string; status: string }) => one.orderId === id && one.status === "booked",
      ),
    );
    return { number, made, bought, id };
  }
  /** SEAL-9 as bought: at the door, in the ERP's stock. */
  async function received(bought: string): Promise<void> {
    await given().estate.act("wms", "receive-goods", {
      purchaseOrderId: bought,
      lines: [{ line: "1", sku: "SEAL-9", quantity: "10" }],
    });
    await until("the goods are booked", async () => (await receipt(bought)).length === 2);
  }
  /** What the ERP booked for the receipt of a purchase order. */
  async function receipt(bought: string): Promise<string[]> {
    const { documents } = await given().books("erp");
    const found = documents.A_GoodsReceipt.filter(
      (one: { PurchaseOrder: string }) => one.PurchaseOrder === bought,
    ) as { ExternalReference: string }[];
    return ledger(...found.map(({ ExternalReference }) => ExternalReference));
  }
  const stocks = async (system: "erp" | "wms") =>
    Object.fromEntries(
      await Promise.all(Object.keys(PIECES).map(async (sku) => [sku, await stockOf(system, sku)] as const)),
    );
  const shortage = async (made: string) => {
    const { rows } = await given().pool.query(
      "select data from event where contract = 'inventory.stock-shortage-detected' and data like $1",
      [`%${made}%`],
    );
    return rows
      .map(({ data }) => JSON.parse(data))
      .map(({ item, required, available }) => [item, required.value, available.value]);
  };

  /** The order of branch A, which goes on to wait for its money. */
  let first = "";
  const missed = async (order: string) =>
    (
      await given().pool.query(
        "select readable(data) as data from event where contract = 'operations.service-level-breached' and correlation = $1",
        [`order/${order}`],
      )
    ).rows.map(({ data }) => data);

  describe("SCN-02: make to order, with approvals and compensation", () => {
    test("branch A: components are set aside and bought, pumps are made, shipped and billed once the controller agrees", async () => {
      const world = given();
      const { number, made, bought, id } = await planned();
      first = id;
      expect(await shortage(made)).toEqual([["SEAL-9", "40", "30"]]);
      await received(bought);
      await release(made, "20");
      await atMes(made);
      const materials = [
        { item: "HOUS-4", quantity: "20" },
        { item: "SEAL-9", quantity: "40" },
        { item: "MOTOR-7", quantity: "20" },
      ];
      await world.estate.act("mes", "consume", { order: made, report: "MC-7002", materials });
      await until("the materials are booked", async () => (await order(made)).wip === "4800.00");
      await world.estate.act("mes", "complete", {
        order: made,
        report: "OC-7002",
        item: "PUMP-100",
        quantity: "20",
      });
      await world.reached(number, "dispatched");
      expect((await world.milestones(number)).invoiced).not.toBe("reached");
      await world.decide(number, "invoice release", "approved", "As agreed.");
      await world.reached(number, "invoiced");
      await world.estate.act("erp", "close-production", { order: made });
      await until("the order is settled", async () => (await order(made)).state === "closed");

      const { documents, ledger: entries, credit } = await world.books("erp");
      const sold = documents.A_BillingDocument.filter(
        (one: { TotalNetAmount: string }) => one.TotalNetAmount === "10000.00",
      );
      expect(sold).toMatchObject([{ TaxAmount: "2000.00", TotalGrossAmount: "12000.00" }]);
      expect(await receipt(bought)).toEqual(["Dr Raw material 50.00", "Cr GR/IR 50.00"]);
      const used = entries.filter(({ reference }: { reference: string }) => /^MC-7002/.test(reference));
      expect(balances(used.flatMap((one: { lines: never[] }) => one.lines))).toEqual({
        "Work in process": ["4800.00", "0.00"],
        "Raw material": ["0.00", "4800.00"],
      });
      expect(await ledger("OC-7002")).toEqual(["Dr Finished goods 6000.00", "Cr Work in process 6000.00"]);
      const settled = entries
        .filter((one: { entitySet: string }) => one.entitySet === "A_ProductionSettlement")
        .at(-1);
      expect(settled.lines).toEqual([
        { account: "Work in process", debit: "1200.00", credit: "0.00" },
        { account: "Conversion", debit: "0.00", credit: "1200.00" },
      ]);
      const of = entries.filter((one: { order: string | null }) => one.order === sold[0].SalesOrder);
      expect(
        of.flatMap((one: { lines: { account: string; debit: string; credit: string }[] }) =>
          one.lines.map(({ account, debit, credit: c }) =>
            debit === "0.00" ? `Cr ${account} ${c}` : `Dr ${account} ${debit}`,
          ),
        ),
      ).toEqual([
        "Dr Cost of sales 6000.00",
        "Cr Finished goods 6000.00",
        "Dr Receivables 12000.00",
        "Cr Revenue 10000.00",
        "Cr Tax 2000.00",
      ]);
      const left = { "PUMP-100": 0, "HOUS-4": 20, "MOTOR-7": 20, "SEAL-9": 0 };
      expect(await stocks("erp")).toEqual(left);
      expect(await stocks("wms")).toEqual(left);
      expect(credit["C-BAKER"]).toEqual({ limit: "8000.00", exposure: "12000.00" });
      await until("the freight is delivered", async () =>
        (await world.books("tms")).consignments.some(
          (one: { orderId: string; status: string }) => one.orderId === id && one.status === "delivered",
        ),
      );
      expect(
        (await world.books("tms")).bookings.filter((one: { orderId: string }) => one.orderId === id),
      ).toHaveLength(1);
      await endsInAgreement(world, {
        about: [id],
        kinds: ["orders", "production-orders", "purchase-orders"],
        stock: Object.keys(PIECES),
        faults: [],
      });
    });

    test("branch B: no carrier comes, and all is taken back, last first, but what the supplier has sent", async () => {
      const world = given();
      const { ledger: booked, credit: owing } = await world.books("erp");
      const before = booked.length;
      const { number, made, bought, id } = await planned();
      await world.estate.act("supplier", "ship", { purchaseOrderId: bought });
      await world.estate.fault("tms", "lose-answer", { times: 1, path: "freight-cancellations" });
      await world.estate.settings("tms", { rejectNext: 2 });
      await world.estate.act("tms", "withdraw", { orderId: id });
      await world.decide(number, "carrier review", "declined", "Nobody drives.");
      await until("the reservation is freed", async () => {
        const { stock } = await world.books("wms");
        return ["HOUS-4", "MOTOR-7", "SEAL-9"].every((sku) => stock[sku].allocated === "0");
      });
      await until("the ERP has neither", async () => {
        const { documents } = await world.books("erp");
        const cancelled = documents.A_SalesOrder.at(-1).OverallStatus === "cancelled";
        return cancelled && (await order(made)).state === "cancelled";
      });
      // The supplier has sent the goods: the buyer is told, and what comes after it is undone all the same.
      await until("the buyer is shown that it goes on", async () => {
        const { rows } = await world.pool.query(
          "select d.status, x.owner from delivery d join exception x on x.subject = d.key where d.contract = 'procurement.cancel-order' and d.correlation = $1",
          [`order/${id}`],
        );
        return rows.length === 1 && rows[0].status === "held" && rows[0].owner === "procurement";
      });
      const { rows: undone } = await world.pool.query(
        `select contract, status, (select string_agg(a.outcome, ',' order by a.number) from attempt a where a.delivery = d.key) as tries
           from delivery d where correlation = $1 and (contract like '%.cancel-%' or contract in ('erp.unschedule-production', 'wms.release-components', 'wms.release-allocation'))
          order by updated_at`,
        [`order/${id}`],
      );
      // The answer to the one was lost: it was looked up and found before anything after it was sent. The supplier refuses the other.
      const tried = undone.filter(({ tries }) => tries !== null);
      expect(tried.toSorted((one, other) => (one.contract < other.contract ? -1 : 1))).toEqual([
        { contract: "procurement.cancel-order", status: "held", tries: "refused" },
        { contract: "tms.cancel-freight", status: "applied", tries: "in doubt,found" },
      ]);
      // What two processes did in four systems is taken back as one list: what was sent last goes first, the sales order last.
      const settled = undone.map(({ contract }) => contract as string);
      expect([...new Set(settled)].filter((contract) => contract !== "procurement.cancel-order")).toEqual([
        "tms.cancel-freight",
        "erp.unschedule-production",
        "wms.release-components",
        "wms.release-allocation",
        "erp.cancel-sales-order",
      ]);
      // Every truck that was asked for; and nothing waits for the supplier, who waits for production like the others.
      const unplanned = settled.indexOf("erp.unschedule-production");
      expect(settled.lastIndexOf("tms.cancel-freight")).toBeLessThan(unplanned);
      expect(settled.indexOf("procurement.cancel-order")).toBeGreaterThan(unplanned);
      const { A_ProductionOrderCancellation: unscheduled, A_SalesOrderCancellation: cancelled } = (
        await world.books("erp")
      ).documents;
      expect(unscheduled.at(-1).at < cancelled.at(-1).at).toBe(true);
      const freight = (await world.books("tms")).bookings.filter(
        (one: { orderId: string }) => one.orderId === id,
      );
      expect(freight.map(({ status }: { status: string }) => status)).toEqual([
        "rejected",
        "rejected",
        "rejected",
      ]);

      await received(bought);
      expect(await receipt(bought)).toEqual(["Dr Raw material 50.00", "Cr GR/IR 50.00"]);
      const { ledger: entries, credit } = await world.books("erp");
      expect(entries.length - before).toBe(1);
      const left = { "PUMP-100": 0, "HOUS-4": 40, "MOTOR-7": 40, "SEAL-9": 40 };
      expect(await stocks("erp")).toEqual(left);
      expect(await stocks("wms")).toEqual(left);
      const held = (await world.books("wms")).stock;
      for (const sku of Object.keys(left)) expect(held[sku].allocated, `${sku} set aside`).toBe("0");
      // Nothing of this order is left on the customer's credit.
      expect(credit["C-BAKER"].exposure).toBe(owing["C-BAKER"]?.exposure ?? "0.00");
      expect((await purchaseOrder(bought)).state).toBe("shipped");
      // The buyer keeps the order the supplier would not take back.
      await endsInAgreement(world, {
        about: [id],
        kinds: ["orders", "production-orders", "purchase-orders"],
        stock: Object.keys(PIECES),
        faults: [["tms", "lose-answer"]],
        left: [/refused procurement.cancel-order|says not now to procurement.cancel-order/],
      });
      for (const system of ["erp", "wms"] as const)
        await world.estate.settings(system, {
          stock: { "PUMP-100": "100000", "HOUS-4": "100000", "MOTOR-7": "100000", "SEAL-9": "100000" },
        });
    });
  });
  // Whoever looks for what is late rests a hundred times as long as a look takes, on a busy machine a minute: it is waited for at the end.
  return () =>
    test("SCN-02: that the credit team let its time pass is told once, and nothing of what was in time", async () => {
      await given().until(
        "the missed promise is told",
        100_000,
        async () => (await missed(first)).length > 0,
      );
      expect(await missed(first)).toMatchObject([
        { subject: `order/${first}`, milestone: "credit approved", owner: "order-management" },
      ]);
    }, 120_000);
}
