/** Holds statements that choose by criteria to having a name each: PostgreSQL keeps one text for a name, and 63 characters of it. */
import { expect, test } from "vitest";
import type { Statement } from "../std/statement.ts";
import { factsOf } from "./inputs.ts";
import { chosenDeliveries } from "./selections.ts";

const criteria = {
  event: "1",
  key: "order/SO-1",
  from: "2026-01-01T00:00:00Z",
  to: "2026-02-01T00:00:00Z",
  flow: "orders-to-erp",
  connection: "erp",
  contract: "erp.post-order",
} as const;
type Criterion = keyof typeof criteria;

const choosing: readonly [string, readonly Criterion[], (chosen: object) => Statement][] = [
  ["facts", ["event", "key", "from", "to"], (chosen) => factsOf(["sales.order-placed"], chosen, 10)],
  ["deliveries", Object.keys(criteria) as Criterion[], (chosen) => chosenDeliveries({ replay: chosen }, 10)],
];

test.each(choosing)("each choice of %s is a statement with a name of its own", (_, names, choose) => {
  const statements = Array.from({ length: 2 ** names.length }, (_, bits) =>
    choose(
      Object.fromEntries(
        names.filter((_, at) => (bits >> at) % 2 === 1).map((name) => [name, criteria[name]]),
      ),
    ),
  );
  if (choose(criteria).name.startsWith("work chosen"))
    statements.push(chosenDeliveries({ cause: "x" }, 10), chosenDeliveries({ subjects: ["d1"] }, 10));
  expect(new Set(statements.map(({ name }) => name.slice(0, 63))).size).toBe(statements.length);
  expect(Math.max(...statements.map(({ name }) => name.length))).toBeLessThanOrEqual(63);
});
