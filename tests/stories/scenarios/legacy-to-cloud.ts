/**
 * SCN-08: goods receipts move from the ERP in place to the next one, behind doors that stay as they are.
 *
 * What must stay true at the end: each receipt stands in exactly one ledger that counts, as whose turn it was when the goods came says;
 * both ledgers together are what the warehouse holds; and every switch, every difference and what somebody entered past us has a name
 * and a reason.
 */
import { expect, vi } from "vitest";
import { plantOf } from "../kit/plant.ts";
import { CONFIGURATION } from "../kit/server.ts";
import type { World } from "../kit/world.ts";
import { endsInAgreement } from "./ending.ts";

// biome-ignore lint/suspicious/noExplicitAny: rows of the systems' books, each of its own shape.
type Row = any;

const CUTOVER = "goods-receipt/ME-01/LYO";
/** Receipts of one purchase order are booked in turn, those of several beside each other. */
const ORDERS = 20;
const VALVES = "PO-8000";
const PACK = 12;
/** Receipts that come while both book, after the mapping is right, before, during and after the switches. */
const FIRST = { valves: 14, seals: 186 };
const MORE = { valves: 7, seals: 93 };
const IN_FLIGHT = { valves: 1, seals: 5 };
const THERE = { valves: 2, seals: 7 };
const BACK = { valves: 1, seals: 3 };
const all = (...counts: readonly { valves: number; seals: number }[]) =>
  counts.reduce((sum, { valves, seals }) => sum + valves + seals, 0);
/** A pack of valves is worth 360.00 and a dozen seals 60.00; both ERPs value a piece alike once they agree what a piece is. */
const PRICES = { "VALVE-20": 30, "SEAL-9": 5 } as const;

/** What the pack of a valve was taken for when the next ERP was connected: a piece. */
export const TAKEN_WRONGLY = { "VALVE-20": { unit: "PK", pieces: "1" } };

export async function legacyToCloudBehindStableApis(world: World): Promise<void> {
  const { answer, reached, kept } = plantOf(() => world);
  const until = <Value>(what: string, look: () => Promise<Value | undefined | false>) =>
    world.until(what, 30_000, look);
  const rows = async (text: string, ...values: unknown[]): Promise<Row[]> =>
    (await world.pool.query(text, values)).rows;
  const state = async (): Promise<Row> => {
    const [row] = await rows("select body from instance where process = 'cut-over' and key = $1", CUTOVER);
    return JSON.parse(row.body).state;
  };
  const ask = async (to: string, reason: string) => {
    const [step, entity, plant] = CUTOVER.split("/");
    const asked = await world.post(
      "/v1/cutover-requests",
      { cutoverId: CUTOVER, step, entity, plant, to, by: "maria", reason },
      `${to} ${reason}`,
    );
    expect(asked.status, JSON.stringify(asked.body)).toBe(202);
  };
  /** Asked where people look at it, and decided where they decide. */
  const go = async (to: string, reason: string) => {
    await world.press(`/api/cutovers/${encodeURIComponent(CUTOVER)}/ask`, { to, reason });
    const because = await answer("cut-over", CUTOVER, "switch", "approved", reason);
    await until(`the step is at ${to}`, async () => (await state()).stage === to);
    return because;
  };
  const board = async (): Promise<Row> => ((await world.ask("GET", "/api/cutovers")) as Row).cutovers[0];
  /** What a mapping would book of the receipts compared so far: that of the build that runs, or of another one. */
  const whatIf = async (...build: readonly string[]): Promise<Row> => {
    const { exit, out } = await world.xd("cutovers", "what-if", CUTOVER, "--json", ...build);
    const { replayed, alike, differing, unclearCount } = JSON.parse(out);
    return [
      exit,
      replayed,
      alike,
      differing.map(({ cause, count }: Row) => `${count} ${cause}`),
      unclearCount,
    ];
  };
  const number = (at: number) => `PO-80${String(at).padStart(2, "0")}`;
  let seals = 0;
  const atTheDoor = async (count: { readonly valves: number; readonly seals: number }) => {
    const receive = (purchaseOrderId: string, sku: string) =>
      world.estate.act("wms", "receive-goods", {
        purchaseOrderId,
        lines: [{ line: "1", sku, quantity: String(PACK) }],
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
  /** Receipts of the next ERP, beside its books and in them. */
  const next = async () => {
    const { documents, shadow, trialBalance, stock: held } = await world.books("s4cloud");
    const receipts = ((documents.A_MaterialDocumentHeader ?? []) as Row[]).map((one) => ({
      reference: one.reference as string,
      aside: one.fields.LedgerGroup === "SHADOW",
    }));
    const of = (aside: boolean) => receipts.filter((one) => one.aside === aside).map((one) => one.reference);
    return { beside: of(true), live: of(false), shadow, trialBalance, stock: held };
  };
  const stock = async () =>
    Promise.all(
      (["erp", "wms"] as const).map(async (name) => {
        const { stock: held } = await world.books(name);
        return ["SEAL-9", "VALVE-20"].map((one) => Number(held[one].onHand));
      }),
    );
  const before = await stock();
  const shapes = async () => (await world.request("GET", "/openapi.json")).body;
  const offered = await shapes();
  /** Calls of warehouse and procurement that were not taken at once. */
  const failed = async () =>
    Promise.all(
      (["wms", "procurement"] as const).map(async (name) => {
        const { created, tries, waiting } = (await world.books(name)).webhooks;
        return tries + waiting - created;
      }),
    );
  const failedBefore = await failed();

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

  // 1. Nobody makes the next ERP the one that counts before it has shown that it agrees. To compare, somebody has to answer for it.
  expect(await board()).toMatchObject({ id: CUTOVER, stage: "legacy", compared: 0 });
  await ask("cloud", "We are in a hurry.");
  await until("the hurry is refused", () => kept("cut-over", CUTOVER, "after 100 alike in a row"));
  expect(await go("shadow", "The parallel run begins.")).toBe(
    `somebody wants ${CUTOVER} to go from legacy to shadow: The parallel run begins.`,
  );

  // 2. 200 receipts. The next ERP limits how often it may be called; the one that counts waits for none of it. Answers are lost.
  await world.estate.settings("s4cloud", { limits: { perWindow: 30, windowMs: 60_000 } });
  await world.estate.fault("s4cloud", "lose-answer", { times: 1, on: "writes" });
  await world.estate.fault("erp", "lose-answer", { times: 1, path: "A_GoodsReceipt" });
  await atTheDoor(FIRST);
  await until("the first ERP has booked them", async () => (await booked()).length === all(FIRST));
  const meanwhile = await next();
  expect(meanwhile.beside.length).toBeLessThan(all(FIRST));
  expect(meanwhile.live).toEqual([]);
  await world.estate.settings("s4cloud", { limits: {} });
  await until("all are compared", async () => (await state()).compared === all(FIRST));
  expect(await state()).toMatchObject({ half: {}, causes: { "value of VALVE-20": FIRST.valves } });
  expect(await reached("cut-over", CUTOVER)).toEqual(["compared"]);

  const { score, differing } = await board();
  expect(score).toBe("93 %");
  expect(differing).toMatchObject([{ cause: "value of VALVE-20", count: FIRST.valves }]);
  expect(differing[0].documents[0].differences).toEqual([
    { figure: "value", live: "360.00", shadow: "4320.00" },
  ]);

  // The mapping is put right. Replayed with it nothing would differ any more: said of it before it runs, and of what runs then. Nothing
  // was booked by asking.
  const asked = (await next()).beside.length;
  expect(await whatIf()).toEqual([3, 200, 186, ["14 value of VALVE-20"], 0]);
  const { STORY_NEXT_UNITS: _, ...right } = world.environment;
  for (const [name, value] of Object.entries(right)) vi.stubEnv(name, value);
  expect(await whatIf("--config", CONFIGURATION)).toEqual([0, 200, 200, [], 0]);
  vi.unstubAllEnvs();
  await world.anew({ STORY_NEXT_UNITS: undefined });
  expect(await whatIf()).toEqual([0, 200, 200, [], 0]);
  expect((await next()).beside.length).toBe(asked);

  // 3. A hundred more agree: the criterion is met. Six are on their way while the step moves, and finish where they began.
  await atTheDoor(MORE);
  await until("the criterion is met", async () =>
    (await reached("cut-over", CUTOVER)).includes("criterion met"),
  );
  await until("all are compared", async () => (await state()).compared === all(FIRST, MORE));
  expect(await state()).toMatchObject({ half: {}, causes: { "value of VALVE-20": FIRST.valves } });
  await world.press("/api/systems/erp/decide", { verdict: "pause", reason: "The step moves." });
  await atTheDoor(IN_FLIGHT);
  await until(
    "the next ERP has them beside its books",
    async () => (await next()).beside.length === all(FIRST, MORE, IN_FLIGHT),
  );
  await until("somebody sees that only one has booked them", async () => {
    const [shown] = await rows(
      "select reason from exception where fingerprint = 'cut-over/half-booked' and resolved_at is null",
    );
    return shown?.reason.startsWith("The next ERP has booked ");
  });
  expect(await go("cloud", "A hundred in a row agree.")).toBe(
    `somebody wants ${CUTOVER} to go from shadow to cloud: A hundred in a row agree. 300 compared, 95.3 %, ${(await state()).inARow} alike in a row.`,
  );

  // During the switch an answer is lost, and nobody can look at the ERP before the worker is started anew. The new one looks and finds
  // nothing yet, because the ERP's search is behind; so it sends the command a second time, and the ERP takes it for what it is.
  const posts = async (): Promise<number> => (await world.books("erp")).refusedDuplicates;
  const twice = await posts();
  await world.estate.settings("erp", { searchBehind: 1 });
  await world.estate.fault("erp", "busy", { on: "reads", path: "A_GoodsReceipt", retryAfterSeconds: 1 });
  await world.estate.fault("erp", "lose-answer", { times: 1, path: "A_GoodsReceipt" });
  const lost = (await world.estate.faults("erp")).fired["lose-answer"] ?? 0;
  await world.press("/api/systems/erp/decide", { verdict: "resume", reason: "The step has moved." });
  await until(
    "an answer is lost",
    async () => ((await world.estate.faults("erp")).fired["lose-answer"] ?? 0) > lost,
  );
  await world.anew({});
  await world.estate.clear("erp", "busy");
  await until(
    "what was on its way is booked where it began",
    async () => (await booked()).length === all(FIRST, MORE, IN_FLIGHT),
  );
  await until("both have booked them", async () => Object.keys((await state()).half).length === 0);
  expect((await posts()) - twice).toBe(1);
  expect((await next()).live).toEqual([]);
  expect((await state()).overlapped).toBe(all(IN_FLIGHT));

  // 4. Nine receipts in the next ERP. A drill: back at once, four receipts, and forward again.
  await atTheDoor(THERE);
  await until("the next ERP has booked nine", async () => (await state()).booked.cloud === all(THERE));
  await go("legacy", "A drill.");
  await atTheDoor(BACK);
  await until(
    "the first has booked four",
    async () => (await state()).booked.legacy === all(FIRST, MORE, IN_FLIGHT, BACK),
  );
  expect(await go("cloud", "The drill is over.")).toContain("310 booked by the first, 9 by the next.");

  // Somebody books a receipt at the first ERP's own screen: it is shown, and taken back.
  const { number: entered } = await world.estate.act("erp", "receive-by-hand", {
    purchaseOrder: number(1),
    sku: "SEAL-9",
    quantity: "12",
    user: "PMILLER",
  });
  await until("it is shown", async () => {
    const [shown] = await rows(
      "select reason from exception where fingerprint = 'cut-over/entered-directly' and resolved_at is null",
    );
    return shown?.reason.startsWith(`PMILLER entered ${entered} of ${number(1)} there.`);
  });
  expect(
    await answer("cut-over", CUTOVER, "reversal", "approved", "The next ERP has these goods."),
  ).toContain(
    `PMILLER entered goods receipt ${entered} of ${number(1)} over 60.00 EUR directly in the first ERP`,
  );
  await until("it is taken back", async () => (await state()).foreign[0]?.stands === "reversed");

  // Every book: each receipt in exactly one ledger that counts, and both together as the warehouse counted.
  const legacy = await booked();
  const foreign = legacy.filter((one) => one.number === entered);
  const references = legacy
    .filter((one) => one.number !== entered)
    .map(({ ExternalReference }) => ExternalReference as string);
  const cloud = await next();
  expect([references.length, foreign.length, cloud.live.length, cloud.beside.length]).toEqual([
    310, 1, 9, 306,
  ]);
  const receipts = ((await world.books("wms")).goodsReceipts as Row[])
    .filter(({ purchaseOrderId = "" }) => purchaseOrderId.startsWith("PO-80"))
    .map(({ id }) => id);
  expect([...references, ...cloud.live].toSorted()).toEqual(receipts.toSorted());
  expect(new Set(cloud.beside).size).toBe(306);
  const reversals = (await world.books("erp")).documents.A_GoodsReceiptReversal as Row[];
  expect(reversals.map((one) => one.MaterialDocumentReference)).toEqual([entered]);

  const came = { valves: 0, seals: 0 };
  for (const { valves, seals: more } of [FIRST, MORE, IN_FLIGHT, THERE, BACK]) {
    came.valves += valves * PACK;
    came.seals += more * PACK;
  }
  const there = { valves: THERE.valves * PACK, seals: THERE.seals * PACK };
  const [erp, wms] = await stock();
  expect(wms).toEqual([before[1]![0]! + came.seals, before[1]![1]! + came.valves]);
  expect(erp).toEqual([
    before[0]![0]! + came.seals - there.seals,
    before[0]![1]! + came.valves - there.valves,
  ]);
  expect(cloud.stock).toEqual({ "VALVE-20": String(there.valves), "SEAL-9": String(there.seals) });
  // In money: what the first holds more, and what the next holds, is what the warehouse took in, at cost.
  const cost = { valves: PRICES["VALVE-20"] * 100, seals: PRICES["SEAL-9"] * 100 };
  const worth = (of: { valves: number; seals: number }) => of.valves * cost.valves + of.seals * cost.seals;
  const inCloud = Math.round(Number(cloud.trialBalance.accounts.Inventory.balance) * 100);
  expect(inCloud).toBe(worth(there));
  const mine = new Set([...legacy, ...reversals].map((one) => one.number));
  const inLegacy = ((await world.books("erp")).ledger as Row[])
    .filter(({ document }) => mine.has(document))
    .flatMap(({ lines }) => lines as Row[])
    .filter(({ account }) => account === "Raw material" || account === "Finished goods")
    .reduce((sum, { debit, credit }) => sum + Math.round(100 * (Number(debit) - Number(credit))), 0);
  expect(inLegacy + inCloud).toBe(worth(came));

  const { stage, switches, overlap, foreign: past, booked: where } = await board();
  expect([stage, where, overlap.length]).toEqual(["cloud", { legacy: 310, cloud: 9 }, all(IN_FLIGHT)]);
  expect(new Set(overlap.map((one: Row) => `${one.came} ${one.ledger}`))).toEqual(new Set(["shadow legacy"]));
  expect(past).toMatchObject([{ document: entered, by: "PMILLER", value: "60.00", stands: "reversed" }]);
  expect(switches.map(({ from, to, by, reason }: Row) => [from, to, by, reason]).toReversed()).toEqual([
    ["legacy", "shadow", "somebody", "The parallel run begins."],
    ["shadow", "cloud", "somebody", "A hundred in a row agree."],
    ["cloud", "legacy", "somebody", "A drill."],
    ["legacy", "cloud", "somebody", "The drill is over."],
  ]);
  // Whoever calls us saw the same doors and shapes throughout, and no call failed.
  expect(await shapes()).toEqual(offered);
  expect(await failed()).toEqual(failedBefore);
  // At the command line the same stands.
  const listed = await world.xd("cutovers");
  expect([
    listed.exit,
    listed.out
      .split("\n")[1]
      ?.split(/\s{2,}/)
      .slice(0, 2),
  ]).toEqual([0, [CUTOVER, "cloud"]]);
  const { out } = await world.xd("cutovers", "show", CUTOVER);
  for (const line of [
    "In the first ledger 310, in the next 9, booked by one only 0",
    "14 documents differ by one cause: value of VALVE-20",
    "value: the first booked 360.00, the next would hold 4320.00",
    `${entered} was entered directly by PMILLER, worth 60.00: reversed`,
    "shadow → cloud by somebody: A hundred in a row agree.",
  ])
    expect(out).toContain(line);
  await endsInAgreement(
    world,
    {
      about: ["PO-80", CUTOVER],
      kinds: ["stock", "purchase-orders"],
      stock: ["SEAL-9", "VALVE-20"],
      faults: [
        ["s4cloud", "lose-answer"],
        ["erp", "lose-answer"],
      ],
    },
    { landscape: true },
  );
}
