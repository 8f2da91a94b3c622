/** An envelope says everything its journal row says, and an exported contract everything its record says. */
import { expect, test } from "vitest";
import { canon, cloudevents, exportContract, sales } from "./index.ts";

const row: cloudevents.JournalRow = {
  id: "acme-mailbox:000000101/0001",
  kind: "event",
  contract: "sales.order-captured",
  version: 1,
  key: "order/SO-ACME-PO-4711",
  source: "client:web shop",
  correlation: "order/SO-ACME-PO-4711",
  causation: "arrival:0190",
  occurredAt: "2026-01-05T08:00:00.000Z",
  recordedAt: "2026-01-05T08:00:00.012Z",
  position: "1204",
  data: sales.OrderCaptured.sample,
};

test("a journal row goes into an envelope", () => {
  expect(cloudevents.toCloudEvent(row, sales.OrderCaptured)).toEqual({
    specversion: "1.0",
    id: "acme-mailbox:000000101/0001",
    source: "//crossdock/client%3Aweb%20shop",
    type: "crossdock.sales.order-captured.v1",
    subject: "SO-ACME-PO-4711",
    time: "2026-01-05T08:00:00.000Z",
    datacontenttype: "application/json",
    dataschema: "/v1/contracts/sales.order-captured/1",
    recordedtime: "2026-01-05T08:00:00.012Z",
    correlationid: "order/SO-ACME-PO-4711",
    causationid: "arrival:0190",
    partitionkey: "order/SO-ACME-PO-4711",
    sequence: "00000000000000001204",
    xdkind: "event",
    xdcriticality: "C2",
    xdenvironment: "production",
    data: sales.OrderCaptured.sample,
  });
});

test("every canonical message comes back from its envelope as the same row", () => {
  for (const contract of canon) {
    const { key, data, kind, version } = contract.of(contract.sample);
    for (const causation of [null, "event:17"]) {
      const given = { ...row, contract: contract.name, key, data, kind, version, causation };
      const sent = JSON.parse(JSON.stringify(cloudevents.toCloudEvent(given, contract)));
      expect(cloudevents.fromCloudEvent(sent)).toEqual(given);
    }
  }
});

test("attribute names are lower-case letters and digits", () => {
  for (const name of Object.keys(cloudevents.toCloudEvent(row, sales.OrderCaptured))) {
    expect(name).toMatch(/^[a-z0-9]+$/);
  }
});

test("an envelope that is not ours is refused by the name of its attribute", () => {
  const good = cloudevents.toCloudEvent(row, sales.OrderCaptured) as unknown as Record<string, unknown>;
  const without = (changes: Record<string, unknown>) => () =>
    cloudevents.fromCloudEvent({ ...good, ...changes });
  expect(without({ type: "com.example.order" })).toThrow(
    "The event's envelope is not ours: type is not crossdock.<contract>.v<major>.",
  );
  expect(without({ specversion: "0.3" })).toThrow("specversion is not 1.0");
  expect(without({ correlationid: undefined })).toThrow("correlationid is not text");
});

test("an exported contract is a JSON Schema document that keeps owner, keys and marks", () => {
  const exported = exportContract(sales.OrderCaptured);
  expect(exported.$id).toBe("/v1/contracts/sales.order-captured/1");
  expect(exported["x-crossdock-owner"]).toBe("order-management");
  expect(exported["x-crossdock-keys"]).toMatchObject({ order: "salesOrderId" });
  expect(exported.required).toContain("salesOrderId");
  expect(JSON.stringify(exported)).toContain('"secret":true');
  expect(JSON.stringify(exported)).toContain('"personal":true');
  for (const contract of canon) expect(() => JSON.stringify(exportContract(contract))).not.toThrow();
});
