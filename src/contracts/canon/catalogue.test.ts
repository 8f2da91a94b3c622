/** The committed event catalogue says exactly what the contracts declare; after a change: `vitest run catalogue -u`. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalogue } from "./catalogue.ts";
import { canon } from "./index.ts";

test("docs/reference/events.md is what the contracts declare", async () => {
  const page = join(import.meta.dirname, "../../../docs/reference/events.md");
  await expect(catalogue(canon)).toMatchFileSnapshot(page);
});
