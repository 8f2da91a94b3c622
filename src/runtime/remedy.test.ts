/** What mends a contradiction, where one of several documents is gone, a teller was not heard, or nobody knows who is right. */
import { expect, test } from "vitest";
import type { Agreement } from "../contracts/agreement.ts";
import type { Judged, Word } from "../contracts/judgement.ts";
import type { Sent } from "./agreement-store.ts";
import { remedyOf } from "./remedy.ts";

const agreement = {
  milestones: {
    received: {
      grace: "1h",
      systems: {
        erp: { by: "erp.post-receipt" },
        wms: { says: "goods-received" },
        tax: { by: "tax.credit" },
      },
    },
  },
  snapshots: [{ system: "wms", report: () => [] }],
} as unknown as Agreement;
const connections = new Map(
  (["erp", "wms", "tax"] as const).map((name) => [
    name,
    {
      title: name.toUpperCase(),
      connector: { guarantees: { repeat: name === "tax" ? "key" : "unique-reference" } },
    },
  ]),
) as unknown as Parameters<typeof remedyOf>[1]["connections"];

const sent = (key: string, reference: string, more: Partial<Sent> = {}): Sent => ({
  key,
  connection: "erp",
  contract: "erp.post-receipt",
  subject: "purchaseOrder/PO-1",
  status: "applied",
  reference,
  reason: null,
  updatedAt: "",
  milestone: null,
  exception: null,
  owner: null,
  ...more,
});

function mended(
  held: Record<string, string>,
  documents: readonly string[] | undefined,
  all: readonly Sent[],
  beside?: readonly string[],
) {
  const words = Object.entries(held).map(
    ([system, value]): Word => ({
      system,
      opinion: "cannot tell",
      figures: { pieces: value },
      ...(system === "erp" && documents ? { documents } : {}),
      ...(system === "erp" && beside ? { with: beside } : {}),
    }),
  );
  const figures = [{ name: "pieces", held }];
  const judged: Judged = {
    milestone: "received",
    stand: "differ",
    words,
    lacking: [],
    figures,
    since: null,
    dueMs: null,
    ask: [],
  };
  const remedy = remedyOf(judged, { agreement, connections, sent: all, parked: false });
  return remedy && [remedy.act, remedy.system, remedy.deliveries];
}

const BOTH = [sent("a", "5100001"), sent("b", "5100002")];

test("of several documents exactly those go again that the system took and does not name", () => {
  const held = { crossdock: "60", erp: "40", wms: "60" };
  expect(mended(held, ["5100001"], BOTH)).toEqual(["send again", "erp", ["b"]]);
  expect(mended(held, ["5100001", "5100002"], BOTH)).toEqual(["correct by hand", "erp", []]);
  expect(mended(held, undefined, BOTH)).toEqual(["correct by hand", "erp", []]);
});

test("of two that keep the same books it is the one that lost a document, or is still to take one", () => {
  const held = { crossdock: "60", erp: "40", wms: "60" };
  const late = sent("c", "4900001", { connection: "tax" });
  expect(mended(held, ["5100001", "5100002"], [...BOTH, late], ["tax"])).toEqual([
    "send as new",
    "tax",
    ["c"],
  ]);
  expect(mended(held, ["5100001"], [...BOTH, { ...late, reference: null, status: "owed" }], ["tax"])).toEqual(
    [...["wait", "tax", ["c"]]],
  );
});

test("what is on its way to the system explains it, whatever it holds", () => {
  const owed = sent("b", "", { status: "owed", reference: null });
  expect(
    mended({ crossdock: "60", erp: "40", wms: "60" }, ["5100001"], [sent("a", "5100001"), owed]),
  ).toEqual([...["wait", "erp", ["b"]]]);
});

test("who tells of it and is told nothing is heard again, not corrected", () => {
  expect(mended({ crossdock: "0", erp: "0", wms: "60" }, [], [])).toEqual(["take its report", "wms", []]);
});

test("a document somebody holds and never told of is taken from there; who told all of it is not asked for it again", () => {
  const look = (documents: readonly string[], unheard: readonly string[]) => {
    const words: Word[] = [
      { system: "erp", opinion: "cannot tell", figures: { pieces: "70" } },
      { system: "wms", opinion: "cannot tell", figures: { pieces: "0" }, documents },
    ];
    const figures = [{ name: "pieces", held: { erp: "70", wms: "0" } }];
    const none = { lacking: [], since: null, dueMs: null, ask: [] } as const;
    const judged: Judged = { milestone: "received", stand: "differ", words, figures, ...none };
    const remedy = remedyOf(judged, {
      agreement,
      connections,
      sent: [],
      unheard: new Set(unheard),
      parked: false,
    });
    return remedy && [remedy.act, remedy.system, remedy.advice.includes("AD-2")];
  };
  expect(look(["AD-1", "AD-2"], ["AD-2"])).toEqual(["take its report", "wms", true]);
  expect(look(["AD-1", "AD-2"], [])).toEqual(["correct by hand", "erp", false]);
});

test("where we hold no figure of our own, who holds nothing lost it", () => {
  const credit = sent("t", "TX-1", { connection: "tax", contract: "tax.credit" });
  expect(mended({ erp: "100", tax: "0" }, undefined, [credit])).toEqual(["send as new", "tax", ["t"]]);
});
