/** Figures that go up and down all the time: when they settle, and when they are a difference. */
import { expect, test } from "vitest";
import type { Agreement } from "../contracts/agreement.ts";
import type { Judged } from "../contracts/judgement.ts";
import type { DueLook } from "../work/agreements.ts";
import type { Gathered } from "./agreement-store.ts";
import type { Arranged } from "./arrangement.ts";
import { Look } from "./look.ts";

const HOUR = 3_600_000;
const BEGAN = Date.parse("2026-01-05T12:00:00Z");
const FIGURE = "on hand";

const agreement = {
  milestones: { counted: { grace: "4h", systems: { erp: {}, wms: {} } } },
  moving: { milestone: "counted", figure: FIGURE, messages: {} },
  ours: () => ({}),
} as unknown as Agreement;
const nothing: Gathered = { instances: [], said: [], heard: [], told: [], nearer: [] };

/** What is judged at each hour, from what ERP and warehouse hold then; `[since, who holds what]` of the last. */
function looked(...held: readonly (readonly [erp: number, wms: number])[]) {
  let before: readonly Judged[] = [];
  for (const [hour, [erp, wms]] of held.entries()) {
    const now = BEGAN + hour * HOUR;
    const row = {
      subject: "position/PUMP-100/WH-LYO",
      judged: before.length > 0 ? JSON.stringify(before) : null,
      lookedAt: new Date(now - HOUR).toISOString(),
      comparison: null,
      graceMs: null,
    } as unknown as DueLook;
    const look = new Look(row, agreement, nothing, { contracts: new Map() } as unknown as Arranged);
    const answer = (value: number) => ({
      at: new Date(now).toISOString(),
      book: { counted: { reached: null, figures: { [FIGURE]: String(value) } } },
    });
    look.hear(
      new Map([
        ["erp", answer(erp)],
        ["wms", answer(wms)],
      ]),
    );
    before = look.judge(now).filter(({ stand }) => stand !== "agree");
  }
  const [last] = before;
  return last && [last.stand, last.figures[0]?.held];
}

test("stock that is busy all day and comes together once agrees, and begins anew", () => {
  expect(looked([1040, 1031], [1025, 1020], [1010, 1010])).toBeUndefined();
  expect(looked([1040, 1031], [1025, 1020], [1010, 1010], [1002, 1000], [990, 989])).toEqual([
    "settling",
    { erp: "990", wms: "989" },
  ]);
});

test("figures that pass each other were equal in between", () => {
  expect(looked([1040, 1031], [1020, 1025], [1010, 1015], [1000, 1001], [990, 995])?.[0]).toBe("settling");
});

test("what never goes away while all the rest moves is a difference of so much as stayed, and no reason to wait for ever", () => {
  expect(looked([1040, 1031], [1025, 1018], [1037, 1031], [1018, 1010], [1003, 995])).toEqual([
    "differ",
    { erp: "1037", wms: "1031" },
  ]);
});

test("a difference that stands still is shown as it stands, also when it was smaller before", () => {
  expect(looked([1006, 1000], [1006, 1000], [1106, 1000], [1106, 1000], [1106, 1000])).toEqual([
    "differ",
    { erp: "1106", wms: "1000" },
  ]);
});

test("what was seen to differ is asked about again, and ends by what is answered, never because a system cannot be asked", () => {
  const books = { milestones: { made: { grace: "15m", systems: { erp: {}, fusion: {} } } }, every: "1h" };
  const costs = { ...books, ours: () => ({}) } as unknown as Agreement;
  let before: readonly Judged[] = [];
  /** Whether both were asked, and how it stands then; the platform is away where it holds nothing. */
  const after = (minutes: number, fusion: string | null) => {
    const now = BEGAN + minutes * 60_000;
    const at = new Date(now).toISOString();
    const row = {
      subject: "productionOrder/PR-1",
      stand: before[0]?.stand ?? "agree",
      askedAt: new Date(BEGAN).toISOString(),
      judged: before.length > 0 ? JSON.stringify(before) : null,
      lookedAt: at,
      comparison: null,
      graceMs: null,
    } as unknown as DueLook;
    const look = new Look(row, costs, nothing, { contracts: new Map() } as unknown as Arranged);
    const deep = look.deep(now);
    const holds = (cost: string) => ({ at, book: { made: { reached: null, figures: { cost } } } });
    look.hear(
      new Map([
        ["erp", holds("600.00")],
        ["fusion", fusion === null ? { at, because: "It does not answer." } : holds(fusion)],
      ]),
    );
    before = look.judge(now).filter(({ stand }) => stand !== "agree");
    return [deep, before[0]?.stand ?? "agree"];
  };
  expect(after(0, "300.00")).toEqual([false, "settling"]);
  expect(after(5, null)).toEqual([true, "settling"]);
  expect(after(16, "300.00")).toEqual([true, "differ"]);
  expect(after(17, null)).toEqual([true, "differ"]);
  expect(after(18, "600.00")).toEqual([true, "agree"]);
});
