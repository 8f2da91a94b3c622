/** Whatever is reported about an order line, in whatever order, its quantities stay true to each other. */
import { decimals } from "crossdock/canon";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as quantities from "./quantities.ts";

const { add, compare, subtract } = decimals;

/** Whole pieces or tenths. */
const quantity = fc.nat({ max: 400 }).map((tenths) => decimals.multiply(String(tenths), "0.1"));

type Report = readonly [name: string, apply: (line: quantities.Quantities) => quantities.Quantities];
const report = (
  name: string,
  act: (line: quantities.Quantities, quantity: string) => quantities.Booked,
): fc.Arbitrary<Report> =>
  quantity.map((value) => [`${name} ${value}`, (line) => act(line, value).after] as const);

const anything = fc.oneof(
  report("change to", quantities.change),
  report("allocate", quantities.allocate),
  report("release", quantities.release),
  report("ship", quantities.ship),
  report("deliver", quantities.deliver),
  report("invoice", quantities.invoice),
  report("give back", quantities.giveBack),
  report("credit", quantities.credit),
  quantity.map((value): Report => [`backorder ${value}`, (line) => quantities.backorder(line, value)]),
);

test("no history of reports breaks an invariant", () => {
  fc.assert(
    fc.property(quantity, fc.array(anything, { maxLength: 30 }), (ordered, history) => {
      let line = quantities.opened(ordered);
      for (const [name, apply] of history) {
        line = apply(line);
        expect(quantities.broken(line), name).toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
});

test("what a report says is either booked or handed back", () => {
  fc.assert(
    fc.property(quantity, quantity, quantity, (ordered, allocated, shipped) => {
      const line = quantities.opened(ordered);
      const first = quantities.allocate(line, allocated);
      expect(compare(add(first.after.allocated, first.excess), allocated)).toBe(0);
      const second = quantities.ship(first.after, shipped);
      expect(compare(add(second.after.shipped, second.excess), shipped)).toBe(0);
    }),
  );
});

test("a warehouse's reports may come in any order", () => {
  const history = fc
    .record({
      parts: fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 5 }),
      unshipped: fc.nat({ max: 20 }),
    })
    .chain(({ parts, unshipped }) => {
      const allocations = parts.map((n) => ["allocate", String(n)] as const);
      const shipments = parts.map((n) => ["ship", String(n)] as const);
      const total = parts.reduce((sum, n) => sum + n, unshipped);
      const all = [...allocations, ...shipments, ["allocate", String(unshipped)] as const];
      return fc
        .shuffledSubarray(all, { minLength: all.length, maxLength: all.length })
        .map((shuffled) => ({ total: String(total), inOrder: all, shuffled }));
    });
  const play = (total: string, reports: readonly (readonly ["allocate" | "ship", string])[]) =>
    reports.reduce((line, [act, value]) => {
      const { after, excess } = (act === "ship" ? quantities.ship : quantities.allocate)(line, value);
      expect(excess).toBe("0");
      return after;
    }, quantities.opened(total));
  fc.assert(
    fc.property(history, ({ total, inOrder, shuffled }) => {
      expect(play(total, shuffled)).toEqual(play(total, inOrder));
    }),
  );
});

test("invoiced never exceeds shipped, credited never invoiced", () => {
  const shipped = quantities.ship(quantities.allocate(quantities.opened("10"), "10").after, "6").after;
  const billed = quantities.invoice(shipped, "8");
  expect(billed).toMatchObject({ after: { invoiced: "6" }, excess: "2" });
  expect(quantities.credit(billed.after, "7")).toMatchObject({ after: { credited: "6" }, excess: "1" });
});

test("a shortage is made good by a later allocation, and its late report changes nothing", () => {
  const short = quantities.backorder(quantities.allocate(quantities.opened("10"), "6").after, "4");
  expect(short).toMatchObject({ allocated: "6", backordered: "4" });
  expect(quantities.open(short)).toBe("6");
  const made = quantities.allocate(short, "4").after;
  expect(made).toMatchObject({ allocated: "10", backordered: "0" });
  expect(quantities.backorder(made, "4")).toEqual(made);
});

test("an order cannot be changed below what has left", () => {
  const line = quantities.ship(quantities.opened("10"), "4").after;
  const { after, excess } = quantities.change(line, "3");
  expect(quantities.wanted(after)).toBe("4");
  expect(excess).toBe("1");
  expect(subtract(after.ordered, after.cancelled)).toBe("4");
});
