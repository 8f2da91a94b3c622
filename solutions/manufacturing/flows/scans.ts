/**
 * What is scanned and counted at the edge: pallets by EPCIS, machine cycles by Sparkplug B, each as files; and the ERP about stock
 * that is more or less than its books say.
 *
 * A cycle is only counted here; what adds cycles up is a process, and nothing else of a payload goes further.
 *
 * @covers EVT-09, EVT-10, EVT-12, EVT-16, EVT-44
 */
import { connection, type Flow, flow } from "crossdock";
import { production, stock } from "crossdock/canon";
import { epcis as epcisDocuments } from "crossdock/codecs/epcis";
import { sparkplug as payloads } from "crossdock/codecs/sparkplug";
import { file } from "crossdock/connectors/file";
import { epcis } from "crossdock/mappings/epcis";
import { sparkplug } from "crossdock/mappings/sparkplug";
import { documentAsJson } from "../../distribution/formats.ts";
import type { Connections } from "../connections.ts";
import * as erp from "../mappings/erp.ts";
import type { Filled } from "../settings.ts";

export const scanFlows = ({ erp: ledger }: Connections, settings: Filled): Flow[] => {
  const { fromEdge, fromScanners } = settings.folders;
  return [
    ...(fromEdge === undefined ? [] : [machinePayloads(fromEdge, settings)]),
    ...(fromScanners === undefined ? [] : [palletScans(fromScanners, settings)]),
    flow("erp-stock-adjustments")
      .on(stock.StockAdjusted)
      .map(erp.toStockAdjustment)
      .deliver(ledger, documentAsJson()),
  ];
};

const inbox = (folder: string, { pollMs }: Filled) => ({ inbox: folder, pollMs, settleMs: 0 });

const machinePayloads = (folder: string, settings: Filled): Flow =>
  flow("machine-payloads")
    .from(
      connection("edge", file, {
        title: "Edge gateway",
        owner: "production",
        config: inbox(folder, settings),
      }),
    )
    .decode(payloads())
    .split(
      "cycles",
      (payload) => sparkplug.read(payload, { partner: "machines", plant: settings.policy.plant }).messages,
    )
    .publishAs([production.MachineCycleCompleted], (message) => message);

const palletScans = (folder: string, settings: Filled): Flow =>
  flow("pallet-scans")
    .from(
      connection("scanners", file, {
        title: "Warehouse scanners",
        owner: "warehouse",
        config: inbox(folder, settings),
      }),
    )
    .decode(epcisDocuments())
    .split("events", (document) => epcis.read(document, { partner: "WH-LYO" }).messages)
    // What is packed for an order the warehouse system tells itself, under its own numbers.
    .keep(
      "the warehouse system tells this itself",
      ({ contract }) => contract === stock.HandlingUnitMoved.name,
    )
    .publishAs([stock.HandlingUnitMoved], (message) => message);
