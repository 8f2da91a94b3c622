/**
 * The manufacturing execution system of plant LYO: orders come in as B2MML schedules, what was used, made and lost goes out
 * as B2MML performance, both as files.
 *
 * What must stay true: every report has an id of its own and is written once; a plant goes on recording whatever happens to
 * anybody else, so nothing here waits for an answer. Dates of orders follow the schedule with the highest version.
 *
 * @covers SYS-13
 */
import { join } from "node:path";
import {
  type Body,
  list,
  noSettings,
  optionalText,
  positiveQuantity,
  problemDetails,
  Refusal,
  text,
} from "../kernel/call.ts";
import { milli, quantity } from "../kernel/decimal.ts";
import { readMailbox } from "../kernel/mailbox.ts";
import type { Tools, Trade } from "../kernel/station.ts";

interface Order {
  readonly id: string;
  item: string;
  quantity: string;
  start: string;
  version: number;
  state: "Released" | "Running" | "Completed" | "Cancelled";
  produced: bigint;
  scrapped: bigint;
}

interface Report {
  readonly id: string;
  readonly order: string;
  readonly use: "Consumed" | "Produced" | "Scrap";
  readonly materials: readonly { item: string; quantity: string; lot?: string | undefined }[];
  readonly workCentre: string;
  readonly operation: string;
  readonly reason: string;
  /** What the plant calls the order once this has happened. */
  readonly state: "Running" | "Completed";
  readonly at: string;
}

const total = (materials: Report["materials"]): bigint =>
  materials.reduce((sum, material) => sum + milli(material.quantity), 0n);

export function mes(tools: Tools): Trade {
  const orders = new Map<string, Order>();
  const reports: Report[] = [];
  const schedules: string[] = [];
  /** How far the plant's clock is behind; setting `minutesSlow`. */
  let slowMs = 0;
  const mailbox = readMailbox(
    join(tools.folder, "from-crossdock"),
    join(tools.folder, "received"),
    tools.up,
    takeSchedule,
  );

  /** The plant's own reading of a schedule: the first request, its material to be produced, its start. */
  function takeSchedule(name: string, xml: string): void {
    const id = /<OperationsRequest>\s*<ID>([^<]+)</.exec(xml)?.[1];
    const state = /<RequestState>([^<]+)</.exec(xml)?.[1] ?? "Released";
    if (id === undefined) {
      tools.commit({ kind: "unreadable", name });
      return;
    }
    const request = {
      id,
      item: /<MaterialDefinitionID>([^<]+)</.exec(xml)?.[1] ?? "",
      quantity: /<QuantityString>([^<]+)</.exec(xml)?.[1] ?? "0",
      start: /<EarliestStartTime>(\d{4}-\d\d-\d\d)/.exec(xml)?.[1] ?? "",
      version: Number(/<Version>(\d+)</.exec(xml)?.[1] ?? "1"),
      state,
    };
    tools.commit({ kind: "schedule", name, request });
  }

  function report(use: Report["use"], body: Body, materials: Report["materials"]) {
    const order = text(body, "order");
    if (use !== "Consumed" && !orders.has(order))
      throw new Refusal(404, "NO_SUCH_ORDER", `The plant has no order ${order}.`);
    const made: Report = {
      id:
        optionalText(body, "report") ??
        `${{ Consumed: "MC", Produced: "OC", Scrap: "SC" }[use]}-${1001 + reports.length}`,
      order,
      use,
      materials,
      workCentre: optionalText(body, "workCentre") ?? "WC-1",
      operation: optionalText(body, "operation") ?? "0010",
      reason: optionalText(body, "reason") ?? "",
      state: isLast(order, use, materials) ? "Completed" : "Running",
      at: new Date(Date.parse(optionalText(body, "at") ?? new Date().toISOString()) - slowMs).toISOString(),
    };
    tools.commit({ kind: "report", report: made });
    tools.drop(`${String(reports.length).padStart(6, "0")}-${made.id}.xml`, performance(made));
    return { report: made.id };
  }

  /** Whether nothing is left to be made once this is. */
  function isLast(id: string, use: Report["use"], materials: Report["materials"]): boolean {
    const order = orders.get(id);
    if (order === undefined) return false;
    return order.produced + (use === "Produced" ? total(materials) : 0n) >= milli(order.quantity);
  }

  const one = (body: Body) => [
    {
      item: text(body, "item"),
      quantity: quantity(positiveQuantity(body, "quantity")),
      lot: optionalText(body, "lot"),
    },
  ];

  return {
    apply(entry) {
      if (entry.kind === "schedule") {
        const request = entry.request as Omit<Order, "produced" | "scrapped">;
        schedules.push(entry.name as string);
        const known = orders.get(request.id);
        if (known === undefined) orders.set(request.id, { ...request, produced: 0n, scrapped: 0n });
        else if (request.state === "Cancelled") known.state = "Cancelled";
        else if (request.version > known.version) {
          known.version = request.version;
          if (request.start !== "") known.start = request.start;
        }
      } else if (entry.kind === "settings") {
        slowMs = Number((entry.settings as { minutesSlow?: number }).minutesSlow ?? 0) * 60_000;
      } else if (entry.kind === "report") {
        const made = entry.report as Report;
        reports.push(made);
        const order = orders.get(made.order);
        if (order === undefined) return;
        if (made.use === "Produced") order.produced += total(made.materials);
        if (made.use === "Scrap") order.scrapped += total(made.materials);
        order.state = made.state;
      } else if (entry.kind === "counted") {
        const order = orders.get(entry.order as string)!;
        order.produced += milli(entry.quantity as string);
        order.state = order.produced >= milli(order.quantity) ? "Completed" : "Running";
      }
    },
    routes: [],
    acts: {
      consume: (body) =>
        report(
          "Consumed",
          body,
          list(body, "materials").flatMap((material) => one(material)),
        ),
      complete: (body) => report("Produced", body, one(body)),
      scrap: (body) => report("Scrap", body, one(body)),
      /** What machines counted at the plant's own line; they tell of it themselves, so nothing is reported. */
      count: (body) => {
        const order = text(body, "order");
        if (!orders.has(order)) throw new Refusal(404, "NO_SUCH_ORDER", `The plant has no order ${order}.`);
        tools.commit({ kind: "counted", order, quantity: quantity(positiveQuantity(body, "quantity")) });
        return { order };
      },
      /** The same file again, as after a reconnect. */
      resend: (body) => {
        const known = reports.find(({ id }) => id === text(body, "report"));
        if (known === undefined) throw new Refusal(404, "NO_SUCH_REPORT", "There is no such report.");
        tools.drop(`again-${Date.now()}-${known.id}.xml`, performance(known));
        return { report: known.id };
      },
    },
    settle({ minutesSlow, ...unknown }) {
      noSettings(unknown);
      if (typeof minutesSlow !== "number")
        throw new Refusal(400, "INVALID_FIELD", "minutesSlow is a number of minutes.");
      return { minutesSlow };
    },
    books: () => ({
      orders: [...orders.values()].map(({ produced, scrapped, ...order }) => ({
        ...order,
        produced: quantity(produced),
        scrapped: quantity(scrapped),
      })),
      reports,
      schedules,
    }),
    resume: () => mailbox.start(),
    dialect: problemDetails,
    refusal: () => new Refusal(422, "REFUSED", "The plant refuses."),
    dropFolder: join(tools.folder, "to-crossdock"),
    stop: () => mailbox.stop(),
  };
}

/** A report as ISA-95 operations performance, version 7. */
function performance({
  id,
  order,
  use,
  materials,
  workCentre,
  operation,
  reason,
  state,
  at,
}: Report): string {
  const property =
    reason === ""
      ? ""
      : `<MaterialActualProperty><ID>ReasonCode</ID><Value><ValueString>${reason}</ValueString><DataType>string</DataType></Value></MaterialActualProperty>`;
  const actuals = materials
    .map(
      ({ item, quantity: value, lot }, at) =>
        `<MaterialActual><ID>${materials.length === 1 ? id : `${id}.${at + 1}`}</ID><MaterialDefinitionID>${item}</MaterialDefinitionID>${lot === undefined ? "" : `<MaterialLotID>${lot}</MaterialLotID>`}<MaterialUse>${use}</MaterialUse><Quantity><QuantityString>${value}</QuantityString><DataType>decimal</DataType><UnitOfMeasure>EA</UnitOfMeasure></Quantity>${property}</MaterialActual>`,
    )
    .join("");
  return `<?xml version="1.0" encoding="UTF-8"?>
<ProcessOperationsPerformance xmlns="http://www.mesa.org/xml/B2MML" releaseID="">
  <ApplicationArea><Sender><LogicalID>MES-LYO</LogicalID></Sender><CreationDateTime>${at}</CreationDateTime></ApplicationArea>
  <DataArea><Process/>
    <OperationsPerformance><ID>${id}</ID><HierarchyScope><EquipmentID>LYO</EquipmentID><EquipmentElementLevel>Site</EquipmentElementLevel></HierarchyScope>
      <OperationsResponse><ID>${id}</ID><OperationsRequestID>${order}</OperationsRequestID>
        <ResponseState>${state}</ResponseState><SegmentResponse><ProcessSegmentID>${operation}</ProcessSegmentID><ActualEndTime>${at}</ActualEndTime>
          <EquipmentActual><EquipmentID>${workCentre}</EquipmentID></EquipmentActual>${actuals}</SegmentResponse>
      </OperationsResponse>
    </OperationsPerformance>
  </DataArea>
</ProcessOperationsPerformance>
`;
}
