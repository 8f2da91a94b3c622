/** B2MML of every version gives one value, and what breaks it is refused with its place and reason. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBytes } from "../../std/bytes.ts";
import { refusalOf } from "../hostile.fixtures.ts";
import { samplesOf } from "../samples.fixtures.ts";
import { type B2mmlDocument, b2mml } from "./codec.ts";
import { material, performance, schedule } from "./fixtures.ts";
import { probe } from "./probe.ts";

const codec = b2mml();
const read = (xml: string) => codec.decode(toBytes(xml));

test("a schedule is read with its requests, segments inside segments and materials of materials", () => {
  const document = read(schedule);
  expect(document).toMatchObject({
    verb: "Process",
    noun: "OperationsSchedule",
    createdAt: "2026-03-05T10:00:00Z",
    sender: "ERP",
    schedules: [
      {
        id: "PS-9",
        scope: { equipmentIds: ["LYO"], level: "Site" },
        requests: [
          {
            id: "PR-7001",
            priority: "2",
            state: "Released",
            segments: [
              {
                processSegmentId: "ASSEMBLE",
                earliestStart: "2026-03-09T06:00:00Z",
                duration: "PT4H30M",
                equipment: [{ equipmentIds: ["LINE-1"] }],
                materials: [
                  {
                    definitionIds: ["PUMP-100"],
                    use: "Produced",
                    quantities: [{ value: "40.0", dataType: "decimal", uom: "EA" }],
                    assembly: [{ definitionIds: ["ROTOR"] }],
                  },
                ],
                segments: [{ processSegmentId: "PAINT" }],
              },
            ],
          },
        ],
      },
    ],
  });
  expect(document.notCarried).toEqual([
    {
      path: "ProcessOperationsSchedule/DataArea/OperationsSchedule/OperationsRequest/SegmentRequirement/Note",
      line: 12,
      text: "blue",
    },
  ]);
});

test("older words and a bare document are the same things", () => {
  expect(read(performance)).toMatchObject({
    noun: "ProductionPerformance",
    performances: [
      {
        scheduleId: "PS-9",
        responses: [
          {
            requestIds: ["PR-7001"],
            segments: [
              {
                actualStart: "2026-03-09T06:05:00Z",
                materials: [{ lotIds: ["L-900"], quantities: [{ value: "39" }] }],
              },
            ],
          },
        ],
      },
    ],
  });
  expect(read(material)).toMatchObject({
    definitions: [{ id: "PUMP-100", properties: [{ id: "Colour", values: [{ value: "blue" }] }] }],
    lots: [
      {
        id: "L-900",
        properties: [{ testResults: [{ id: "T-1", results: [{ value: "3.1", uom: "BAR" }] }] }],
      },
    ],
    notCarried: [
      { path: "SyncMaterialInformation/DataArea/MaterialInformation/PersonnelClass/ID", line: 7, text: "P" },
    ],
  });
});

describe("refused, with line, path and reason", () => {
  test.each<[string, string, string, Record<string, unknown>]>([
    [
      "a date that is none",
      "<EarliestStartTime>",
      "<EarliestStartTime>x",
      { line: 7, expected: "a date and time of the calendar" },
    ],
    ["a day the calendar lacks", "2026-03-09T06:00:00+01:00", "2026-02-30T06:00:00Z", { line: 5 }],
    ["a quantity that is no number", "40.0", "forty", { line: 9, expected: "a number", found: "forty" }],
    [
      "a whole number with a fraction",
      "<DataType>decimal",
      "<DataType>integer",
      { expected: "a whole number" },
    ],
    ["a duration that is none", "PT4H30M", "4 hours", { expected: "a duration like PT30M" }],
    ["a level of no standard", ">Site<", ">Planet<", { found: "Planet" }],
    ["a state of no standard", "Released", "Perhaps", { found: "Perhaps" }],
    ["a priority that is no number", "<Priority>2", "<Priority>high", { expected: "a decimal" }],
    [
      "no creation time",
      /<CreationDateTime>.*<\/CreationDateTime>/.exec(schedule)![0],
      "",
      { expected: "the element CreationDateTime" },
    ],
    ["no verb", "<Process/>", "", { expected: "the verb Process", found: "none" }],
    ["another verb", "<Process/>", "<Show/>", { expected: "the verb Process", found: "Show" }],
    ["another namespace", "http://www.mesa.org/xml/B2MML", "urn:example", { line: 2 }],
    ["a part twice", "<ID>PS-9</ID>", "<ID>PS-9</ID><ID>PS-10</ID>", { found: "it again" }],
    ["text among elements", "<OperationsRequest>", "<OperationsRequest>soon", { expected: "elements only" }],
  ])("%s", (_, from, to, facts) => {
    expect(schedule).toContain(from);
    expect(refusalOf(() => read(schedule.replace(from, to)))).toMatchObject(facts);
  });

  test("a lot without a number, also when it is to be written", () => {
    expect(refusalOf(() => read(material.replace("<ID>L-900</ID>", "")))).toMatchObject({
      expected: "the element ID",
    });
    const { verb: _, ...bare } = read(material);
    expect(refusalOf(() => codec.encode(bare))).toMatchObject({ found: "no verb" });
  });
});

test("what is written is read back to the same value", () => {
  const id = fc.stringMatching(/^[A-Za-z0-9-]{1,8}$/);
  const quantity = fc.record({ value: fc.constantFrom("1", "2.50", "-0.1"), uom: id });
  const empty = {
    classIds: [],
    subLotIds: [],
    descriptions: [],
    storageLocations: [],
    properties: [],
    testResults: [],
  };
  const leaf = fc
    .record({
      definitionIds: fc.array(id, { maxLength: 2 }),
      lotIds: fc.array(id, { maxLength: 2 }),
      quantities: fc.array(quantity, { maxLength: 2 }),
    })
    .map((one) => ({ ...empty, ...one, assembly: [] as unknown[] }));
  const materials = fc.array(
    fc.tuple(leaf, fc.array(leaf, { maxLength: 2 })).map(([head, assembly]) => ({ ...head, assembly })),
    { maxLength: 2 },
  );
  const segment = fc.record({ id, processSegmentId: id, materials }).map((one) => ({
    ...one,
    descriptions: [],
    operationsSegmentIds: [],
    parameters: [],
    equipment: [],
    segments: [] as unknown[],
  }));
  const segments = fc.array(
    fc
      .tuple(segment, fc.array(segment, { maxLength: 2 }))
      .map(([head, inner]) => ({ ...head, segments: inner })),
    { maxLength: 2 },
  );
  const request = fc
    .record({ id, priority: fc.constantFrom("1", "2.5"), segments })
    .map((one) => ({ ...one, descriptions: [], definitionIds: [] }));
  fc.assert(
    fc.property(fc.array(request, { maxLength: 3 }), (requests) => {
      const document = {
        verb: "Process",
        noun: "OperationsSchedule",
        createdAt: "2026-03-05T10:00:00Z",
        schedules: [{ id: "PS", descriptions: [], requests }],
        performances: [],
        definitions: [],
        lots: [],
        testResults: [],
        notCarried: [],
      } as unknown as B2mmlDocument;
      expect(codec.decode(codec.encode(document))).toEqual(document);
    }),
    { numRuns: 100 },
  );
  for (const xml of [schedule, material]) {
    const document = read(xml);
    expect(codec.decode(codec.encode(document))).toEqual({ ...document, notCarried: [] });
  }
});

test("hostile documents are refused at once", () => {
  expect(
    refusalOf(() => read(schedule.replace("<SegmentRequirement>", "<SegmentRequirement>".repeat(5_000)))),
  ).toHaveProperty("line");
  expect(
    refusalOf(() => read(schedule.replace("<Process/>", `<Process/>${"<a/>".repeat(1_000_001)}`))),
  ).toHaveProperty("expected", "at most 1000000 elements");
});

describe("published documents", () => {
  for (const { file, body } of samplesOf("mes").filter((one) =>
    probe.recognises(one.body().subarray(0, 8_192)),
  )) {
    test(file, () => {
      if (/\/Neg_[^/]*$/.test(file))
        return expect(refusalOf(() => codec.decode(body()))).toMatchObject({ line: 47 });
      const document = codec.decode(body());
      expect(codec.decode(codec.encode(document))).toEqual({ ...document, notCarried: [] });
    });
  }
});

test("thousands of parts, each with something nobody knows, take the time of as many parts and not of their square", () => {
  const part = '<MaterialDefinition own="1"><ID>P</ID><Own><Deep>x</Deep></Own></MaterialDefinition>';
  const body = toBytes(material.replace(/<MaterialDefinition>[\s\S]*<\/MaterialLot>/, part.repeat(20_000)));
  const before = process.cpuUsage();
  const { definitions, notCarried } = codec.decode(body);
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(5_000);
  expect([definitions.length, notCarried.length]).toEqual([20_000, 40_001]);
  expect(notCarried[1]?.path).toBe(
    "SyncMaterialInformation/DataArea/MaterialInformation/MaterialDefinition[1]/Own/Deep",
  );
});
