/** The kernel every process runs on: one pure step, nothing ignored in silence, misspelt words do not compile. */
import Type from "typebox";
import { expect, test } from "vitest";
import { command, event } from "../contracts/contract.ts";
import { Defect, Unusable } from "../std/errors.ts";
import { send } from "./decision.ts";
import { address, type Input, process, step } from "./process.ts";

const Text = Type.String({ minLength: 1 });
const about = { version: 1, owner: "test", summary: "For this test.", criticality: "C2" } as const;
const OfOrder = Type.Object({ orderId: Text });
const Placed = event({
  ...about,
  name: "sales.order-placed",
  data: OfOrder,
  keys: { order: "orderId" },
  sample: { orderId: "1" },
});
const Shipped = event({
  ...about,
  name: "logistics.shipped",
  data: OfOrder,
  keys: { order: "orderId" },
  sample: { orderId: "1" },
});
const Other = event({
  ...about,
  name: "other.happened",
  data: OfOrder,
  keys: { order: "orderId" },
  sample: { orderId: "1" },
});
const Post = command({
  ...about,
  name: "erp.post-order",
  data: OfOrder,
  keys: { order: "orderId" },
  sample: { orderId: "1" },
});

const shipping = process({
  name: "shipping",
  version: 1,
  owner: "test",
  summary: "For this test.",
  keyType: "order",
  state: Type.Object({ orderId: Text }),
  milestones: { placed: {}, shipped: {} },
  approvals: { review: { by: "sales", within: "4h" } },
  timers: { due: "3d" },
})
  .startsOn(Placed, "orderId", ({ orderId }, { at }) => ({
    state: { orderId },
    reach: "placed",
    start: ["due"],
    note: `placed ${at}`,
  }))
  .when(Shipped, "orderId", () => ({ reach: "shipped", stop: ["due"], end: "completed" }))
  .whenApproved("review", ({ orderId }, { by }) => ({ send: [send(Post.of({ orderId }))], note: `by ${by}` }))
  .whenElapsed("due", () => ({ ask: ["review"] }));

const happened = (message: Extract<Input, { kind: "event" }>["message"]): Input => ({
  kind: "event",
  at: "2026-01-05T08:00:00.000Z",
  message,
});
const started = { orderId: "1" };

test("a step is a value: the same state and input give the same decision", () => {
  const take = () => step(shipping, undefined, happened(Placed.of({ orderId: "1" })));
  expect(take()).toEqual({
    state: started,
    reach: "placed",
    start: ["due"],
    note: "placed 2026-01-05T08:00:00.000Z",
  });
  expect(take()).toEqual(take());
  expect(
    step(shipping, started, { kind: "approved", at: "", approval: "review", by: "maria", comment: "" }),
  ).toEqual({ send: [{ message: Post.of(started) }], note: "by maria" });
});

test("what no reaction wants becomes a note, and so does a second start", () => {
  expect(step(shipping, started, happened(Other.of(started)))).toEqual({
    note: "shipping does not react to event:other.happened",
  });
  expect(step(shipping, started, happened(Placed.of(started)))).toEqual({
    note: "shipping has already started",
  });
});

test("an input before the start is our own mistake: the engine keeps it until then", () => {
  expect(() => step(shipping, undefined, happened(Shipped.of(started)))).toThrow(Defect);
});

test("every input has an address people can read", () => {
  const inputs: Input[] = [
    happened(Shipped.of(started)),
    { kind: "elapsed", at: "", timer: "due" },
    { kind: "overdue", at: "", approval: "review" },
  ];
  expect(inputs.map(address)).toEqual(["event:logistics.shipped", "elapsed:due", "overdue:review"]);
});

test("reacting twice to one thing is refused where it is written", () => {
  expect(() =>
    process({ ...shipping.header, name: "twice", milestones: {} })
      .when(Shipped, "orderId", () => ({}))
      .when(Shipped, "orderId", () => ({})),
  ).toThrow("twice reacts to event:logistics.shipped in one place");
});

test("misspelt milestones, timers, approvals and fields do not compile", () => {
  const typed = process({
    ...shipping.header,
    name: "typed",
    state: Type.Object({ orderId: Text }),
    milestones: { placed: {} },
    approvals: { review: { by: "sales", within: "4h" } },
    timers: { due: "3d" },
  });
  // @ts-expect-error There is no milestone "plaecd".
  typed.when(Shipped, "orderId", () => ({ reach: "plaecd" }));
  // @ts-expect-error There is no timer "deu".
  typed.whenElapsed("deu", () => ({}));
  // @ts-expect-error There is no approval "revue".
  typed.whenApproved("revue", () => ({}));
  // @ts-expect-error The event has no field "orderNumber".
  typed.when(Other, "orderNumber", () => ({}));
  expect(typed.reactions.size).toBe(4);
});

test.each<[unknown, string]>([
  [undefined, "returned nothing, and must return a decision; {} when nothing follows."],
  [
    Promise.resolve({}),
    "returned a promise. A reaction is no async function: what it needs is in its arguments.",
  ],
  [
    { raech: "shipped" },
    'decided "raech", which means nothing. A decision has: state, reach, withdraw, publish, send, ask, start, stop, end, note.',
  ],
  [{ reach: "shiped" }, 'names milestone "shiped". The process declares: placed, shipped.'],
  [
    { reach: { milestone: "shipped", part: 3, of: 2 } },
    'reached part 3 of 2 of "shipped". Parts are counted from 1.',
  ],
  [{ ask: "review" }, 'has no list under "ask". Write ask: [ … ].'],
  [{ ask: ["revue"] }, 'names approval "revue". The process declares: review.'],
  [
    { start: [{ timer: "due", at: "soon" }] },
    'started timer "due" at "soon", which is no moment (RFC 3339).',
  ],
  [
    { send: [Post.of(started)] },
    'has something under "send" that is no message of a contract. Write send(Contract.of({ … })).',
  ],
  [{ end: "done" }, 'ended with "done". An end is "completed" or { abandon: "why" }.'],
])("what is no decision is refused with its place and the remedy: %j", (decided, says) => {
  const careless = process({ ...shipping.header, name: "careless" })
    .startsOn(Placed, "orderId", () => ({ state: started }))
    .when(Shipped, "orderId", () => decided as never);
  expect(() => step(careless, started, happened(Shipped.of(started)))).toThrow(
    new Unusable(`careless, when event:logistics.shipped, ${says}`),
  );
});

test("a start without a state is refused, or nothing could come after it", () => {
  const empty = process({ ...shipping.header, name: "empty" }).startsOn(
    Placed,
    "orderId",
    () => ({}) as never,
  );
  expect(() => step(empty, undefined, happened(Placed.of(started)))).toThrow(
    "empty begins with event:sales.order-placed and must say its first state.",
  );
});
