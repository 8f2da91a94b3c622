/**
 * What the plant's MES says in B2MML, in canonical words, and orders for the plant as B2MML schedules.
 *
 * A performance names its report; one response of it is one fact. What a material was used for decides what fact it is.
 */
import { ContractBroken, type Message } from "crossdock";
import { type plant, production } from "crossdock/canon";
import type { B2mmlDocument } from "crossdock/codecs/b2mml";

type Of<Contract extends { sample: unknown }> = Contract["sample"];
type Response = B2mmlDocument["performances"][number]["responses"][number];

const missing = (what: string) =>
  new ContractBroken(`A report of the plant has no ${what}.`, { facts: { field: what } });

const need = (value: string | undefined, what: string): string => {
  if (value === undefined || value === "") throw missing(what);
  return value;
};

/** The report's own number, by which the plant tells a resend. */
export const reportOf = (document: B2mmlDocument): string | null => document.performances[0]?.id ?? null;

export const fromPerformance = (document: B2mmlDocument): Message[] =>
  document.performances.flatMap((performance) => {
    const where = need(performance.scope?.equipmentIds[0], "HierarchyScope");
    return performance.responses.flatMap((response) => fromResponse(response, where));
  });

function fromResponse(response: Response, where: string): Message[] {
  const reportId = need(response.id, "OperationsResponse/ID");
  const productionOrderId = need(response.requestIds[0], "OperationsRequestID");
  return response.segments.flatMap((segment) => {
    const happenedAt = need(segment.actualEnd, "ActualEndTime");
    const operation = segment.processSegmentId;
    const workCentre = segment.equipment[0]?.equipmentIds[0];
    const materials = segment.materials.map((material) => ({
      use: need(material.use, "MaterialUse"),
      item: need(material.definitionIds[0], "MaterialDefinitionID"),
      quantity: {
        value: need(material.quantities[0]?.value, "Quantity"),
        uom: material.quantities[0]?.uom ?? "EA",
      },
      ...(material.lotIds[0] === undefined ? {} : { lot: material.lotIds[0] }),
    }));
    const head = { productionOrderId, plant: where, reportId };
    const place = {
      ...(operation === undefined ? {} : { operation }),
      ...(workCentre === undefined ? {} : { workCentre }),
    };
    const used = materials.filter(({ use }) => use === "Consumed").map(({ use: _, ...material }) => material);
    const messages: Message[] = [];
    if (used.length > 0) {
      messages.push(
        production.MaterialConsumed.of({
          ...head,
          materials: used,
          ...(operation === undefined ? {} : { operation }),
          consumedAt: happenedAt,
        }),
      );
    }
    for (const { use, ...material } of materials) {
      if (use === "Produced")
        messages.push(
          production.OutputCompleted.of({ ...head, ...material, ...place, completedAt: happenedAt }),
        );
      if (use === "Scrap") {
        const reasonCode = segment.descriptions[0] ?? "unknown";
        messages.push(
          production.ScrapDeclared.of({ ...head, ...material, ...place, reasonCode, declaredAt: happenedAt }),
        );
      }
    }
    return messages;
  });
}

const schedule = (
  { productionOrderId, plant: where, askedAt }: { productionOrderId: string; plant: string; askedAt: string },
  request: Record<string, unknown>,
  version: number,
  segment: Record<string, unknown> = {},
): B2mmlDocument =>
  ({
    noun: "OperationsSchedule",
    verb: "Process",
    sender: "CROSSDOCK",
    createdAt: askedAt,
    schedules: [
      {
        id: `${productionOrderId}/${version}`,
        version: String(version),
        descriptions: [],
        scope: { equipmentIds: [where], level: "Site", inner: [] },
        requests: [
          {
            id: productionOrderId,
            descriptions: [],
            definitionIds: [],
            segments: [segment],
            ...request,
          },
        ],
      },
    ],
    performances: [],
    definitions: [],
    lots: [],
    testResults: [],
    notCarried: [],
  }) as unknown as B2mmlDocument;

const segment = (more: Record<string, unknown>) => ({
  descriptions: [],
  operationsSegmentIds: [],
  parameters: [],
  equipment: [],
  materials: [],
  segments: [],
  processSegmentId: "ASSEMBLE",
  ...more,
});

export const toRelease = (about: Of<typeof plant.ReleaseProductionOrder>): B2mmlDocument =>
  schedule(
    about,
    { state: "Released" },
    about.scheduleVersion ?? 1,
    segment({
      ...(about.startTime === undefined ? {} : { earliestStart: about.startTime }),
      materials: [
        {
          classIds: [],
          definitionIds: [about.item],
          lotIds: [],
          subLotIds: [],
          descriptions: [],
          use: "Produced",
          storageLocations: [],
          quantities: [{ value: about.quantity.value, dataType: "decimal", uom: about.quantity.uom }],
          properties: [],
          testResults: [],
          assembly: [],
        },
      ],
    }),
  );

export const toReschedule = (about: Of<typeof plant.RescheduleProductionOrder>): B2mmlDocument =>
  schedule(
    about,
    { state: "Released" },
    about.scheduleVersion,
    segment({ earliestStart: `${about.start}T06:00:00Z` }),
  );

export const toCancellation = (about: Of<typeof plant.CancelProductionOrder>): B2mmlDocument =>
  schedule(about, { state: "Cancelled" }, 1, segment({}));
