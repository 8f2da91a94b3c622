/**
 * To and from the plant's MES, as B2MML documents in files: orders go out, what was used, made and lost comes in.
 *
 * What a document means stands in the tables of `crossdock/mappings/b2mml`; a material of a report that means nothing is refused
 * alone, and the rest of the report counts.
 *
 * @covers EVT-15, EVT-17, EVT-18, EVT-19, EVT-23
 */
import { apart, type Carried, carried, type Flow, flow } from "crossdock";
import { plant, production } from "crossdock/canon";
import { type B2mmlDocument, b2mml as codec } from "crossdock/codecs/b2mml";
import { b2mml } from "crossdock/mappings/b2mml";
import type { Connections } from "../connections.ts";
import { ELSEWHERE, type Filled, servedHere } from "../settings.ts";

/** The report's own number, by which the plant tells a resend. */
const reportOf = ({ performances: [report] }: B2mmlDocument): string | null => report?.id ?? null;

const order =
  (contract: string, { policy }: Filled) =>
  (data: { readonly askedAt: string }): Carried<B2mmlDocument> => {
    const around = { partner: "MES", plant: policy.plant, at: data.askedAt };
    const { draft, notCarried } = b2mml.OperationsSchedule.write({ contract, data }, around);
    return carried(draft, notCarried);
  };

export const mesFlows = ({ mes }: Connections, settings: Filled): Flow[] => [
  flow("mes-reports")
    .from(mes)
    .decode(codec())
    .identify("the report's own number", reportOf)
    .keep("this document is no report of a plant", ({ noun }) => noun === "OperationsPerformance")
    .split("materials", (document) =>
      apart(b2mml.OperationsPerformance.read(document, { partner: "MES", plant: settings.policy.plant })),
    )
    .publishAs(
      [
        production.ProductionStateChanged,
        production.MaterialConsumed,
        production.OutputCompleted,
        production.ScrapDeclared,
      ],
      (message) => message,
    ),
  flow("mes-releases")
    .on(plant.ReleaseProductionOrder)
    .keep(ELSEWHERE, servedHere(settings))
    .map(order(plant.ReleaseProductionOrder.name, settings))
    .deliver(mes, codec()),
  flow("mes-reschedules")
    .on(plant.RescheduleProductionOrder)
    .keep(ELSEWHERE, servedHere(settings))
    .map(order(plant.RescheduleProductionOrder.name, settings))
    .deliver(mes, codec()),
  flow("mes-cancellations")
    .on(plant.CancelProductionOrder)
    .keep(ELSEWHERE, servedHere(settings))
    .map(order(plant.CancelProductionOrder.name, settings))
    .deliver(mes, codec()),
];
