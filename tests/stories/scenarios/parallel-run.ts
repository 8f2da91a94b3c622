/**
 * The first half of SCN-08: goods receipts are booked by the ERP in place and, where they do not count, by the one that is to follow.
 *
 * What must stay true at the end: the live books hold every receipt once and nothing else, what the next ERP booked of it counts in none
 * of its own books, and whoever decides sees how many differed, by which cause, and when they no longer did.
 */
import { expect } from "vitest";
import { plantOf } from "../kit/plant.ts";
import type { World } from "../kit/world.ts";

// biome-ignore lint/suspicious/noExplicitAny: rows of the systems' books, each of its own shape.
type Row = any;

const CUTOVER = "goods-receipt/ME-01/LYO";
/** Receipts of one purchase order are booked in turn, those of several beside each other. */
const ORDERS = 20;
const VALVES = "PO-8000";
/** How many receipts come when; a valve is what the next ERP has a wrong price of. */
const BEFORE = { valves: 0, seals: 5 };
const FIRST = { valves: 14, seals: 186 };
const MORE = { valves: 7, seals: 93 };
const AFTER = { valves: 0, seals: 4 };

export async function goodsReceiptsInBothErps(world: World): Promise<void> {
  const { answer, reached } = plantOf(() => world);
  const until = <Value>(what: string, look: () => Promise<Value | undefined | false>) =>
    world.until(what, 30_000, look);
  const rows = async (text: string, ...values: unknown[]): Promise<Row[]> =>
    (await world.pool.query(text, values)).rows;
  const differences = async (): Promise<Row[]> =>
    (
      await rows(
        "select readable(data) as data from event where contract = 'operations.parallel-difference-found' order by position",
      )
    ).map(({ data }) => data);
  const state = async (): Promise<Row> => {
    const [row] = await rows("select body from instance where process = 'cut-over' and key = $1", CUTOVER);
    return JSON.parse(row.body).state;
  };
  const want = async (to: string, reason: string) => {
    const [step, entity, plant] = CUTOVER.split("/");
    const asked = await world.post(
      "/v1/cutover-requests",
      { cutoverId: CUTOVER, step, entity, plant, to, by: "maria", reason },
      `${to} ${reason}`,
    );
    expect(asked.status, JSON.stringify(asked.body)).toBe(202);
    return answer("cut-over", CUTOVER, "switch", "approved", reason);
  };
  const number = (at: number) => `PO-80${String(at).padStart(2, "0")}`;
  let seals = 0;
  const atTheDoor = async (count: { readonly valves: number; readonly seals: number }) => {
    const receive = (purchaseOrderId: string, sku: string) =>
      world.estate.act("wms", "receive-goods", {
        purchaseOrderId,
        lines: [{ line: "1", sku, quantity: "12" }],
      });
    await Promise.all([
      ...Array.from({ length: count.valves }, () => receive(VALVES, "VALVE-20")),
      ...Array.from({ length: count.seals }, () => receive(number(1 + (seals++ % (ORDERS - 1))), "SEAL-9")),
    ]);
  };
  const booked = async (): Promise<Row[]> =>
    ((await world.books("erp")).documents.A_GoodsReceipt ?? []).filter(({ PurchaseOrder }: Row) =>
      PurchaseOrder.startsWith("PO-80"),
    );
  const next = async () => {
    const { documents, shadow, trialBalance } = await world.books("s4cloud");
    return { documents: (documents.A_MaterialDocumentHeader ?? []) as Row[], shadow, trialBalance };
  };
  const stock = async () =>
    Promise.all(
      (["erp", "wms"] as const).map(async (name) => {
        const { stock: held } = await world.books(name);
        return ["SEAL-9", "VALVE-20"].map((one) => Number(held[one].onHand));
      }),
    );
  const before = await stock();

  for (let at = 0; at < ORDERS; at++)
    await world.estate.act("procurement", "approve", {
      requisition: number(at).replace("PO", "RQ"),
      supplier: "V-310",
      needBy: "2026-12-20",
      lines: [
        number(at) === VALVES
          ? { sku: "VALVE-20", quantity: "300", price: "30.00" }
          : { sku: "SEAL-9", quantity: "300", price: "5.00" },
      ],
    });
  await until("all are ordered", async () => {
    const [{ count }] = await rows(
      "select count(*)::int from instance where process = 'procure-to-pay' and key like 'PO-80%' and status = 'running'",
    );
    return count === ORDERS;
  });

  // Until somebody wants to compare, and somebody who answers for it agrees, the next ERP hears nothing.
  await atTheDoor(BEFORE);
  await until("they are booked", async () => (await booked()).length === BEFORE.seals);
  expect((await next()).documents).toEqual([]);
  expect(await want("shadow", "The parallel run begins.")).toBe(
    `maria wants ${CUTOVER} to go from legacy to shadow: The parallel run begins.`,
  );
  await until("both book", async () => (await state()).stage === "shadow");

  // The price of a pack was taken over as that of a piece. The next ERP is too busy for some; one of its answers is lost, and one of the first's.
  await world.estate.settings("s4cloud", { costs: { "VALVE-20": "360.00" } });
  await world.estate.fault("s4cloud", "busy", { times: 3, on: "writes" });
  await world.estate.fault("s4cloud", "lose-answer", { times: 1, on: "writes" });
  await world.estate.fault("erp", "lose-answer", { times: 1, path: "A_GoodsReceipt" });
  await atTheDoor(FIRST);
  await until("all are compared", async () => (await state()).compared === 200);
  expect(await state()).toMatchObject({ half: {}, causes: { "value of VALVE-20": FIRST.valves } });
  const found = await differences();
  expect(found).toHaveLength(FIRST.valves);
  expect(found[0]).toMatchObject({
    cause: "value of VALVE-20",
    differences: [{ figure: "value", live: "360.00", shadow: "4320.00" }],
  });
  expect(await reached("cut-over", CUTOVER)).toEqual(["compared"]);

  // The price is put right, and a hundred are booked alike in a row: it is good enough, and says so to whoever decides.
  await world.estate.settings("s4cloud", { costs: { "VALVE-20": "30.00" } });
  await atTheDoor(MORE);
  await until("the criterion is met", async () =>
    (await reached("cut-over", CUTOVER)).includes("criterion met"),
  );
  await until("all are compared", async () => (await state()).compared === 300);
  expect(await state()).toMatchObject({ half: {}, causes: { "value of VALVE-20": FIRST.valves } });
  expect(await want("legacy", "The parallel run is over.")).toMatch(
    /: The parallel run is over\. 300 compared, 95\.3 %, 1\d\d alike in a row\.$/,
  );
  await until("the first books alone", async () => (await state()).stage === "legacy");
  await atTheDoor(AFTER);
  const all = 309;
  const live = await until("they are booked", async () => {
    const documents = await booked();
    return documents.length === all && documents;
  });

  // Every book: the first ERP holds each receipt once, the next one those of the parallel run, in no books that count.
  const { documents, shadow, trialBalance } = await next();
  const references = (of: readonly Row[]) => of.map(({ ExternalReference }) => ExternalReference).toSorted();
  expect(new Set(references(live)).size).toBe(all);
  const beside = documents.map(({ reference }) => reference);
  expect(new Set(beside).size).toBe(300);
  expect(documents).toHaveLength(300);
  expect(references(live)).toEqual(expect.arrayContaining(beside));
  expect(trialBalance).toMatchObject({ debit: "0.00", credit: "0.00" });
  const cents = (text: string) => Math.round(Number(text) * 100);
  const worth = live
    .filter(({ ExternalReference }) => beside.includes(ExternalReference))
    .reduce((sum, { Amount }) => sum + cents(Amount), 0);
  expect(cents(shadow.debit)).toBe(worth + FIRST.valves * (432_000 - 36_000));
  expect(shadow.debit).toBe(shadow.credit);
  const came = [(all - 21) * 12, 21 * 12];
  expect(await stock()).toEqual(before.map((held) => held.map((one, at) => one + (came[at] ?? 0))));

  // Whose turn it was stayed with each; who switched, and why; each fault fired; nothing is left to do.
  const switched = await rows(
    "select readable(data) as data from event where contract = 'operations.cutover-switched' order by position",
  );
  expect(switched.map(({ data: { from, to, by, reason } }) => ({ from, to, by, reason }))).toEqual([
    { from: "legacy", to: "shadow", by: "somebody", reason: "The parallel run begins." },
    { from: "shadow", to: "legacy", by: "somebody", reason: "The parallel run is over." },
  ]);
  expect(
    await rows(
      "select readable(data)->>'stage' as stage, count(*)::int from event where contract = 'inventory.goods-received' and data like '%PO-80%' group by 1 order by 1",
    ),
  ).toEqual([
    { stage: "legacy", count: 4 },
    { stage: "shadow", count: 300 },
    { stage: null, count: 5 },
  ]);
  expect((await world.estate.faults("s4cloud")).fired).toMatchObject({ busy: 3, "lose-answer": 1 });
  expect((await world.estate.faults("erp")).fired["lose-answer"]).toBeGreaterThan(0);
  expect(
    await rows(
      "select contract, status from delivery where status not in ('applied', 'superseded', 'cancelled') and (subject like 'PO-80%' or correlation like 'PO-80%')",
    ),
  ).toEqual([]);
}
