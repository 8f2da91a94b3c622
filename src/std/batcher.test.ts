/** Group commit: what gathers while one batch is in flight is the next batch, in order. */
import { expect, test } from "vitest";
import { Batcher } from "./batcher.ts";

test("the first goes alone at once; what comes meanwhile goes together, in order and bounded", async () => {
  const batches: number[][] = [];
  const gates: (() => void)[] = [];
  const batcher = new Batcher<number, number>(3, async (items) => {
    batches.push([...items]);
    await new Promise<void>((resolve) => gates.push(resolve));
    return items.map((item) => item * 10);
  });
  const results: number[] = [];
  const push = (item: number) => batcher.push(item).then((result) => results.push(result));
  const first = push(1);
  await new Promise((resolve) => setImmediate(resolve));
  const rest = [2, 3, 4, 5].map(push);
  gates.shift()?.();
  await first;
  expect(batches).toEqual([[1], [2, 3, 4]]);
  gates.shift()?.();
  await new Promise((resolve) => setImmediate(resolve));
  gates.shift()?.();
  await Promise.all(rest);
  expect([batches, results]).toEqual([
    [[1], [2, 3, 4], [5]],
    [10, 20, 30, 40, 50],
  ]);
});

test("a batch that fails fails each of its items, and the next batch goes on", async () => {
  let calls = 0;
  const batcher = new Batcher<number, string>(10, async (items) => {
    calls += 1;
    if (calls === 1) throw new Error("The connection broke.");
    return items.map(String);
  });
  const failed = await Promise.allSettled([batcher.push(1), batcher.push(2)]);
  expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await batcher.push(3)).toBe("3");
  await batcher.drained();
  expect(batcher.waiting).toBe(0);
});
