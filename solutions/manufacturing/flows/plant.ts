/**
 * To and from plant and quality: machines and QMS by webhook, the ERP and the warehouse about what was made. The MES has `mes.ts`.
 *
 * @covers EVT-15, EVT-16, EVT-17, EVT-18, EVT-19, EVT-20, EVT-21, EVT-22, EVT-23, EVT-24, EVT-40, EVT-43
 */
import { type Flow, flow, type Receipt } from "crossdock";
import {
  costing,
  cutover,
  finance,
  inventory,
  master,
  plant,
  production,
  quality,
  stock,
  telling,
} from "crossdock/canon";
import { documentAsJson, json } from "../../distribution/formats.ts";
import { notBooked } from "../../distribution/mappings/not-booked.ts";
import { recipients } from "../../distribution/recipients.ts";
import type { Connections } from "../connections.ts";
import * as erp from "../mappings/erp.ts";
import { type ErpWebhook, fromErp } from "../mappings/erp-reports.ts";
import { fromMaster, type MasterWebhook } from "../mappings/master.ts";
import * as promises from "../mappings/promises.ts";
import * as warehouse from "../mappings/warehouse.ts";
import * as webhooks from "../mappings/webhooks.ts";
import { ELSEWHERE, type Filled, servedHere } from "../settings.ts";

/** Each movement goes to the ERP that keeps the plant's books. */
const booksOf = ({ erp: line }: Connections, { ledgers }: Filled) => {
  const of = <Part extends "consumption" | "receipt" | "scrap" | "reversal">(part: Part) =>
    ledgers.map((ledger) => ({ line: ledger.line, ...ledger[part] }));
  return {
    consumption: recipients({ line, write: erp.toConsumption }, of("consumption")),
    receipt: recipients({ line, write: erp.toProductionReceipt }, of("receipt")),
    scrap: recipients({ line, write: erp.toScrap }, of("scrap")),
    reversal: recipients({ line, write: erp.toReversal }, of("reversal")),
  };
};

/** What an ERP answered to a movement, told of the entity whose books they are. */
const booked =
  ({ policy, ledgers }: Filled, element: string) =>
  (receipt: Receipt, cargo: Parameters<ReturnType<typeof erp.fromMovement>>[1] & { readonly to: string }) => {
    const theirs = ledgers.find(({ line }) => line.name === cargo.to);
    const { entity, fiscalCalendar = policy.fiscalCalendar } = theirs ?? policy;
    return erp.fromMovement({ ...policy, entity, fiscalCalendar }, element)(receipt, cargo);
  };

type Movement = Pick<(typeof plant.PostScrap)["sample"], "reportId" | "productionOrderId" | "lot">;
const ofThePlant = notBooked<Movement>("ERP", ({ reportId }) => reportId);

export const plantFlows = (lines: Connections, settings: Filled): Flow[] =>
  flowsOf(lines, settings, booksOf(lines, settings));

const flowsOf = (lines: Connections, settings: Filled, books: ReturnType<typeof booksOf>): Flow[] => [
  flow("machine-cycles")
    .from(lines.equipment)
    .decode(json)
    .publishAs([production.MachineCycleCompleted], (told) =>
      webhooks.fromEquipment(told as webhooks.CycleWebhook),
    ),
  flow("quality-decisions")
    .from(lines.qms)
    .decode(json)
    .publishAs([quality.LotHeld, quality.LotReleased, quality.LotRejected], (told) =>
      webhooks.fromQms(told as webhooks.QmsWebhook),
    ),

  flow("schedule-changes")
    .from(lines.scheduling)
    .decode(json)
    .publishAs([production.ScheduleChanged], (told) =>
      webhooks.fromScheduling(settings.policy.currency)(told as webhooks.ScheduleWebhook),
    ),
  flow("master-records")
    .from(lines.mdm)
    .decode(json)
    .publishAs(
      [
        master.ItemChanged,
        master.CustomerChanged,
        master.SupplierChanged,
        master.AccountChanged,
        master.BillOfMaterialsChanged,
      ],
      (told) => fromMaster(told as MasterWebhook),
    ),

  flow("erp-reports")
    .from(lines.erp)
    .decode(json)
    .publishAs(
      [
        production.ProductionOrderReleased,
        production.ProductionStateChanged,
        production.SubcontractSent,
        production.SubcontractReturned,
        costing.PeriodStatusChanged,
        costing.InventoryValued,
        cutover.DirectlyPosted,
        finance.CreditNoteIssued,
      ],
      (told) => fromErp(told as ErpWebhook, settings.policy),
    ),
  flow("erp-production-orders")
    .on(plant.ScheduleProduction)
    .map(erp.toProductionOrder)
    .deliver(lines.erp, documentAsJson()),
  flow("erp-production-moves")
    .on(plant.RescheduleProduction)
    .map(erp.toReschedule)
    .deliver(lines.erp, documentAsJson()),
  flow("erp-production-cancellations")
    .on(plant.UnscheduleProduction)
    .map(erp.toUnschedule)
    .deliver(lines.erp, documentAsJson()),
  flow("erp-consumption")
    .on(plant.PostConsumption)
    .map(books.consumption.address)
    .deliver(books.consumption.routes, books.consumption.as)
    .refused(finance.PostingRejected, ofThePlant)
    .answer([finance.PostingAccepted, costing.CostPosted], booked(settings, "material")),
  flow("erp-production-receipts")
    .on(plant.PostProductionReceipt)
    .map(books.receipt.address)
    .deliver(books.receipt.routes, books.receipt.as)
    .refused(finance.PostingRejected, ofThePlant)
    .answer([finance.PostingAccepted, costing.CostPosted], booked(settings, "output")),
  flow("erp-scrap")
    .on(plant.PostScrap)
    .map(books.scrap.address)
    .deliver(books.scrap.routes, books.scrap.as)
    .refused(finance.PostingRejected, ofThePlant)
    .answer([finance.PostingAccepted, costing.CostPosted], booked(settings, "scrap")),
  flow("erp-plant-reversals")
    .on(plant.ReverseProductionMovement)
    .map(books.reversal.address)
    .deliver(books.reversal.routes, books.reversal.as),
  flow("erp-settlements")
    .on(plant.CloseProduction)
    .map(erp.toSettlement)
    .deliver(lines.erp, documentAsJson())
    .answer(production.VarianceCalculated, erp.fromSettlement(settings.policy)),
  flow("erp-periods")
    .on(plant.CheckPeriod)
    .map(erp.toPeriodQuestion)
    .ask(lines.erp, "period")
    .answer(costing.PeriodChecked, erp.fromPeriodAnswer),

  // The ERP subscribes to what became of lots in the warehouse.
  flow("erp-stock-status")
    .on(stock.StockStatusChanged)
    .keep("nobody decided about it", erp.isDecided)
    .map(erp.toStockStatus)
    .deliver(lines.erp, documentAsJson()),
  flow("erp-material-checks")
    .on(plant.CheckMaterials)
    .map(erp.toMaterialQuestion)
    .ask(lines.erp, "materials")
    .answer(production.MaterialsChecked, erp.fromMaterialAnswer),

  flow("crm-moved-promises")
    .on(telling.UpdateCrmOrderStatus)
    .keep("it says nothing about a day", promises.isAboutADay)
    .map(promises.toMovedPromise)
    .deliver(lines.crm, documentAsJson()),
  flow("crm-backorder-promises")
    .on(inventory.OrderBackordered)
    .keep("nothing is promised yet", promises.hasADay)
    .map(promises.toBackorderPromise)
    .deliver(lines.crm, documentAsJson()),

  flow("wms-component-reservations")
    .on(plant.ReserveComponents)
    .map(warehouse.toReservation)
    .deliver(lines.wms, documentAsJson()),
  flow("wms-component-releases")
    .on(plant.ReleaseComponents)
    .map(warehouse.toComponentRelease)
    .deliver(lines.wms, documentAsJson()),
  flow("wms-receipt-corrections")
    .on(plant.CorrectReceipt)
    .map(warehouse.toReceiptCorrection)
    .deliver(lines.wms, documentAsJson())
    .answer(stock.ReceiptCorrected, warehouse.fromReceiptCorrection),
  flow("wms-status-changes")
    .on(plant.ChangeStockStatus)
    .map(warehouse.toStatusChange)
    .deliver(lines.wms, documentAsJson()),
  // The warehouse subscribes to what plants use and lose; what they make it is told once per report.
  flow("wms-material-issues")
    .on(production.MaterialConsumed)
    .keep(ELSEWHERE, servedHere(settings))
    .map(warehouse.toMaterialIssue)
    .deliver(lines.wms, documentAsJson()),
  flow("wms-scrap-issues")
    .on(production.ScrapDeclared)
    .keep(ELSEWHERE, servedHere(settings))
    .map(warehouse.toScrapIssue)
    .deliver(lines.wms, documentAsJson()),
  flow("wms-production-receipts")
    .on(plant.PutAway)
    .keep(ELSEWHERE, servedHere(settings))
    .map(warehouse.toPutAway)
    .deliver(lines.wms, documentAsJson())
    .answer(stock.StockStatusChanged, warehouse.fromPutAway),
];
