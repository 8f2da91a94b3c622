/** What many pages ask for at once. */
import { expect, test } from "vitest";
import { kept } from "./kept.ts";

test("an answer begun before the last change is given with the word that a newer one is to be had", async () => {
  let made = 0;
  let changedAt = 0;
  const answer = kept(
    async () => ({ made: ++made }),
    () => changedAt,
  );
  expect(await answer()).toEqual({ made: 1, renewing: false });
  expect(await answer()).toEqual({ made: 1, renewing: false });
  changedAt = Date.now();
  expect(await answer()).toEqual({ made: 1, renewing: true });
  await expect.poll(() => answer(), { timeout: 3_000 }).toEqual({ made: 2, renewing: false });
});
