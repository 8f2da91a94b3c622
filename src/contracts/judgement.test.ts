/** When systems agree, when news is on its way, and when they contradict each other. */
import { expect, test } from "vitest";
import type { Agreed } from "./agreement.ts";
import { type Answered, addedUp, type Heard, type Judged, judge } from "./judgement.ts";

const HOUR = 3_600_000;
const now = Date.parse("2026-01-05T12:00:00Z");
const ago = (ms: number) => new Date(now - ms).toISOString();
const milestones: Record<string, Agreed> = {
  dispatched: {
    grace: "15m",
    systems: { wms: { says: "logistics.shipment-dispatched" }, erp: { by: "erp.issue" } },
  },
};
const said = (system: string, reached = true) => ({
  milestone: "dispatched",
  system,
  reached,
  at: ago(HOUR),
});
const answered = (reached: boolean | null, figures?: Record<string, string>) => ({
  at: ago(0),
  book: { dispatched: { reached, ...(figures ? { figures } : {}) } },
});

const look = (heard: Partial<Heard>): Judged =>
  judge(
    { milestones },
    {
      ours: { dispatched: { reached: true } },
      said: [],
      answers: new Map(),
      heardAt: new Map([["dispatched", ago(HOUR)]]),
      seenAt: new Map(),
      concerns: () => true,
      ...heard,
    },
    now,
  )[0]!;

test("all who must agree say it: they agree", () => {
  const { stand, ask } = look({ said: [said("wms"), said("erp")] });
  expect([stand, ask]).toEqual(["agree", []]);
});

test("nothing is said of a milestone nobody has reached", () => {
  const { stand, ask } = look({ ours: { dispatched: { reached: false } } });
  expect([stand, ask]).toEqual(["agree", []]);
});

test("who is silent within the grace is waited for, after it is asked, and never contradicts", () => {
  const young = look({ said: [said("wms")], heardAt: new Map([["dispatched", ago(60_000)]]) });
  expect([young.stand, young.ask, young.dueMs]).toEqual(["settling", [], now - 60_000 + 15 * 60_000]);
  const old = look({ said: [said("wms")] });
  expect([old.stand, old.ask, old.lacking]).toEqual(["cannot tell", ["erp"], []]);
  const away = look({
    said: [said("wms")],
    answers: new Map([["erp", { at: ago(0), because: "ERP is away." }]]),
  });
  expect([away.stand, away.words[2]]).toEqual([
    "cannot tell",
    { system: "erp", opinion: "cannot tell", because: "ERP is away.", at: ago(0) },
  ]);
});

test("a system that answers that it does not hold what all were told an hour ago contradicts at once", () => {
  const { stand, lacking, since } = look({
    said: [said("wms")],
    answers: new Map([["erp", answered(false)]]),
  });
  expect([stand, lacking, since]).toEqual(["differ", ["erp"], ago(HOUR)]);
});

test("what only asking shows may be on its way to us: it contradicts when it has stood for the grace", () => {
  const ours = { dispatched: { reached: false } };
  const answers = new Map([
    ["wms", answered(true)],
    ["erp", answered(false)],
  ]);
  const first = look({ ours, answers, heardAt: new Map() });
  expect([first.stand, first.since]).toEqual(["settling", ago(0)]);
  const second = look({
    ours,
    answers,
    heardAt: new Map(),
    seenAt: new Map([["dispatched", ago(16 * 60_000)]]),
  });
  expect([second.stand, second.lacking]).toEqual(["differ", ["crossdock", "erp"]]);
});

test("figures that two hold under one name are compared as decimals; a system may hold figures only", () => {
  const ours = { dispatched: { reached: true, figures: { "line 1": "10", net: "5000.00" } } };
  const said_ = [said("wms"), said("erp")];
  const seenAt = new Map([["dispatched", ago(HOUR)]]);
  const same = look({
    ours,
    said: said_,
    seenAt,
    answers: new Map([["erp", answered(null, { "line 1": "10.000" })]]),
  });
  expect([same.stand, same.figures]).toEqual(["agree", []]);
  const other = look({
    ours,
    said: said_,
    seenAt,
    answers: new Map([["erp", answered(null, { "line 1": "12" })]]),
  });
  expect([other.stand, other.figures]).toEqual([
    "differ",
    [{ name: "line 1", held: { crossdock: "10", erp: "12" } }],
  ]);
});

test("before anybody is alarmed, everybody who only spoke by himself is asked", () => {
  expect(look({ said: [said("wms"), said("erp", false)] }).ask).toEqual(["wms", "erp"]);
});

test("a gated system is not expected before the gate, nor one the document does not concern", () => {
  const gated: Record<string, Agreed> = {
    dispatched: { grace: "1m", systems: { erp: { after: "credit approved" }, shop: {} } },
  };
  const heard: Heard = {
    ours: { dispatched: { reached: true } },
    said: [],
    answers: new Map(),
    heardAt: new Map(),
    seenAt: new Map(),
    concerns: (system) => system !== "shop",
  };
  expect(judge({ milestones: gated }, heard, now)[0]).toMatchObject({
    stand: "agree",
    words: [{ system: "crossdock" }],
  });
});

test("who names every figure holds nothing of those it does not name", () => {
  const ours = { dispatched: { reached: null, figures: { "line 1": "10", "line 2": "0" } } };
  const book = { dispatched: { reached: null, figures: {}, complete: true as const } };
  const complete = look({ ours, answers: new Map([["erp", { at: ago(0), book }]]) });
  expect(complete.figures).toEqual([{ name: "line 1", held: { crossdock: "10", erp: "0" } }]);
  expect(look({ ours, answers: new Map([["erp", answered(null, {})]]) }).figures).toEqual([]);
});

test("who speaks only when it has done something is not waited for; asked and away it cannot tell", () => {
  const quiet: Record<string, Agreed> = {
    dispatched: { grace: "1m", systems: { mes: { by: "mes.release", mayBeSilent: true } } },
  };
  const heard: Heard = {
    ours: { dispatched: { reached: true } },
    said: [],
    heardAt: new Map([["dispatched", ago(HOUR)]]),
    seenAt: new Map(),
    answers: new Map(),
    concerns: () => true,
  };
  expect(judge({ milestones: quiet }, heard, now)[0]?.stand).toBe("agree");
  const away = new Map([["mes", { at: ago(0), because: "MES is away." }]]);
  expect(judge({ milestones: quiet }, { ...heard, answers: away }, now)[0]?.stand).toBe("cannot tell");
});

test("what a system told is its word where it is not asked, and what it answers counts before that", () => {
  const ours = { dispatched: { reached: true, figures: { made: "20" } } };
  const heard = new Map([["wms", { at: ago(60_000), book: answered(null, { made: "12" }).book }]]);
  expect(look({ ours, heard }).figures).toEqual([{ name: "made", held: { crossdock: "20", wms: "12" } }]);
  const answers = new Map([["wms", answered(null, { made: "20" })]]);
  expect(look({ ours, heard, answers }).figures).toEqual([]);
});

test("what two systems hold of the same books is added up; where one of them cannot tell, neither can", () => {
  const both: Record<string, Agreed> = {
    dispatched: { grace: "15m", systems: { erp: { with: ["next"] }, wms: {} } },
    invoiced: { grace: "15m", systems: { erp: {} } },
  };
  const of = (pieces: string, documents: string[], erp: Answered) => {
    const next: Answered = {
      at: ago(0),
      book: { dispatched: { reached: null, figures: { pieces }, documents } },
    };
    const heard: Heard = {
      ours: { dispatched: { reached: null, figures: { pieces: "8" } }, invoiced: { reached: true } },
      said: [],
      answers: addedUp(
        { milestones: both },
        new Map<string, Answered>([
          ["erp", erp],
          ["next", next],
          ["wms", answered(null, { pieces: "8" })],
        ]),
      ),
      heardAt: new Map([["dispatched", ago(HOUR)]]),
      seenAt: new Map([["dispatched", ago(HOUR)]]),
      concerns: () => true,
    };
    return judge({ milestones: both }, heard, now);
  };
  const five: Answered = {
    at: ago(0),
    book: {
      dispatched: { reached: null, figures: { pieces: "5" }, documents: ["GR-1"] },
      invoiced: { reached: true },
    },
  };
  const [whole, untouched] = of("3", ["MD-1"], five);
  expect(whole).toMatchObject({ stand: "agree", lacking: [], figures: [] });
  expect(whole?.words[1]).toEqual({
    system: "erp",
    opinion: "cannot tell",
    at: ago(0),
    asked: true,
    figures: { pieces: "8" },
    documents: ["GR-1", "MD-1"],
    with: ["next"],
  });
  expect(untouched?.stand).toBe("agree");
  expect(of("2", [], five)[0]).toMatchObject({
    stand: "differ",
    figures: [{ name: "pieces", held: { crossdock: "8", erp: "7", wms: "8" } }],
  });
  // Who knows nothing of the document adds nothing, and still knows nothing of the rest.
  const [alone, none] = of("8", [], { at: ago(0), book: null });
  expect([alone?.stand, none?.lacking]).toEqual(["agree", ["erp"]]);

  const away = addedUp(
    { milestones: both },
    new Map<string, Answered>([
      ["erp", five],
      ["next", { at: ago(0), because: "It is away." }],
    ]),
  ).get("erp");
  expect(away).toMatchObject({
    book: { dispatched: { reached: null, because: "It is away." }, invoiced: { reached: true } },
  });
  const unasked = judge(
    { milestones: both },
    {
      ours: { dispatched: { reached: true } },
      said: [],
      answers: addedUp({ milestones: both }, new Map([["erp", five]])),
      heardAt: new Map([["dispatched", ago(HOUR)]]),
      seenAt: new Map(),
      concerns: () => true,
    },
    now,
  );
  expect(unasked[0]?.ask).toEqual(["erp", "next", "wms"]);
});
