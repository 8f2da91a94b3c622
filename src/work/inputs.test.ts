/** Holds statements that choose facts to having a name each: PostgreSQL keeps one text for a name. */
import { expect, test } from "vitest";
import { factsOf } from "./inputs.ts";

test("each choice of criteria is a statement with a name of its own", () => {
  const criteria = {
    event: "1",
    key: "order/SO-1",
    from: "2026-01-01T00:00:00Z",
    to: "2026-02-01T00:00:00Z",
  };
  const names = Object.keys(criteria) as (keyof typeof criteria)[];
  const choices = Array.from({ length: 2 ** names.length }, (_, bits) =>
    Object.fromEntries(names.filter((_, at) => (bits >> at) % 2 === 1).map((name) => [name, criteria[name]])),
  );
  const statements = choices.map((chosen) => factsOf(["sales.order-placed"], chosen, 10));
  expect(new Set(statements.map(({ name }) => name)).size).toBe(choices.length);
  expect(new Set(statements.map(({ text }) => text)).size).toBe(choices.length);
});
