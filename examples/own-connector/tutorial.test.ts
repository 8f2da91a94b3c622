/** The tutorial shows this very code. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const page = readFileSync(join(import.meta.dirname, "../../docs/start/your-own-connector.md"), "utf8");
const files = ["connector.ts", "world.ts", "connector.test.ts"].map((name) =>
  readFileSync(join(import.meta.dirname, name), "utf8"),
);

test("every block of code in the tutorial is cut from these files", () => {
  const cuts = files.flatMap((text) =>
    [...text.matchAll(/^\/\/ cut: .*\n([\s\S]*?)^\/\/ end$/gm)].map(([, cut = ""]) => `${cut.trimEnd()}\n`),
  );
  const shown = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
  expect(shown).toEqual(cuts);
});
