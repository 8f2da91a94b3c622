/** One at a time per business key, many keys at once, and a parcel set aside holds nobody but its own key. */
import { expect, test } from "vitest";
import { Line, type Parcelled, rankOf } from "./line.ts";

const parcel = (key: string, subject: string): Parcelled =>
  ({
    key,
    subject,
    connection: "erp",
    lane: 0,
    correlation: subject,
    causation: "",
    afterKey: null,
    undoes: null,
    status: "owed",
    attempts: 0,
    doubts: 0,
    notFound: 0,
    crashes: 0,
    rank: 0,
    shown: false,
    after: "0",
    dueInMs: 0,
    stoodMs: 0,
    cargo: undefined,
    flow: undefined,
    message: undefined,
  }) as unknown as Parcelled;

test("of one subject only the first goes; the next becomes first when it is done", () => {
  const line = new Line();
  const [a1, a2, b1] = [parcel("a1", "order/A"), parcel("a2", "order/A"), parcel("b1", "order/B")];
  expect([line.add(a1), line.add(a2), line.add(b1)]).toEqual([true, false, true]);
  line.makeReady(a1, 0);
  line.makeReady(b1, 0);
  expect([line.take()?.key, line.take()?.key, line.take()?.key]).toEqual(["a1", "b1", undefined]);
  expect(line.remove(a1)?.key).toBe("a2");
  expect([line.busy("order/A"), line.remove(b1), line.busy("order/B"), line.size]).toEqual([
    true,
    undefined,
    false,
    1,
  ]);
});

test("removing one from the middle leaves the first where it is", () => {
  const line = new Line();
  const [a1, a2, a3] = [parcel("a1", "order/A"), parcel("a2", "order/A"), parcel("a3", "order/A")];
  for (const each of [a1, a2, a3]) line.add(each);
  expect(line.remove(a2)).toBeUndefined();
  expect(line.remove(a1)?.key).toBe("a3");
});

test("what was removed while it waited is not taken, and thousands pass in order", () => {
  const line = new Line();
  const many = Array.from({ length: 5_000 }, (_, n) => parcel(`k${n}`, `order/${n}`));
  for (const each of many) {
    line.add(each);
    line.makeReady(each, 0);
  }
  line.remove(many[3] as Parcelled);
  const taken: string[] = [];
  for (let next = line.take(); next; next = line.take()) taken.push(next.key);
  expect(taken).toEqual(many.filter((_, n) => n !== 3).map(({ key }) => key));
  expect(line.ready).toBe(0);
});

test("a parcel said to be ready twice is taken once, and one taken back is not taken", () => {
  const line = new Line();
  const [a1, b1] = [parcel("a1", "order/A"), parcel("b1", "order/B")];
  for (const each of [a1, b1]) line.add(each);
  for (const each of [a1, b1, a1]) line.makeReady(each, 0);
  line.takeBack(b1);
  expect([line.ready, line.take()?.key, line.take(), line.ready]).toEqual([1, "a1", undefined, 0]);
  line.makeReady(b1, 0);
  expect([line.take()?.key, line.isFirst(b1)]).toEqual(["b1", true]);
});

test("those tried before do not stand before those never tried, unless it is their turn", () => {
  const line = new Line();
  const [tried, doubtful, first, begun] = ["a", "b", "c", "d"].map((key) => parcel(key, `order/${key}`)) as [
    Parcelled,
    Parcelled,
    Parcelled,
    Parcelled,
  ];
  Object.assign(tried, { attempts: 2, status: "owed" });
  Object.assign(doubtful, { attempts: 1, status: "in_doubt" });
  Object.assign(begun, { attempts: 1, status: "attempting" });
  for (const each of [tried, doubtful, first, begun]) {
    line.add(each);
    line.makeReady(each, 0);
  }
  expect(
    [line.take(), line.take(true), line.take(), line.take(), line.take()].map((each) => each?.key),
  ).toEqual(["c", "a", "d", "b", undefined]);
});

test("an order goes before the catalogue that came sooner, and the catalogue is not put off for ever", () => {
  const line = new Line();
  const at = (key: string, rank: number, now: number) => {
    const each = { ...parcel(key, `item/${key}`), rank };
    line.add(each);
    line.makeReady(each, now);
  };
  for (const n of [0, 1, 2]) at(`catalogue ${n}`, rankOf("C4"), n);
  at("pick list", rankOf("C3"), 500);
  at("order", rankOf("C2"), 1_000);
  at("invoice", rankOf("C1"), 2_000);
  at("late order", rankOf("C2"), 10_002);
  expect(Array.from({ length: 7 }, () => line.take()?.key)).toEqual([
    "order",
    "invoice",
    "pick list",
    "catalogue 0",
    "catalogue 1",
    "late order",
    "catalogue 2",
  ]);
  expect(line.hasNew).toBe(false);
});
