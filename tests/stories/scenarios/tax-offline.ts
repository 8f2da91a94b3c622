/**
 * SCN-07: the tax engine is offline, and orders of a consumer's shop come in.
 *
 * The scenario counts 121 orders and 80 shipments; every run tells it with a tenth of them, `STORY_FULL=yes` with all.
 *
 * What must stay true at the end: every order is accepted, most of them on a promised tax; nothing was invoiced with it; each shipment is
 * taxed and invoiced once; what was confirmed wrongly is corrected; no promise is left to be made true.
 */
import { expect } from "vitest";
import { promises } from "../../../src/trace/promises.ts";
import type { World } from "../kit/world.ts";
import { endsInAgreement } from "./ending.ts";

// biome-ignore lint/suspicious/noExplicitAny: rows of the systems' books, each of its own shape.
type Row = any;

const FULL = process.env.STORY_FULL === "yes";
const [PROMISED, SHIPPED] = FULL ? [120, 80] : [12, 8];
const ORDERS = PROMISED + 1;
const eur = (hundreds: number) => `${hundreds}00.00`;

export async function taxIsOfflineForAnHour(world: World): Promise<void> {
  const until = <Value>(what: string, look: () => Promise<Value | undefined | false>) =>
    world.until(what, 60_000, look);
  const place = async (number: string, country: string): Promise<string> => {
    await world.estate.act("shop", "place-order", {
      orderNumber: number,
      shipTo: { country },
      lines: [{ sku: "PUMP-100", quantity: "2", price: "500.00" }],
    });
    return number;
  };
  const orders = async (): Promise<Row[]> =>
    (await world.books("shop")).orders.filter(({ orderNumber }: Row) => /^WEB-[017]\d\d$/.test(orderNumber));
  const taxes = async () =>
    new Map<string, Row[]>(
      (await orders()).map(({ orderNumber, statuses }) => [
        orderNumber,
        statuses.filter(({ status }: Row) => status === "taxed"),
      ]),
    );
  const accepted = async () =>
    (await orders()).filter(({ statuses }) => statuses.some(({ status }: Row) => status === "accepted"));
  /** What the ERP holds of these orders. */
  const erp = async () => {
    const { documents, ...books } = await world.books("erp");
    const ours = new Set(
      documents.A_SalesOrder.filter(({ PurchaseOrderByCustomer: number }: Row) =>
        /^WEB-[017]\d\d$/.test(number),
      ).map(({ order }: Row) => order),
    );
    return { documents, ...books, isOurs: ({ order }: Row): boolean => ours.has(order) };
  };
  const booked = async (set: "A_BillingDocument" | "A_GoodsIssue"): Promise<Row[]> => {
    const { documents, isOurs } = await erp();
    return documents[set].filter(isOurs);
  };
  const invoices = () => booked("A_BillingDocument");
  const exposure = async () =>
    (await promises(world.pool)).exposure.find(({ inquiry }) => inquiry === "order-taxes");
  const dispatch = (orderId: string) => world.estate.act("wms", "dispatch", { orderId });

  for (const system of ["erp", "wms"] as const)
    await world.estate.settings(system, { stock: { "PUMP-100": "1000" } });
  await world.estate.settings("wms", { autoShip: false });
  // Normal traffic: the engine names its rate for what goes to France and to Belgium.
  const before = [await place("WEB-700", "FR"), await place("WEB-701", "BE")];
  for (const number of before) await world.reached(number, "allocated");
  expect((await taxes()).get("WEB-700")).toMatchObject([{ amount: "200.00" }]);

  // 09:00. It goes silent in the middle of its work: the first finalisation is committed, and nobody hears of it.
  await world.estate.fault("tax", "hang", { path: "/v2/" });
  const first = await place("WEB-001", "FR");
  await world.reached(first, "allocated");
  const firstId = (await orders()).find(({ orderNumber }) => orderNumber === first).orderId as string;
  await dispatch(firstId);
  await until("the first shipment is committed at the tax engine", async () => {
    const { documents } = (await world.books("tax")) as { documents: Row[] };
    return documents.some(({ documentCode }) => documentCode.startsWith(`${firstId}/`));
  });
  await world.estate.fault("tax", "down");
  await world.estate.clear("tax", "hang");
  const numbers = Array.from({ length: ORDERS - 1 }, (_, at) => `WEB-${String(at + 2).padStart(3, "0")}`);
  // One goes where the engine has never named a rate; one where the rate is about to change.
  const [unknown = "", changed = ""] = numbers;
  for (const number of numbers)
    await place(number, number === unknown ? "PT" : number === changed ? "BE" : "FR");
  await until(
    "all but one are accepted",
    async () => (await accepted()).length === ORDERS - 1 + before.length,
  );
  expect((await taxes()).get("WEB-005")).toMatchObject([
    { amount: "200.00", promisedFrom: expect.any(String) },
  ]);
  expect(await exposure()).toEqual({
    inquiry: "order-taxes",
    promises: PROMISED,
    money: [{ amount: eur(2 * PROMISED), currency: "EUR" }],
  });
  expect((await world.milestones(unknown)).accepted).not.toBe("reached");

  // Eighty shipments leave on time, the Belgian one among them; their invoices wait.
  const known = await orders();
  const leaving = [changed, ...numbers.slice(2)]
    .slice(0, SHIPPED - 1)
    .map((number) => known.find(({ orderNumber }) => orderNumber === number).orderId as string);
  for (const number of [changed, ...numbers.slice(2)]) await world.reached(number, "allocated");
  for (const order of leaving) await dispatch(order);
  await until("every goods issue is booked", async () => {
    return (await booked("A_GoodsIssue")).length === SHIPPED;
  });
  expect(await invoices()).toEqual([]);

  // 10:00. It is back with another rate for Belgium, goes away once more, and is back for good.
  await world.estate.settings("tax", { rates: { "C-SHOP/BE": "0.10" } });
  await world.estate.clear("tax", "down");
  await until("the drain has begun", async () => (await invoices()).length > 1);
  await world.estate.fault("tax", "down", { ms: 1_500 });
  await until("everything that left is invoiced", async () => (await invoices()).length === SHIPPED);
  await until("no promise is left", async () => (await exposure()) === undefined);
  await world.reached(unknown, "accepted");
  await world.rest({ running: ORDERS - SHIPPED + before.length });

  // Channels: all accepted, one confirmation corrected.
  expect(await accepted()).toHaveLength(ORDERS + before.length);
  const told = await taxes();
  expect(told.get(changed)).toMatchObject([
    { amount: "200.00", promisedFrom: expect.any(String) },
    { amount: "100.00" },
  ]);
  expect(told.get(unknown)).toMatchObject([{ amount: "200.00" }]);
  const last = [...told.values()].map((each) => each.at(-1));
  expect(last.filter(({ promisedFrom }) => promisedFrom !== undefined)).toEqual([]);
  expect(last.filter(({ amount }) => amount !== "200.00")).toHaveLength(1);
  const settled = (await promises(world.pool)).promises.filter(
    ({ inquiry, state }) => inquiry === "order-taxes" && state === "differs",
  );
  expect(settled.map(({ difference, givenTo }) => [difference, givenTo])).toEqual([
    ["-100.00", `order/SO-SHOP-${changed}`],
  ]);

  // Tax engine: one committed document a shipment. ERP: one invoice each, and the cost at dispatch.
  const documents = (await world.books("tax")).documents.filter(({ documentCode }: Row) =>
    /^SO-SHOP-WEB-[017]\d\d[/]/.test(documentCode),
  );
  expect(documents).toHaveLength(SHIPPED);
  expect(new Set(documents.map(({ documentCode }: Row) => documentCode)).size).toBe(SHIPPED);
  // The one in doubt was looked up, and what was found is what counts.
  const { rows: tries } = await world.pool.query(
    `select a.outcome from attempt a join delivery d on d.key = a.delivery
      where d.correlation = $1 and d.contract = 'tax.finalise-document' order by a.number, a.at`,
    [`order/${firstId}`],
  );
  expect(tries.map(({ outcome }) => outcome)).toContain("found");
  const { ledger, isOurs } = await erp();
  const sums = new Map<string, number>();
  // What was paid since is agreed upon below, by every book.
  const posted = ledger.filter((one: Row) => isOurs(one) && one.entitySet !== "A_IncomingPayment");
  for (const { account, debit, credit } of posted.flatMap(({ lines }: Row) => lines))
    sums.set(account, (sums.get(account) ?? 0) + Number(debit) - Number(credit));
  expect(Object.fromEntries(sums)).toEqual({
    "Cost of sales": 600 * SHIPPED,
    "Finished goods": -600 * SHIPPED,
    Receivables: 1_200 * SHIPPED - 100,
    Revenue: -1_000 * SHIPPED,
    Tax: -(200 * SHIPPED - 100),
  });
  await endsInAgreement(world, {
    about: ["SO-SHOP-WEB-"],
    kinds: ["orders"],
    stock: ["PUMP-100"],
    faults: [
      ["tax", "hang"],
      ["tax", "down"],
    ],
  });
}
