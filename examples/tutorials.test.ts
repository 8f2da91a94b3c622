/** The tutorials show the very code of their examples. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const here = import.meta.dirname;

test.each([
  ["your-own-connector", "own-connector", ["connector.ts", "world.ts", "connector.test.ts"]],
  [
    "your-own-integration",
    "own-integration",
    ["integration.ts", "rehearsals.ts", "integration.test.ts", "crossdock.config.ts"],
  ],
  ["on-a-shipped-solution", "on-a-solution", ["company.ts", "crossdock.config.ts"]],
])("every block of code in the tutorial %s is cut from its example", (tutorial, name, files) => {
  const page = readFileSync(join(here, `../docs/start/${tutorial}.md`), "utf8");
  const cuts = files
    .map((file) => readFileSync(join(here, name, file), "utf8"))
    .flatMap((text) =>
      [...text.matchAll(/^\/\/ cut: .*\n([\s\S]*?)^\/\/ end$/gm)].map(([, cut = ""]) => `${cut.trimEnd()}\n`),
    );
  const shown = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
  expect(shown).toEqual(cuts);
});
