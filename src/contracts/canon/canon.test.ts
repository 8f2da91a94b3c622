/**
 * The canonical contracts keep what `contract.ts` and the naming rules ask of them, all of them alike.
 *
 * @covers EVT-44
 */
import { expect, test } from "vitest";
import { milestoneSaid } from "../contract.ts";
import { canon, operations, telling } from "./index.ts";

const DOMAINS = [
  "sales",
  "inventory",
  "production",
  "quality",
  "procurement",
  "logistics",
  "finance",
  "master",
  "operations",
];

test("every sample keeps its contract and has its primary key", () => {
  for (const contract of canon) {
    const message = contract.of(contract.sample);
    const [primary] = Object.keys(contract.keyDeclarations);
    expect(message.key, contract.name).toMatch(new RegExp(`^${primary}/.+`));
    expect(contract.read(JSON.parse(JSON.stringify(contract.sample)), contract.version)).toEqual(
      contract.sample,
    );
  }
});

test("every declared key is found in the sample or names a field that may be absent", () => {
  for (const contract of canon) {
    const found = new Set(contract.keysOf(contract.sample).map(({ type }) => type));
    const fields = JSON.stringify(contract.schema);
    for (const [type, declared] of Object.entries(contract.keyDeclarations)) {
      const path = typeof declared === "string" ? declared : declared.path;
      const last = path.split(".").at(-1)?.replace("[]", "");
      expect(found.has(type) || fields.includes(`"${last}"`), `${contract.name} ${type}`).toBe(true);
    }
  }
});

test("names are unique; an event is <domain>.<entity>-<past participle>, a command has another first word", () => {
  const names = canon.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, kind } of canon) {
    expect(name).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)+$|^payment\.(capture|refund)$/);
    const [first = ""] = name.split(".");
    // `procurement` is both a domain of events and the system that is told to order.
    if (first !== "procurement") expect(DOMAINS.includes(first), name).toBe(kind === "event");
  }
});

test("a contract's time is a field of its data", () => {
  for (const { name, time, schema } of canon) {
    if (time) expect(JSON.stringify(schema), name).toContain(`"${time}"`);
  }
});

test("only events hold an opinion about a milestone, and only about those the business knows", () => {
  const opinions = canon.flatMap(({ kind, says }) => (says ? [{ kind, milestone: says.milestone }] : []));
  expect(new Set(opinions.map(({ kind }) => kind))).toEqual(new Set(["event"]));
  expect(
    new Set(opinions.flatMap(({ milestone }) => (typeof milestone === "string" ? [milestone] : []))),
  ).toEqual(
    new Set([
      // Order-to-cash.
      ...["accepted", "credit approved", "allocated", "dispatched", "invoiced", "paid"],
      // Production, subcontracting and quality.
      ...["released", "started", "completed", "costed", "provided", "returned"],
      ...["held", "cleared", "stock corrected"],
      // Procure-to-pay, returns, intercompany.
      ...["approved", "ordered", "confirmed", "notified", "received", "matched", "authorised", "balanced"],
    ]),
  );
  const { says, sample } = operations.MilestoneAcknowledged;
  expect(says && milestoneSaid(says, sample)).toBe("dispatched");
});

test("every kind of partner document can be sent", () => {
  for (const document of telling.documents) {
    const message = telling.SendDocument.of({ ...telling.SendDocument.sample, document });
    expect(message.key).toBe("conversation/SO-ACME-PO-4711");
  }
});
