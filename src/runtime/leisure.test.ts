/** A question that can wait never takes a target beyond what it allows, and is not put off for ever. */
import { expect, test } from "vitest";
import { Unavailable } from "../std/errors.ts";
import { realClock } from "./clock.ts";
import { Leisure } from "./leisure.ts";

/** A target that allows `allowed` calls, and has `calling` on the wire and `ready` waiting. */
function target(allowed: number, calling: number, waiting: number) {
  let ready = waiting;
  const place = { title: "ERP", calling, ready: () => ready, allowed: () => allowed };
  return {
    place,
    quiet: () => {
      ready = 0;
    },
    /** One call ends; while deliveries are ready and there is room, the next is made at once, as the dispatcher does. */
    ends: () => {
      place.calling -= 1;
      if (ready > 0 && place.calling < allowed) place.calling += 1;
    },
  };
}
/** A clock that runs a hundred times as fast. */
const fast = { ...realClock, now: () => realClock.now() * 100 };

test("what is ready to be sent goes first, and one question is asked at a time", async () => {
  const { place, quiet } = target(4, 0, 2);
  const leisure = new Leisure(realClock);
  const order: string[] = [];
  const ask = (name: string) =>
    leisure.take(
      "erp",
      place,
      () => undefined,
      async () => {
        order.push(`${name} begins with ${place.calling}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push(`${name} ends`);
      },
    );
  const both = [ask("one"), ask("two")];
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(order).toEqual([]);
  quiet();
  await Promise.all(both);
  expect(order).toEqual(["one begins with 1", "one ends", "two begins with 1", "two ends"]);
  expect(place.calling).toBe(0);
});

test("in a target that is always busy the next place that is free is the question's", async () => {
  const { place, ends } = target(1, 1, 1_000);
  let most = 0;
  const traffic = setInterval(ends, 10);
  const said = await new Leisure(fast).take(
    "erp",
    place,
    () => undefined,
    async () => {
      most = place.calling;
      return "answered";
    },
  );
  clearInterval(traffic);
  expect([said, most]).toEqual(["answered", 1]);
});

test("where nothing is let go it is told so, and nothing stays taken", async () => {
  const { place } = target(0, 0, 0);
  const freed: number[] = [];
  const asked = new Leisure(fast).take(
    "erp",
    place,
    () => void freed.push(place.calling),
    async () => "no",
  );
  await expect(asked).rejects.toThrow(new Unavailable("ERP has no call to spare for a question."));
  expect([place.calling, freed]).toEqual([0, [0]]);
});
