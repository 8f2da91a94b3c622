/**
 * SCN-13: planning of the nineties goes on writing its files while finance moves to a platform of its own, and analytics comes a day later.
 *
 * What must stay true at the end: two hundred completions stand once in the ERP, on the finance platform and in analytics, worth the
 * same; planning was changed in nothing; and filling analytics reached nobody else.
 */
import { expect } from "vitest";
import { compared, contradictions, found as foundIn } from "../agreement/kit.ts";
import { plantOf } from "../kit/plant.ts";
import type { World } from "../kit/world.ts";
import { endsInAgreement } from "../scenarios/ending.ts";

// biome-ignore lint/suspicious/noExplicitAny: rows of the systems' books, each of its own shape.
type Row = any;
interface Posting {
  readonly account: string;
  readonly debit: string;
  readonly credit: string;
}

/** Cents by account, debits positive. */
function totals(lines: readonly Posting[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { account, debit, credit } of lines)
    sums[account] = (sums[account] ?? 0) + Math.round(Number(debit) * 100) - Math.round(Number(credit) * 100);
  return sums;
}

export async function legacyPlanning(world: World, besides: Readonly<Record<string, string>>): Promise<void> {
  const { order, release, atMes } = plantOf(() => world);
  const until = <Value>(what: string, look: () => Promise<Value | undefined | false>) =>
    world.until(what, 30_000, look);
  const all = async (text: string, ...values: unknown[]) => (await world.pool.query(text, values)).rows;
  const began = new Date().toISOString();
  for (const system of ["erp", "wms"] as const)
    await world.estate.settings(system, { stock: { "PUMP-100": "0" } });
  await world.estate.settings("erp", { costElements: { "PR-1302": "CE-77" } });
  await world.estate.settings("fusion", { unknownElements: ["CE-77"] });
  for (const [id, pieces] of [
    ["PR-1301", "192"],
    ["PR-1302", "8"],
  ] as const) {
    await release(id, pieces);
    await atMes(id);
  }

  const one = { plant: "LYO", item: "PUMP-100", quantity: "1" };
  const made = (of: string, count: number) => Array.from({ length: count }, () => ({ ...one, order: of }));
  // Ten lines of the first file stand in the second one again, which comes cut off and then whole, while finance is away.
  await world.estate.act("planning", "send-hour", { number: "HR-1301", completions: made("PR-1301", 100) });
  const journals = async (): Promise<Row[]> =>
    ((await world.books("fusion")).documents.ledgerJournals ?? []).filter(({ fields }: Row) =>
      /, HR-130[12]-/.test(fields.Description),
    );
  await until("finance has begun", async () => (await journals()).length > 0);
  await world.estate.fault("fusion", "down");
  await world.estate.fault("planning", "error", { times: 1 });
  const again = Array.from({ length: 10 }, (_, at) => ({
    ...one,
    order: "PR-1301",
    report: `HR-1301-${at + 1}`,
  }));
  await world.estate.act("planning", "send-hour", {
    number: "HR-1302",
    completions: [...made("PR-1301", 92), ...made("PR-1302", 8), ...again],
  });
  await until("both orders are made", async () => {
    const [first, second] = [await order("PR-1301"), await order("PR-1302")];
    return first.produced === "192" && second.produced === "8";
  });
  // The part of a file is kept with its bytes, and said where it ends.
  const [torn] = await all(
    "select state, length(body) as bytes from arrival where flow = 'planned-completions' and state = 'quarantined'",
  );
  expect(torn).toMatchObject({ state: "quarantined" });
  expect(Number(torn.bytes)).toBeGreaterThan(1_000);
  const [shown] = await all(
    "select id::text as id, title, reason from exception where resolved_at is null and connection = 'old-planning'",
  );
  expect(shown.reason).toContain("The file ends in the middle of line 67, so it is not whole.");

  // Finance is back and does not know a cost element: the first of its eight lines is set aside, and what follows it waits in order.
  await world.back("fusion");
  const parked = () =>
    all("select status, reason from delivery where connection = 'fusion' and status in ('parked', 'held')");
  const [aside] = await until("the first is set aside", async () => {
    const rows = await parked();
    return rows.length > 0 && rows;
  });
  expect(aside?.reason).toContain("account CE-77");
  const [{ owed }] = (await all(
    "select count(*)::int as owed from delivery where connection = 'fusion' and contract = 'finance.cost-posted' and status <> 'applied'",
  )) as [{ owed: number }];
  expect(owed).toBeGreaterThanOrEqual(8);
  expect((await journals()).length + owed).toBe(200);
  await world.estate.settings("fusion", { unknownElements: [] });
  await world.estate.act("ledger", "change-account", { account: "CE-77", class: "cost-element" });
  await until("the master record has released them", async () => (await journals()).length === 200);
  expect(await parked()).toEqual([]);

  // Day 2: analytics subscribes, and is filled with what it missed. Nobody else hears of it.
  // Asked what it holds it may be at any time; told it was nothing.
  const told = async () => {
    const sql =
      "select count(*)::int as owed, sum(attempts)::int as tries from delivery where connection = 'fusion'";
    const { documents } = await world.books("fusion");
    return [documents, (await world.pool.query(sql)).rows];
  };
  const before = await told();
  expect((await world.books("bi")).facts).toEqual([]);
  await world.subscribe(besides);
  const selection = (await world.ask("POST", "/api/selections", {
    act: "backfill",
    chosen: { backfill: { flow: "bi-hears-finance-cost-posted", from: began } },
    reason: "Analytics has subscribed.",
  })) as { id: string };
  await world.press(`/api/selections/${selection.id}/decide`, {
    word: "run",
    reason: "Analytics has subscribed.",
  });
  const facts = await until("analytics has all of it", async () => {
    const mine = (await world.books("bi")).facts.filter(({ sourceDocument = "" }: Row) =>
      /^HR-130[12]-/.test(sourceDocument),
    );
    return mine.length >= 200 && mine;
  });
  expect(new Set(facts.map(({ sourceDocument }: Row) => sourceDocument)).size).toBe(200);
  expect(facts).toHaveLength(200);
  expect(await told()).toEqual(before);
  await world.estate.act("erp", "value-stock", { sku: "PUMP-100" });
  const valued = await until("analytics hears the value", async () =>
    (await world.books("bi")).facts.find(({ type }: Row) => type === "finance.inventory-valued"),
  );
  expect(valued).toMatchObject({
    quantity: { value: "200", uom: "EA" },
    value: { amount: "60000.00", currency: "EUR" },
  });
  await whatThePlatformLostIsFound(world);

  // Every book: the ERP, the platform and analytics agree to the cent, and planning was told nothing.
  const erp = await world.books("erp");
  const receipts = erp.documents.A_PlantMovement.filter(({ ExternalReference }: Row) =>
    /^HR-130[12]-/.test(ExternalReference),
  );
  expect(receipts).toHaveLength(200);
  expect(erp.stock["PUMP-100"].onHand).toBe("200");
  const booked = totals(
    erp.ledger
      .filter(({ reference }: Row) => /^HR-130[12]-/.test(reference))
      .flatMap(({ lines }: Row) => lines),
  );
  expect(booked).toEqual({ "Finished goods": 6_000_000, "Work in process": -6_000_000 });
  const inFinance = await journals();
  expect(totals(inFinance.flatMap(({ posting }) => posting))).toEqual(booked);
  expect(new Set(inFinance.map(({ fields }) => fields.Description)).size).toBe(200);
  expect(
    facts.reduce((sum: number, { amount }: Row) => sum + Math.round(Number(amount.amount) * 100), 0),
  ).toBe(6_000_000);
  expect((await world.books("planning")).told.map(({ number }: Row) => number).slice(-2)).toEqual([
    "HR-1301",
    "HR-1302",
  ]);
  expect((await world.estate.describe()).planning).toMatchObject({ served: 0, webhooksWaiting: 0 });
  const { notes } = JSON.parse(
    (await all("select body from instance where process = 'production-order' and key = 'PR-1301'"))[0].body,
  ) as { notes: { text: string }[] };
  expect(notes.filter(({ text }) => /was heard before/.test(text))).toHaveLength(10);
  // The file came whole: whoever looks after planning says that the torn one needs nobody any more.
  await world.press(`/api/exceptions/${shown.id}/resolve`, { reason: "It came again, whole." });
  await endsInAgreement(
    world,
    {
      about: ["PR-130", "HR-130"],
      kinds: ["production-orders", "stock"],
      stock: ["PUMP-100"],
      faults: [
        ["planning", "error"],
        ["fusion", "down"],
      ],
    },
    { landscape: true },
  );
  for (const system of ["erp", "wms"] as const)
    await world.estate.settings(system, { stock: { "PUMP-100": "100000" } });
}

/** The platform loses a value of stock and a cost of production; each is found with the money it is about, sent again, and agreed. */
async function whatThePlatformLostIsFound(world: World): Promise<void> {
  const held = async (collection: string): Promise<Row[]> =>
    (await world.books("fusion")).documents[collection] ?? [];
  await world.until("the platform hears the value", 20_000, async () => {
    const [valuation] = await held("inventoryValuations");
    return valuation?.fields.EnteredValue === "60000.00";
  });
  const found = async (kind: string, document: string) => {
    await compared(world, kind, "0s");
    const all = await contradictions(world, kind);
    return all
      .filter(({ subject }) => subject.endsWith(document))
      .map((one) => [...foundIn([one]), one.worth?.amount]);
  };
  for (const [kind, subject, milestone, collection, is, worth] of [
    ["stock", "position/PUMP-100/LYO", "valued", "inventoryValuations", () => true, "60000.00"],
    [
      "production-orders",
      "productionOrder/PR-1301",
      "completed",
      "ledgerJournals",
      ({ fields }: Row) => fields.SourceOrder === "PR-1301",
      "300.00",
    ],
  ] as const) {
    expect(await found(kind, subject)).toEqual([]);
    const lost = (await held(collection)).find(is);
    await world.estate.act("fusion", "lose-document", { set: collection, number: lost.number });
    const figure = milestone === "valued" ? "value" : "cost";
    const number = subject.slice(subject.indexOf("/") + 1);
    expect(await found(kind, subject)).toEqual([
      [`${number} ${milestone}: figures of ${figure}; send again at fusion`, worth],
    ]);
    await world.press(`/api/agreements/of/${encodeURIComponent(subject)}/mend`, {
      milestone,
      how: "send again",
      reason: "The platform was read back from a backup.",
    });
    await world.until("they agree again", 20_000, async () => {
      const sql = "select stand from agreement where subject = $1";
      return (await world.pool.query(sql, [subject])).rows[0]?.stand === "agree";
    });
  }
}
