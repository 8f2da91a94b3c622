/**
 * Machines of plant DAY by Sparkplug, whose messages are lost and told again, and facts that stand at the broker for whoever comes later.
 *
 * Told in a world that has the landscape; it leaves nothing switched off.
 */
import { describe, expect, test } from "vitest";
import type { World } from "../kit/world.ts";

// biome-ignore lint/suspicious/noExplicitAny: rows of the systems' books, each of its own shape.
type Row = any;

export function machinesAndBroker(world: () => World): void {
  const until = <Value>(what: string, look: () => Promise<Value | undefined | false>) =>
    world().until(what, 20_000, look);
  const released = async (order: string) =>
    (
      await world().pool.query(
        "select from event where contract = 'production.order-released' and readable(data)->>'productionOrderId' = $1",
        [order],
      )
    ).rowCount === 1;

  describe("machines by Sparkplug, and the broker between sites", () => {
    test("cycles become reports before an ERP hears of them; what is lost is noticed, told again and counted once", async () => {
      await world().estate.act("mdm", "change", {
        kind: "account",
        id: "CC-D01",
        record: { kind: "cost-centre", workCentre: "WC-D1", plant: "DAY" },
      });
      await world().estate.act("dynamics", "release-production", {
        order: "PR-D2",
        item: "VALVE-20",
        quantity: "30",
      });
      await until("the order is known", () => released("PR-D2"));
      await until("the machines know that we listen", async () => (await world().books("edge")).hostIsThere);
      const run = (count: string) =>
        world().estate.act("edge", "run", { workCentre: "WC-D1", order: "PR-D2", item: "VALVE-20", count });
      const booked = async () =>
        ((await world().books("dynamics")).documents.productionmovements as Row[])
          .filter(({ fields }) => fields.productionorder === "PR-D2")
          .map(({ reference, fields }) => `${reference} ${fields.lines[0].quantity}`);

      await run("10");
      await until("ten cycles are one report", async () => (await booked()).length === 1);

      // Two messages are lost on the way: the edge is asked for its birth, and the count waits for what is missing.
      await world().estate.act("edge", "lose", { messages: "2" });
      await run("10");
      await until("the edge was born again", async () => (await world().books("edge")).births.node >= 3);
      await world().estate.act("edge", "tell-again", { last: "10" });
      await until("they are counted once", async () => (await booked()).length === 2);

      // The broker goes away and comes back; what the machines did meanwhile is told then.
      await world().estate.fault("broker", "down");
      await until("the machines have noticed", async () => !(await world().books("edge")).connected);
      await run("10");
      await world().estate.clear("broker", "down");
      await until("the last ten are counted", async () => (await booked()).length === 3);
      expect((await booked()).toSorted()).toEqual(["WC-D1/1-10 10", "WC-D1/11-20 10", "WC-D1/21-30 10"]);
    });

    test("facts stand at the broker under topics of their own, for whoever comes later", async () => {
      const { invoiceId, gross } = await until("an invoice stands there", async () => {
        const { retained } = await world().books("broker");
        const [text] = Object.entries(retained as Record<string, string>).flatMap(([topic, body]) =>
          topic.startsWith("meridian/invoices/") ? [body] : [],
        );
        const fact = text === undefined ? undefined : JSON.parse(text);
        return fact && { invoiceId: fact.invoiceId, gross: fact.taxInclusiveAmount.amount };
      });
      const { documents } = await world().books("erp");
      const billed = documents.A_BillingDocument.find((one: Row) => one.BillingDocument === invoiceId);
      expect(billed.TotalGrossAmount).toBe(gross);
    });
  });
}
