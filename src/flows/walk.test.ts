/** Walking a flow with no runtime: parts apart, refusals named, look-ups asked for and recorded. */
import Type from "typebox";
import { expect, test } from "vitest";
import type { Codec } from "../codecs/codec.ts";
import { connection, connector } from "../connectors/connector.ts";
import { command, event } from "../contracts/contract.ts";
import { toBytes } from "../std/bytes.ts";
import { ContractBroken, Defect } from "../std/errors.ts";
import { carried, kept } from "./carried.ts";
import { flow } from "./flow.ts";
import { type Walk, walkIn, walkOut } from "./walk.ts";

const Text = Type.String({ minLength: 1 });
const quiet = connector({
  name: "quiet",
  summary: "Never opened.",
  config: Type.Object({}),
  guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
  open: async () => ({ probe: async () => undefined, close: async () => undefined }),
});
const inbox = connection("inbox", quiet, { config: {} });
const east = connection("east", quiet, { config: {} });
const west = connection("west", quiet, { config: {} });
const about = { version: 1, owner: "test", summary: "For this test.", criticality: "C2" } as const;
const Captured = event({
  ...about,
  name: "sales.order-captured",
  data: Type.Object({ orderId: Text, item: Text }),
  keys: { order: "orderId" },
  sample: { orderId: "1", item: "A" },
});
const Answer = command({
  ...about,
  name: "partner.send-document",
  data: Type.Object({ of: Text, refused: Type.Integer() }),
  keys: { document: "of" },
  sample: { of: "1", refused: 0 },
});

type Line = { id: string; item: string };
const lines: Codec<Line[]> = {
  name: "lines",
  mediaType: "text/plain",
  decode: (body) => {
    const text = Buffer.from(body).toString();
    if (text === "") throw new ContractBroken("The file is empty.", { facts: { line: 1 } });
    return text.split("\n").map((line) => ({ id: line.split(";")[0] ?? "", item: line.split(";")[1] ?? "" }));
  },
  encode: (document) => toBytes(document.map(({ id, item }) => `${id};${item}`).join("\n")),
};

/** Answers look-ups from a table and returns the result with what was asked. */
const drive = <Result>(walk: Walk<Result>, table: Record<string, string> = {}): Result => {
  let step = walk.next();
  while (!step.done)
    step = walk.next(
      step.value.map((reference) => ("table" in reference ? (table[reference.value] ?? null) : null)),
    );
  return step.value;
};

const ordersIn = flow("orders-in")
  .from(inbox)
  .decode(lines)
  .acknowledge("answer", (document, parts) => [
    Answer.of({ of: String(document.length), refused: parts.filter(({ refused }) => refused).length }),
  ])
  .split<Line>("each line", (document) =>
    document.map((line) =>
      line.id === "bad" ? new ContractBroken("This line is bad.", { facts: { line: 2 } }) : line,
    ),
  )
  .keep("is not a test order", ({ id }) => !id.startsWith("T"))
  .lookUp(
    "our item",
    ({ item }) => [{ table: "item", system: "inbox", value: item }],
    (line, [item]) => ({ ...line, item: item ?? "" }),
  )
  .map(({ id, item }) => ({ orderId: id, item }))
  .publish(Captured);

test("good parts become facts, a bad one is refused alone, and the sender hears about both", () => {
  const walked = drive(walkIn(ordersIn, toBytes("1;a\nbad;a\nT9;a\n2;zz\n3;a")), { a: "PUMP-100" });
  expect(walked.messages.map(({ data }) => data)).toEqual([
    { orderId: "1", item: "PUMP-100" },
    { orderId: "3", item: "PUMP-100" },
  ]);
  expect(walked.refused.map(({ part, error }) => [part, error.message])).toEqual([
    [1, "This line is bad."],
    [3, "our item: zz is not known as item in inbox."],
  ]);
  expect(walked.passedOver).toEqual([{ part: 2, because: "is not a test order" }]);
  expect(walked.acknowledgements.map(({ data }) => data)).toEqual([{ of: "5", refused: 2 }]);
  expect(walked.lookedUp).toEqual([
    { label: "our item", reference: { table: "item", system: "inbox", value: "a" }, found: "PUMP-100" },
    { label: "our item", reference: { table: "item", system: "inbox", value: "a" }, found: "PUMP-100" },
  ]);
});

test("what a part or a mapping does not carry stands beside the message it came to, and of the whole beside the first", () => {
  const left = (place: string) => [{ place, value: "x" }];
  const told = flow("orders-in")
    .from(inbox)
    .decode(lines)
    .map((document) => carried(document, left("head")))
    .split("each line", (document) => document.map((line) => carried(line, left(`line ${line.id}`))))
    .keep("is not a test order", ({ id }) => id !== "T")
    .map(({ id, item }) => carried({ orderId: id, item }, []))
    .publishAs([Captured], (order) => carried([Captured.of(order), Captured.of(order)], left("told")));
  expect(drive(walkIn(told, toBytes("T;a\n1;a\n2;a"))).notCarried).toEqual([
    { message: 0, place: "head", value: "x" },
    { message: 0, place: "line 1", value: "x" },
    { message: 0, place: "told", value: "x" },
    { message: 2, place: "line 2", value: "x" },
    { message: 2, place: "told", value: "x" },
  ]);
  const out = flow("orders-out")
    .on(Captured)
    .map(({ orderId, item }) => carried([{ id: orderId, item }], left("colour")))
    .deliver(east, lines);
  expect(drive(walkOut(out, Captured.of(Captured.sample)))).toMatchObject({
    cargo: [{ id: "1", item: "A" }],
    notCarried: [{ place: "colour", value: "x" }],
  });
});

test("what is kept beside a message is bounded, and says how much more there was", () => {
  const many = Array.from({ length: 103 }, (_, at) => ({ place: `p${at}`, value: "v".repeat(600) }));
  const some = kept(many)!;
  expect(some).toHaveLength(101);
  expect([some[0]?.value.length, some.at(-1)]).toEqual([500, { place: "", value: "3 more" }]);
  expect(kept([])).toBeUndefined();
});

test("what cannot be read at all is one refusal, with no answer to give", () => {
  const walked = drive(walkIn(ordersIn, toBytes("")));
  expect([
    walked.messages,
    walked.acknowledgements,
    walked.refused.map(({ part, error }) => [part, error.facts.line]),
  ]).toEqual([[], [], [[0, 1]]]);
});

test("a mapping that trips over odd data refuses the part; a broken invariant of ours is not blamed on the sender", () => {
  const tripping = flow("tripping")
    .from(inbox)
    .decode(lines)
    .map((): { orderId: string; item: string } => (undefined as never as { x: { y: never } }).x.y)
    .publish(Captured);
  expect(drive(walkIn(tripping, toBytes("1;a"))).refused[0]?.error.message).toMatch(
    /^The document could not be translated \(map\): Cannot read properties of undefined/,
  );
  const wrong = flow("wrong")
    .from(inbox)
    .decode(lines)
    .map((): { orderId: string; item: string } => {
      throw new Defect("Broken invariant: never.");
    })
    .publish(Captured);
  expect(() => drive(walkIn(wrong, toBytes("1;a")))).toThrow(Defect);
});

test("a message going out is routed by its content, or passed over with the reason", () => {
  const out = flow("out")
    .on(Captured)
    .keep("has an item we make", ({ item }) => item !== "none")
    .deliver(
      { by: ({ item }) => item, to: { E: east }, otherwise: west },
      { name: "x", mediaType: "x", decode: () => ({ orderId: "", item: "" }), encode: () => toBytes("") },
    );
  const walk = (item: string) => drive(walkOut(out, Captured.of({ orderId: "1", item })));
  expect(
    [walk("E"), walk("W"), walk("none")].map((walked) =>
      "connection" in walked ? walked.connection.name : walked.passedOver,
    ),
  ).toEqual(["east", "west", "has an item we make"]);
  expect(out.connections.map(({ name }) => name)).toEqual(["east", "west"]);
});

test("only legal next words compile", () => {
  const bytes = flow("typed").from(inbox);
  const read = bytes.decode(lines);
  // @ts-expect-error A document that is not the contract's data cannot be published under it.
  read.publish(Captured);
  // @ts-expect-error What has not been read from bytes has no fields.
  bytes.map((cargo) => cargo.orderId);
  // @ts-expect-error A question without an answer is no question: `ask` ends in `answer`.
  const unanswered: import("./flow.ts").OutboundFlow = flow("asks").on(Captured).ask(east, "credit");
  expect(unanswered).toBeDefined();
});

test("an arrival is known by the number its sender gave it, where there is one", () => {
  const numbered = flow("numbered-in")
    .from(inbox)
    .decode(lines)
    .identify("first line", ([first]) => (first?.id === "" ? null : (first?.id ?? null)))
    .split<Line>("each line", (document) => document)
    .publishAs([Answer], () => []);
  expect(drive(walkIn(numbered, toBytes("7;A"))).identity).toBe("7");
  expect(drive(walkIn(numbered, toBytes(";A")))).not.toHaveProperty("identity");
});
