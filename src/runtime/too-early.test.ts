/** What must never come before its process has begun is shown while it waits, and ends by itself where only the news was late. */
import Type from "typebox";
import { expect, test } from "vitest";
import { event } from "../contracts/contract.ts";
import { type Input, process } from "../processes/process.ts";
import type { Instance } from "../work/instances.ts";
import { concernsNothing, onlyToldLate, shownTooEarly } from "./too-early.ts";

const about = (name: string) =>
  event({
    name,
    version: 1,
    owner: "test",
    summary: "Something happened.",
    criticality: "C2",
    data: Type.Object({ orderId: Type.String() }),
    keys: { order: "orderId" },
    sample: { orderId: "1" },
  });
const Released = about("test.order-released");
const Made = about("test.output-made");
const Heard = about("test.news-heard");
const making = process({
  name: "making",
  version: 1,
  owner: "test",
  summary: "Makes.",
  keyType: "order",
  state: Type.Object({}),
  milestones: {},
  neverBefore: [
    { contract: Made, title: "Made early.", fingerprint: "making/early", class: "data", owner: "planner" },
  ],
}).startsOn(Released, "orderId", () => ({ state: {} }));
const instance = { key: "1", correlation: "order/1" } as Instance;
const input = (contract: typeof Made, at: string): Input => ({
  kind: "event",
  at,
  message: contract.of({ orderId: "1" }),
  source: "mes",
});

test("only what the process names is shown, once a cause and document, by whom it was told", () => {
  expect(shownTooEarly(making, instance, input(Heard, "2026-01-05T08:00:00Z"))).toEqual([]);
  expect(shownTooEarly(making, instance, input(Made, "2026-01-05T08:00:00Z"))).toEqual([
    {
      fingerprint: "making/early",
      class: "data",
      subjectKind: "document",
      subject: "order/1|making/early",
      connection: "mes",
      correlation: "order/1",
      title: "Made early.",
      reason:
        "test.output-made of order 1 was told by mes before anything that begins it. It is kept and not carried out. Have the beginning told, or what was done taken back.",
      owner: "planner",
      atRisk: null,
    },
  ]);
});

test("it ends with a start that was earlier, and stays where one of what was kept really came before", () => {
  const kept = (...at: string[]) => at.map((one) => ({ input: input(Made, one) }));
  const start = input(Released, "2026-01-05T08:00:00Z");
  const ended = (...at: string[]) => onlyToldLate(making, instance, start, kept(...at));
  expect(ended()).toEqual([]);
  expect(ended("2026-01-05T08:00:00Z", "2026-01-05T09:00:00+01:00")).toEqual([
    {
      subjectKind: "document",
      subject: "order/1|making/early",
      resolution: "It had begun before that, and was told of later.",
    },
  ]);
  expect(ended("2026-01-05T08:00:01Z", "2026-01-05T07:59:59Z")).toEqual([]);
});

test("what concerns an instance only where there is one, and what does only once it has begun, is not kept for it", () => {
  const waiting = { ...making, header: { ...making.header, ifStarted: [Heard], onceStarted: [Made] } };
  const stand = (contract: typeof Made) =>
    [null, "expected", "running", "completed"].map((status) =>
      concernsNothing(waiting, status === null ? null : ({ status } as Instance), contract.name),
    );
  expect(stand(Heard)).toEqual([true, false, false, false]);
  expect(stand(Made)).toEqual([true, true, false, false]);
  expect(stand(Released)).toEqual([false, false, false, false]);
});
