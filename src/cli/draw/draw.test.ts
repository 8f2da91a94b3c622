/** The picture of a process shows what rehearsals walked, tidily, and nothing else. */
import { Type } from "typebox";
import { expect, test } from "vitest";
import { process } from "../../processes/process.ts";
import { layout } from "../../std/layout.ts";
import type { Path } from "../../testing/rehearse.ts";
import { graphOf, spoken } from "./graph.ts";
import { toMermaid } from "./mermaid.ts";
import { toSvg } from "./svg.ts";

const orderToCash = process({
  name: "order-to-cash",
  version: 3,
  owner: "order-management",
  summary: "An order on its way to cash.",
  keyType: "order",
  state: Type.Object({}),
  milestones: { accepted: {}, shipped: {}, paid: {} },
  approvals: { "credit review": { by: "credit-team", within: "4h" } },
});

const WALKED: readonly Path[] = [
  { from: "start", by: "event:sales.order-captured", to: "accepted" },
  { from: "start", by: "event:sales.order-captured", to: "credit review" },
  { from: "credit review", by: "approved:credit review", to: "accepted" },
  { from: "credit review", by: "overdue:credit review", to: "credit review" },
  { from: "accepted", by: "event:logistics.shipment-dispatched", to: "shipped" },
  { from: "shipped", by: "event:sales.order-changed", to: "accepted" },
  { from: "accepted", by: "event:sales.order-cancelled", to: "abandoned" },
];

test("inputs are spoken as people say them", () => {
  expect(
    ["event:sales.order-captured", "declined:credit review", "elapsed:shipment due"].map(spoken),
  ).toEqual(["order captured", "credit review declined", "shipment due elapsed"]);
});

test("the picture has every walked step, keeps what leads nowhere in its box, and marks what no rehearsal reaches", () => {
  const graph = graphOf(orderToCash, WALKED);
  expect(graph.boxes).toEqual([
    { id: "start", kind: "start", title: "start", stays: [], walked: true },
    { id: "accepted", kind: "milestone", title: "accepted", stays: [], walked: true },
    { id: "shipped", kind: "milestone", title: "shipped", stays: [], walked: true },
    { id: "paid", kind: "milestone", title: "paid", stays: [], walked: false },
    {
      id: "credit review",
      kind: "question",
      title: "credit review",
      stays: ["credit review overdue"],
      walked: true,
    },
    { id: "abandoned", kind: "abandoned", title: "abandoned", stays: [], walked: true },
  ]);
  expect(graph.arrows.map(({ from, to }) => `${from} > ${to}`)).toEqual([
    "start > accepted",
    "start > credit review",
    "credit review > accepted",
    "accepted > shipped",
    "shipped > accepted",
    "accepted > abandoned",
  ]);
});

const sized = (ids: readonly string[]) => ids.map((id) => ({ id, width: 100, height: 30 }));
const link = (from: string, to: string) => ({ from, to, label: { width: 60, height: 20 } });

test("boxes lie below what leads to them and never on top of each other, and a way back is drawn upwards", () => {
  const boxes = sized(["start", "a", "b", "c", "end"]);
  const links = [
    link("start", "a"),
    link("start", "b"),
    link("a", "c"),
    link("b", "c"),
    link("c", "a"),
    link("c", "end"),
  ];
  const placed = layout(boxes, links);
  const y = (id: string) => placed.boxes.get(id)!.y;
  expect(y("start")).toBeLessThan(y("a"));
  expect(y("a")).toBe(y("b"));
  expect(y("a")).toBeLessThan(y("c"));
  expect(y("c")).toBeLessThan(y("end"));
  expect(placed.links.map(({ backward }) => backward)).toEqual([false, false, false, false, true, false]);
  expect(Math.abs(placed.boxes.get("a")!.x - placed.boxes.get("b")!.x)).toBeGreaterThanOrEqual(100);
  for (const { points } of placed.links) {
    for (const { x, y: height } of points) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(placed.width);
      expect(height).toBeGreaterThanOrEqual(0);
      expect(height).toBeLessThanOrEqual(placed.height);
    }
  }
});

test("the same process gives the same picture", () => {
  const graph = graphOf(orderToCash, WALKED);
  expect(toSvg(graph)).toBe(toSvg(graph));
});

test("the SVG is well-formed on its own: no script, nothing from elsewhere, text escaped", () => {
  const svg = toSvg({
    title: "a < b & c",
    boxes: [{ id: "start", kind: "start", title: "<start>", stays: [], walked: true }],
    arrows: [],
  });
  expect(svg).toContain("a &lt; b &amp; c");
  expect(svg).toContain("&lt;start&gt;");
  expect(svg).not.toMatch(/<script|href=|url\(http|@import/);
});

test("Mermaid says the same", () => {
  const text = toMermaid(graphOf(orderToCash, WALKED));
  expect(text.split("\n").slice(0, 12)).toEqual([
    "---",
    'title: "order-to-cash (version 3)"',
    "---",
    "flowchart TD",
    '  n0(["start"]):::start',
    '  n1["accepted"]:::milestone',
    '  n2["shipped"]:::milestone',
    '  n3["paid"]:::missing',
    '  n4{{"credit review<br/>↺ credit review overdue"}}:::question',
    '  n5(["abandoned"]):::abandoned',
    '  n0 -->|"order captured"| n1',
    '  n0 -->|"order captured"| n4',
  ]);
});
