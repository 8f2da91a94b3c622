/**
 * B2MML in canonical words and back: orders to a plant, what the plant made, used and lost, material definitions, test results.
 *
 * A response may say several things; each is a message of its own under the plant's own number of it. What a test result means for
 * the lot (release, hold) is for quality to say, so the words of a tester are translated by agreement, never guessed.
 */
import type { B2mmlDocument } from "../../codecs/b2mml/codec.ts";
import { master, plant, production, quality } from "../../contracts/canon/index.ts";
import { b2mmlDocuments } from "../formats/plain.ts";
import * as kinds from "../kinds.ts";
import { type Mappings, mappings } from "../mappings.ts";
import { type Tree, textOf } from "../place.ts";
import { recordVersion } from "../rows.ts";
import {
  each,
  field,
  given,
  type Kind,
  type Part,
  type Row,
  repeats,
  type Scope,
  type Sheet,
  type Translation,
  text,
} from "../table.ts";

type B2mmlSheet = Sheet<B2mmlDocument>;
const ofPlant = { otherwise: ({ around }: Scope) => around.plant };

const amount = (at: string, path: string): readonly Row[] => [
  field([`${at}quantities[0].value`, `${at}quantities[0].uom`], path, kinds.quantity()),
  repeats(`${at}quantities[0].dataType`, "decimal"),
];

const USE = "materials";
/** A material that is made, and those that go into it. */
const transaction: readonly Row[] = [
  repeats("noun", "OperationsSchedule"),
  repeats("verb", "Process"),
  repeats("createdAt", ({ around }) => around.at, "when it is written"),
];
const request = "schedules[0].requests[0].";
const segment = `${request}segments[0].`;

/** Which order of which plant, in which state, told when. */
const named = (time: string, state: string): readonly Row[] => [
  ...transaction,
  field(`${request}id`, "productionOrderId"),
  repeats("schedules[0].id", ({ data }) => data.productionOrderId as string, "the order"),
  field("schedules[0].scope.equipmentIds[0]", "plant", text, ofPlant),
  repeats("schedules[0].scope.level", "Site"),
  field("schedules[0].publishedAt", time),
  repeats(`${request}state`, state),
];
const ordered = (time: string): readonly Row[] => [
  ...named(time, "Released"),
  field(`${segment}${USE}[use=Produced].definitionIds[0]`, "item"),
  ...amount(`${segment}${USE}[use=Produced].`, "quantity"),
  field(`${segment}earliestStart or ${request}start`, "startTime", kinds.instant),
  each(`${segment}${USE}[use=Consumed]`, "materials", [
    field("definitionIds[0]", "item"),
    ...amount("", "quantity"),
  ]),
];

/** A plan names a day, a schedule an instant: the day's beginning. */
const startOfDay: Kind = {
  ...kinds.isoDay,
  name: "date, written as its beginning in UTC",
  write: (value) => `${String(value)}T00:00:00Z`,
};

const schedule: B2mmlSheet = {
  format: b2mmlDocuments,
  document: "OperationsSchedule",
  title: "Operations schedule",
  translations: [
    {
      contract: production.ProductionOrderReleased,
      way: "both",
      rows: [
        ...ordered("releasedAt"),
        field(`${request}priority`, "priority", kinds.whole),
        field(`${segment}latestEnd or ${request}end`, "endTime", kinds.instant),
        field(`${request}definitionIds[0]`, "salesOrderId"),
        each(`${segment}segments`, "routing", [
          field("processSegmentId", "operation"),
          field("equipment[0].equipmentIds[0]", "workCentre"),
          field("parameters[id=CostCentre].values[0].value", "costCentre"),
        ]),
      ],
    },
    {
      contract: plant.ReleaseProductionOrder,
      way: "out",
      rows: [...ordered("askedAt"), field("schedules[0].version", "scheduleVersion", kinds.whole)],
    },
    {
      contract: plant.RescheduleProductionOrder,
      way: "out",
      rows: [
        ...named("askedAt", "Released"),
        field("schedules[0].version", "scheduleVersion", kinds.whole),
        field(`${segment}earliestStart`, "start", startOfDay),
        field(`${request}descriptions[0]`, "reason"),
      ],
    },
    {
      contract: plant.CancelProductionOrder,
      way: "out",
      rows: [...named("askedAt", "Cancelled"), field(`${request}descriptions[0]`, "reason")],
    },
  ],
};

const of =
  (use: string): NonNullable<Part["keep"]> =>
  ({ text: at }) =>
    at("use") === use || at("use") === `Material ${use}`;
const actual = (use: string): readonly Part[] => [
  { place: "performances[]" },
  { place: "responses[]" },
  { place: "segments[]" },
  { place: "materials[]", keep: of(use) },
];
/** What every report of one material says: the order, the plant, the report, the operation. */
const reported = (when: string): readonly Row[] => [
  field("<<requestIds[0] or <<id", "productionOrderId"),
  field("<<scope.equipmentIds[0] or <<<scope.equipmentIds[0]", "plant", text, ofPlant),
  // Without numbers of their own, materials are told apart by their places in the response, and responses by their numbers.
  field("id", "reportId", text, {
    otherwise: ({ data, within, text: at }) =>
      [at("<id") || at("<<id") || at("<<<id") || data.productionOrderId, ...within.slice(2)].join("/"),
  }),
  field("<processSegmentId", "operation"),
  field("<postingDate or <actualEnd or <actualStart", when, kinds.instant),
];
const made: readonly Row[] = [
  field("definitionIds[0]", "item"),
  field(["quantities[0].value", "quantities[0].uom"], "quantity", kinds.quantity()),
  field("lotIds[0]", "lot"),
];

const consumed: Translation = {
  contract: production.MaterialConsumed,
  way: "in",
  parts: actual("Consumed"),
  rows: [
    ...reported("consumedAt"),
    each("nothing or ", "materials", [...made, field("storageLocations[0]", "location")]),
  ],
};

const performance: B2mmlSheet = {
  format: b2mmlDocuments,
  document: "OperationsPerformance",
  title: "Operations performance",
  translations: [
    {
      contract: production.ProductionStateChanged,
      way: "in",
      parts: [
        { place: "performances[]" },
        { place: "responses[]", keep: ({ text: at }) => at("state") !== "" },
      ],
      rows: [
        field("requestIds[0] or id", "productionOrderId"),
        field("scope.equipmentIds[0] or <scope.equipmentIds[0]", "plant", text, ofPlant),
        field("state", "responseState"),
        field("end or start or <publishedAt or ^createdAt", "changedAt", kinds.instant, {
          otherwise: ({ around }) => around.at,
        }),
      ],
    },
    consumed,
    {
      contract: production.OutputCompleted,
      way: "in",
      parts: actual("Produced"),
      rows: [...reported("completedAt"), ...made, field("<equipment[0].equipmentIds[0]", "workCentre")],
    },
    {
      contract: production.ScrapDeclared,
      way: "in",
      parts: actual("Scrap"),
      rows: [
        ...reported("declaredAt"),
        ...made,
        field("properties[id=ReasonCode].values[0].value", "reasonCode", text, {
          otherwise: () => "unknown",
        }),
        field("<equipment[0].equipmentIds[0]", "workCentre"),
      ],
    },
  ],
  tolerated: [
    "A material without a number of its own is known by that of its segment, response or report, and its place in it.",
    "A quantity without a unit is in the unit agreed on; without one it is refused.",
  ],
  notCarried: { "performances[0].scheduleId": "the order is named by its own number" },
};

const material: B2mmlSheet = {
  format: b2mmlDocuments,
  document: "MaterialInformation",
  title: "Material definitions",
  translations: [
    {
      contract: master.ItemChanged,
      way: "in",
      parts: [{ place: "definitions[]" }],
      rows: [
        field("id", "item"),
        field("descriptions[0]", "description"),
        given("status", "active: a plant defines only what it may use", () => "active"),
        field("properties[id=BaseUnit].values[0].value", "baseUom", text, {
          otherwise: ({ around }) => around.unit,
        }),
        given("uomConversions", "none: a plant counts in one unit", () => []),
        recordVersion,
        each("lotIds", "lots", [field("", "")], { optional: true }),
        field("^createdAt", "changedAt", kinds.instant),
      ],
    },
  ],
  notCarried: {
    lots: "lots are told by the reports that make and use them",
    "definitions[0].properties": "properties of materials have no reader",
  },
};

/** What the words of a tester mean for the lot. */
const verdict =
  (word: string): NonNullable<Part["keep"]> =>
  (scope, part) =>
    kinds.agreed("result of a test").read(textOf((part as Tree).evaluatedCriterion), scope) === word;
const tested: readonly Row[] = [
  field("id", "decisionId"),
  field("<id", "lot"),
  field("<definitionIds[0]", "item"),
  given("plant", "the plant that tests", ({ around }) => around.plant),
];
const tests = (word: string): readonly Part[] => [
  { place: "lots[]" },
  { place: "properties[].testResults[] or testResults[]", keep: verdict(word) },
];
const CRITERION: Kind = { ...text, name: "as the tester words it" };

const testResults: B2mmlSheet = {
  format: b2mmlDocuments,
  document: "TestResults",
  title: "Test results of lots",
  translations: [
    {
      contract: quality.LotReleased,
      way: "in",
      parts: tests("release"),
      rows: [
        ...tested,
        field("evaluatedCriterion", "decision", kinds.agreed("result of a test")),
        field(["<quantities[0].value", "<quantities[0].uom"], "quantity", kinds.quantity()),
        field("time", "releasedAt", kinds.instant),
      ],
    },
    {
      contract: quality.LotHeld,
      way: "in",
      parts: tests("hold"),
      rows: [
        ...tested,
        field("evaluatedCriterion", "reason", CRITERION),
        field(["<quantities[0].value", "<quantities[0].uom"], "quantity", kinds.quantity()),
        field("time", "heldAt", kinds.instant),
      ],
    },
  ],
  notCarried: {
    "lots[0].properties[0].testResults[0].results": "measured values stay with the quality system",
  },
};

type Documents = "MaterialInformation" | "OperationsPerformance" | "OperationsSchedule" | "TestResults";

/** By the noun of the document. */
export const b2mml: Mappings<Documents, B2mmlDocument, B2mmlDocument> = mappings({
  MaterialInformation: material,
  OperationsPerformance: performance,
  OperationsSchedule: schedule,
  TestResults: testResults,
});

export type { Left, Mapped } from "../read.ts";
export type { Around } from "../table.ts";
export type { Written } from "../write.ts";
