/** One event is one value and one hash id, whatever the syntax, version, order, zone or spelling it came in. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBytes } from "../../std/bytes.ts";
import { refusalOf } from "../hostile.fixtures.ts";
import { samplesOf } from "../samples.fixtures.ts";
import { canonicalForm, type EpcisEvent, type EpcisExtension, epcis, eventHashId } from "./codec.ts";
import { EVENT_TYPES } from "./event.ts";
import { json, transformation, xml } from "./fixtures.ts";
import { probe } from "./probe.ts";
import { canonicalLink } from "./vocabulary.ts";

const codec = epcis();
const read = (text: string) => codec.decode(toBytes(text));
const first = (text: string): EpcisEvent => read(text).events[0]!;

test("an event is read with its error declaration, sensors and extensions", () => {
  expect(first(xml)).toMatchObject({
    type: "ObjectEvent",
    eventTime: "2026-03-05T11:00:30.1415+01:00",
    action: "OBSERVE",
    bizStep: "https://ref.gs1.org/cbv/BizStep-shipping",
    errorDeclaration: {
      declarationTime: "2026-03-06T08:00:00Z",
      reason: "https://ref.gs1.org/cbv/ER-did_not_occur",
      correctiveEventIds: ["urn:uuid:2"],
    },
    quantities: [{ epcClass: "urn:epc:class:lgtin:4012345.012345.L-900", quantity: "2.50", uom: "KGM" }],
    sensors: [
      {
        metadata: { extensions: [{ name: "{http://ns.example.com/pump/}room", value: "cold" }] },
        reports: [{ fields: { type: "https://gs1.org/voc/Temperature", value: "4.0", uom: "CEL" } }],
      },
    ],
    extensions: [
      { name: "{http://ns.example.com/pump/}colour", value: "red", children: [] },
      { name: "{http://ns.example.com/pump/}box", children: [{ value: "2" }, { value: "1" }] },
    ],
  });
});

test("the canonical form is that of the standard, and JSON-LD in other words gives the same", () => {
  expect(canonicalForm(first(xml))).toBe(
    "eventType=ObjectEventeventTime=2026-03-05T10:00:30.142ZeventTimeZoneOffset=+01:00" +
      "epcListepc=https://id.gs1.org/01/04012345111118/21/9876epc=https://id.gs1.org/01/04012345111118/21/9877" +
      "quantityListquantityElementepcClass=https://id.gs1.org/01/04012345123456/10/L-900quantity=2.5uom=KGM" +
      "action=OBSERVEbizStep=https://ref.gs1.org/cbv/BizStep-shipping" +
      "disposition=https://ref.gs1.org/cbv/Disp-in_transit" +
      "readPointid=https://id.gs1.org/414/4012345000054{http://ns.example.com/pump/}ramp=3" +
      "bizTransactionListtype=https://ref.gs1.org/cbv/BTT-pobizTransaction=urn:example:po:7781" +
      "sourceListtype=https://ref.gs1.org/cbv/SDT-owning_partysource=https://id.gs1.org/417/4012345000009" +
      "sensorElementListsensorElementsensorMetadatatime=2026-03-05T10:00:00.000Z{http://ns.example.com/pump/}room=cold" +
      "sensorReporttype=https://gs1.org/voc/Temperaturevalue=4uom=CEL" +
      "{http://ns.example.com/pump/}box{http://ns.example.com/pump/}size=1{http://ns.example.com/pump/}size=2" +
      "{http://ns.example.com/pump/}colour=red",
  );
  expect(canonicalForm(first(json))).toBe(canonicalForm(first(xml)));
  expect(eventHashId(first(json))).toBe(eventHashId(first(xml)));
  expect(eventHashId(first(json))).toMatch(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/);
});

test("whatever of an event happened changes its id; when it was recorded and whether it was wrong does not", () => {
  const event = first(xml);
  const id = eventHashId(event);
  const { recordTime: _, eventId: __, errorDeclaration: ___, ...happened } = event;
  expect(eventHashId(happened)).toBe(id);
  const comment = { name: "{http://www.w3.org/2000/01/rdf-schema#}comment", value: "Seen", children: [] };
  expect(eventHashId({ ...event, extensions: [...event.extensions, comment] })).toBe(id);
  for (const change of [
    { eventTime: "2026-03-05T11:00:31+01:00" },
    { epcs: event.epcs.slice(1) },
    { bizStep: "https://ref.gs1.org/cbv/BizStep-receiving" },
    { extensions: [] },
    { quantities: [{ ...event.quantities[0]!, quantity: "2.51" }] },
  ]) {
    expect(eventHashId({ ...event, ...change })).not.toBe(id);
  }
});

test("a time without seconds is the full minute", () => {
  const [full, short] = ["11:00:00+01:00", "11:00+01:00"].map((time) =>
    first(xml.replace("11:00:30.1415+01:00", time)),
  );
  expect(short!.eventTime).toBe("2026-03-05T11:00:00+01:00");
  expect(eventHashId(short!)).toBe(eventHashId(full!));
});

test("version 1.2 is read through its wrappers", () => {
  expect(first(transformation)).toMatchObject({
    type: "TransformationEvent",
    eventId: "urn:uuid:1",
    inputEpcs: ["urn:epc:id:sgtin:4012345.011111.1"],
    outputQuantities: [{ epcClass: "urn:epc:idpat:sgtin:4012345.044444.*", quantity: "452" }],
    ilmd: [{ name: "{urn:epcglobal:cbv:mda:}lotNumber", value: "L-900" }],
  });
});

test.each([
  ["urn:epc:id:sscc:4012345.0123456789", "https://id.gs1.org/00/040123451234567894"],
  ["urn:epc:id:sgln:4012345.00005.R3+1", "https://id.gs1.org/414/4012345000054/254/R3%2B1"],
  ["urn:epc:id:grai:4012345.66666.387", "https://id.gs1.org/8003/04012345666663387"],
  ["urn:epc:id:giai:4012345.AAbb", "https://id.gs1.org/8004/4012345AAbb"],
  ["urn:epc:id:gdti:4012345.55555.PO", "https://id.gs1.org/253/4012345555554PO"],
  ["urn:epc:id:gsrn:4012345.9876540000", "https://id.gs1.org/8018/401234598765400000"],
  ["urn:epc:id:itip:4012345.012345.01.02.999", "https://id.gs1.org/8006/040123451234560102/21/999"],
  ["urn:epc:id:cpi:4012345.ABC.123", "https://id.gs1.org/8010/4012345ABC/8011/123"],
  ["urn:epc:idpat:sgtin:4012345.044444.*", "https://id.gs1.org/01/04012345444445"],
  [
    "https://shop.example/a/gtin/04012345111118/lot/L1/ser/7?q#f",
    "https://id.gs1.org/01/04012345111118/21/7",
  ],
  ["https://example.com/order/77", "https://example.com/order/77"],
  ["urn:epc:id:sgtin:4012345.1.7", "urn:epc:id:sgtin:4012345.1.7"],
  ["https://x.example/__proto__/constructor", "https://x.example/__proto__/constructor"],
])("%s is %s", (given, canonical) => {
  expect(canonicalLink(given)).toBe(canonical);
});

describe("refused, with line or path and reason", () => {
  test.each<[string, string, string, Record<string, unknown>]>([
    [
      "a time without zone",
      "<eventTime>2026-03-05T11:00:30.1415+01:00",
      "<eventTime>2026-03-05T11:00:30",
      { line: 5, expected: "a time with its zone" },
    ],
    ["a day the calendar lacks", "<eventTime>2026-03-05", "<eventTime>2026-02-30", { line: 5 }],
    ["an action of no standard", "OBSERVE", "LOOK", { line: 11, found: "LOOK" }],
    ["an offset of 15 hours", "<eventTimeZoneOffset>+01:00", "<eventTimeZoneOffset>+15:00", { line: 7 }],
    ["a quantity that is none", "2.50", "2,50", { line: 16, expected: "a number" }],
    ["a field EPCIS does not know", "<own:colour", "<colour/><own:colour", { line: 19, found: "colour" }],
    ["an event of no standard", "ObjectEvent", "ThingEvent", { found: "ThingEvent" }],
    ["another namespace", "urn:epcglobal:epcis:xsd:2", "urn:example", { found: "urn:example" }],
    ["no list of events", "EventList", "Events", { expected: "an EventList" }],
    ["a field twice", "<action>OBSERVE", "<action>ADD</action><action>OBSERVE", { found: "it again" }],
  ])("%s", (_, from, to, facts) => {
    expect(xml).toContain(from);
    expect(refusalOf(() => read(xml.replaceAll(from, to)))).toMatchObject(facts);
  });

  test("in JSON the path is told; an event must have what its type asks", () => {
    expect(refusalOf(() => read(json.replace("OBSERVE", "LOOK")))).toMatchObject({
      path: "$.epcisBody.eventList[0].action",
    });
    expect(refusalOf(() => read(json.replace('"bizStep":"shipping"', '"bizStep":"shiping"')))).toMatchObject({
      path: "$.epcisBody.eventList[0].bizStep",
      found: "shiping",
    });
    expect(refusalOf(() => read(json.replace('"mine:colour"', '"ilmd":{"colour":1},"x:y"')))).toMatchObject({
      path: "$.epcisBody.eventList[0].ilmd.colour",
    });
    expect(refusalOf(() => read(json.replace('"@context"', '"id"')))).toMatchObject({
      expected: "the @context of JSON-LD",
    });
    const without = (from: string | RegExp, to = "") =>
      refusalOf(() => read(transformation.replace(from, to)));
    expect(without(/<inputEPCList>.*<\/inputEPCList>/)).toMatchObject({ found: "no inputs" });
    const event = { eventTime: "2026-03-05T10:00:00Z", eventTimeZoneOffset: "+00:00", action: "ADD" };
    expect(refusalOf(() => read(JSON.stringify({ type: "ObjectEvent", ...event })))).toMatchObject({
      expected: "identifiers, quantities or sensor readings",
    });
    expect(refusalOf(() => read(JSON.stringify({ type: "TransactionEvent", ...event })))).toMatchObject({
      expected: "a business transaction",
    });
    expect(refusalOf(() => read(JSON.stringify({ type: "AggregationEvent", ...event })))).toMatchObject({
      expected: "the field parentID",
    });
    expect(refusalOf(() => read("[]"))).toMatchObject({ expected: "an object" });
  });
});

test("any event is the same value and the same hash after XML and after JSON-LD", () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 3 }), (events) => {
      for (const syntax of ["xml", "json"] as const) {
        const back = codec.decode(codec.encode({ syntax, events, notCarried: [] }));
        expect(back.events).toEqual(events);
        expect(back.events.map(eventHashId)).toEqual(events.map(eventHashId));
      }
    }),
    { numRuns: 150 },
  );
});

test("hostile documents are refused at once", () => {
  expect(refusalOf(() => read(xml.replace("<own:box>", "<own:box>".repeat(5_000))))).toHaveProperty("line");
  expect(
    refusalOf(() => read(json.replace('{"mine:size"', `${"[".repeat(5_000)}{"mine:size"`))),
  ).toHaveProperty("message");
  expect(refusalOf(() => read(xml.replace("<e:", "<!DOCTYPE x><e:")))).toMatchObject({ line: 2 });
});

describe("published documents", () => {
  const REFUSED: Readonly<Record<string, string>> = { "AssociationEvent-h.jsonld": 'found "eventID" again' };
  const ids = new Set<string>();
  for (const { file, body } of samplesOf("epcis").filter((one) =>
    probe.recognises(one.body().subarray(0, 8_192)),
  )) {
    test(file, () => {
      const reason = REFUSED[file.split("/").at(-1)!];
      if (reason !== undefined)
        return expect(refusalOf(() => codec.decode(body())).message).toContain(reason);
      const text = Buffer.from(body()).toString("utf8");
      const declared = /<!DOCTYPE[^>]*>/.exec(text)?.[0];
      if (declared !== undefined)
        expect(refusalOf(() => codec.decode(body()))).toMatchObject({
          line: 2,
          expected: "no document type declaration",
        });
      const document = read(text.replace(declared ?? "", ""));
      // The second of them has another offset, which is part of the canonical form.
      if (/identical_hash_id_[^2]/.test(file)) {
        ids.add(eventHashId(document.events[0]!));
        expect(ids.size).toBe(1);
      }
      const back = codec.decode(codec.encode(document));
      expect(back.events).toEqual(document.events);
    });
  }
});

const namespaced = fc.constantFrom(
  "{http://ns.example.com/a/}one",
  "{http://ns.example.com/b#}two",
  "{urn:epcglobal:cbv:mda:}lotNumber",
);
const text = fc
  .string({ minLength: 1, maxLength: 10, unit: "grapheme" })
  .map((value) => `t${value.trim()}`)
  .filter((value) => value.isWellFormed() && !/[\ufffe\uffff]/.test(value));
const leaf: fc.Arbitrary<EpcisExtension> = fc.record({
  name: namespaced,
  value: text,
  children: fc.constant([]),
});
/** Grouped by name, as JSON keeps them. */
const grouped = (all: fc.Arbitrary<EpcisExtension>) =>
  fc
    .array(all, { maxLength: 3 })
    .map((some) =>
      [...some].sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0)),
    );
const nested: fc.Arbitrary<EpcisExtension> = fc.oneof(
  leaf,
  fc.record({ name: namespaced, children: grouped(leaf).filter((children) => children.length > 0) }),
);
const epc = fc.constantFrom(
  "urn:epc:id:sgtin:4012345.011111.9",
  "https://id.gs1.org/01/04012345111118/21/7",
  "urn:uuid:1",
);
const number = fc.constantFrom("1", "2.5", "0.10", "12345678901234567.89");
const quantity = fc.oneof(
  fc.record({ epcClass: epc }),
  fc.record({ epcClass: epc, quantity: number, uom: fc.constant("KGM") }),
);
const typed = fc.oneof(
  fc.record({ id: epc }),
  fc.record({ type: fc.constantFrom("https://ref.gs1.org/cbv/BTT-po", "urn:example:t"), id: epc }),
);
const place = fc.record({ id: epc, extensions: grouped(leaf) });
const few = <Value>(of: fc.Arbitrary<Value>) => fc.array(of, { maxLength: 2 });
const anyEvent = fc
  .record(
    {
      type: fc.constantFrom(...EVENT_TYPES),
      eventTime: fc.constantFrom("2026-03-05T10:00:00Z", "2026-03-05T10:00:00.123456+05:30"),
      eventTimeZoneOffset: fc.constantFrom("+00:00", "-06:00"),
      recordTime: fc.constant("2026-03-05T10:00:01Z"),
      eventId: fc.constant("urn:uuid:9"),
      errorDeclaration: fc.record({
        declarationTime: fc.constant("2026-03-06T10:00:00Z"),
        correctiveEventIds: few(epc),
        extensions: grouped(nested),
      }),
      certificationInfo: few(epc),
      epcs: few(epc),
      childEpcs: few(epc),
      inputEpcs: few(epc),
      outputEpcs: few(epc),
      quantities: few(quantity),
      childQuantities: few(quantity),
      inputQuantities: few(quantity),
      outputQuantities: few(quantity),
      bizStep: fc.constantFrom("https://ref.gs1.org/cbv/BizStep-packing", "urn:example:step"),
      disposition: fc.constant("https://ref.gs1.org/cbv/Disp-active"),
      persistentDisposition: fc.record({
        set: fc.constant(["https://ref.gs1.org/cbv/Disp-recalled"]),
        unset: fc.constant([]),
      }),
      readPoint: place,
      bizLocation: place,
      sources: few(typed),
      destinations: few(typed),
      sensors: few(
        fc.record({
          metadata: fc.record({
            fields: fc.constant({ time: "2026-03-05T10:00:00Z" }),
            extensions: fc.constant([]),
          }),
          reports: few(
            fc.record({
              fields: fc.record({
                type: fc.constant("https://gs1.org/voc/Temperature"),
                value: number,
                component: fc.constant("https://ref.gs1.org/cbv/Comp-x"),
              }),
              extensions: fc.constant([]),
            }),
          ),
          extensions: grouped(nested),
        }),
      ),
      ilmd: grouped(nested),
      extensions: grouped(nested),
    },
    {
      requiredKeys: [
        "type",
        "eventTime",
        "eventTimeZoneOffset",
        "certificationInfo",
        "epcs",
        "childEpcs",
        "inputEpcs",
        "outputEpcs",
        "quantities",
        "childQuantities",
        "inputQuantities",
        "outputQuantities",
        "sources",
        "destinations",
        "sensors",
        "ilmd",
        "extensions",
      ],
    },
  )
  .map((event): EpcisEvent => {
    const { type } = event;
    const only = (...types: string[]) => types.includes(type);
    const objects = only("ObjectEvent", "TransactionEvent");
    const children = only("AggregationEvent", "AssociationEvent");
    const changed = only("TransformationEvent");
    return {
      ...event,
      ...(changed ? { transformationId: "urn:example:t1" } : { action: "ADD" as const }),
      ...(children ? { parentId: "urn:epc:id:sscc:4012345.0123456789" } : {}),
      bizTransactions: only("TransactionEvent")
        ? [{ type: "https://ref.gs1.org/cbv/BTT-po", id: "urn:example:po" }]
        : [],
      epcs: type === "ObjectEvent" ? [...event.epcs, "urn:uuid:3"] : objects ? event.epcs : [],
      quantities: objects ? event.quantities : [],
      childEpcs: children ? event.childEpcs : [],
      childQuantities: children ? event.childQuantities : [],
      inputEpcs: changed ? event.inputEpcs : [],
      outputEpcs: changed ? event.outputEpcs : [],
      inputQuantities: changed ? event.inputQuantities : [],
      outputQuantities: changed ? event.outputQuantities : [],
    } as EpcisEvent;
  });
