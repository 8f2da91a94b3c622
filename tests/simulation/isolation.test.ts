/**
 * What fails keeps to itself (G6): whatever way keys of a connection fail in, the others keep four fifths of their rate.
 *
 * In virtual time, so that a rate is the engine's doing and no machine's: the same counts of the same items go through one connection
 * once with nothing wrong, and once beside a tenth more whose items fail.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Session } from "../../src/connectors/connector.ts";
import { InDoubt, Refused, Unavailable } from "../../src/std/errors.ts";
import { limits } from "../../src/std/limits.ts";
import { alone } from "./alone.ts";
import type { Kernel, Program } from "./kernel.ts";

const OTHERS = 400;
/** One count in so many is of an item that fails. */
const ONE_IN = 10;
const CALLS_AT_ONCE = 16;
/** A second sending is recognised, so that an unclear answer may be sent again. */
const REPEAT = "key";

type Deliver = NonNullable<Session["deliver"]>;
/** What becomes of a parcel of an item that fails; `deliver` is how it goes with all others. */
type Fails = (deliver: Deliver, kernel: Kernel, program: Program) => Deliver;

/** How many counts of the others a second are booked, until all of them are. */
async function rate(keys = 0, fails?: Fails): Promise<number> {
  const { kernel, target, accept, live } = alone({
    repeat: REPEAT,
    declare: (of) => ({ ...of, concurrency: CALLS_AT_ONCE }),
    to: ["shop"],
    session(session, _, kernel, program) {
      const deliver = session.deliver!;
      const failing = fails?.(deliver, kernel, program) ?? deliver;
      return {
        ...session,
        deliver: (parcel) => (parcel.subject.startsWith("item/X-") ? failing : deliver)(parcel),
      };
    },
  });
  const count = (item: string, n: number) => accept("stock-in", `${item} ${n}`, { item, count: String(n) });
  const shop = target("shop");
  let done = 0;
  const look = () => {
    const booked = shop.books.filter(({ subject }) => subject.startsWith("item/P-"));
    if (booked.length === OTHERS) done = Math.max(...booked.map(({ at }) => at));
    if (done > 0 || kernel.now > 600_000) kernel.stop();
    else kernel.later(1_000, "look", null, look);
  };
  await live(() => {
    for (let n = 0; n < OTHERS; n += 1) {
      count(`P-${n}`, 1);
      if (keys > 0 && n % ONE_IN === 0) count(`X-${(n / ONE_IN) % keys}`, n);
    }
    look();
  });
  return OTHERS / (done / 1_000);
}

const WAYS: readonly (readonly [string, number, Fails])[] = [
  [
    "forty items are refused",
    40,
    () => async () => {
      throw new Refused("The shop knows no such item.", { category: "data" });
    },
  ],
  [
    "one item is answered 429, again and again",
    1,
    (_, kernel) => async () => {
      await kernel.sleep(8, "busy", null);
      throw new Unavailable("The shop is busy.", { retryAfterMs: 200 });
    },
  ],
  [
    "one item's answers are lost",
    1,
    (deliver, kernel) => async (parcel) => {
      await deliver(parcel);
      await kernel.sleep(200, "lost", null);
      throw new InDoubt("The shop did not answer in time.");
    },
  ],
  [
    "one item takes two seconds for each call",
    1,
    (deliver, kernel) => async (parcel) => {
      await kernel.sleep(2_000, "slow", null);
      return deliver(parcel);
    },
  ],
];

// Most of what is owed waits in the table, so that what stands still is met there as well.
const bounds = limits as { -readonly [Name in keyof typeof limits]: number };
const kept = { ...limits };
beforeAll(
  () =>
    void Object.assign(bounds, { deliveriesInMemoryMax: 100, deliveriesPage: 50, deliveriesOfOneKeyMax: 1 }),
);
afterAll(() => void Object.assign(bounds, kept));

test("what fails costs the others no more than a fifth of their rate", async () => {
  const calm = await rate();
  for (const [way, keys, fails] of WAYS)
    expect([way, (await rate(keys, fails)) > 0.8 * calm]).toEqual([way, true]);
});
