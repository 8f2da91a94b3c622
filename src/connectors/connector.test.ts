/** A connector promises before it is used: what it does not say, nobody can build on. */
import Type from "typebox";
import { expect, test } from "vitest";
import { Unusable } from "../std/errors.ts";
import { connector, type Guarantees } from "./connector.ts";

const sound: Guarantees = { repeat: "key", verifies: true, ordered: false, settleMs: 0, concurrency: 4 };

test.each<[string, unknown, string]>([
  ["no guarantees at all", undefined, "repeat: key, upsert, unique-reference, searchable, none"],
  [
    "a word nobody knows",
    { ...sound, repeat: "always" },
    "repeat: key, upsert, unique-reference, searchable, none",
  ],
  ["one that is left out", { ...sound, verifies: undefined }, "verifies: true or false"],
  ["no calls at all", { ...sound, concurrency: 0 }, "concurrency: calls at once, a whole number from 1"],
])("a connector that declares %s is refused where it is written", (_, guarantees, says) => {
  const write = () =>
    connector({
      name: "careless",
      summary: "For this test.",
      config: Type.Object({}),
      guarantees: guarantees as Guarantees,
      open: async () => ({ probe: async () => {}, close: async () => {} }),
    });
  expect(write).toThrow(new Unusable(`The guarantees of connector "careless" must say ${says}.`));
});
