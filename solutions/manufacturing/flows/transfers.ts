/**
 * Supply from further plants and goods moved between warehouses: plants are asked what they have, our warehouse is told what leaves,
 * and the ERP what left and came in.
 *
 * @covers EVT-13
 */
import { type Flow, flow } from "crossdock";
import { stock, transfers } from "crossdock/canon";
import { documentAsJson } from "../../distribution/formats.ts";
import type { Connections } from "../connections.ts";
import * as erp from "../mappings/erp.ts";
import { fromSupplyAnswer, supplyOf, toSupplyQuestion } from "../mappings/erp-purchasing.ts";
import { toTransfer } from "../mappings/warehouse.ts";
import type { Filled } from "../settings.ts";

export function transferFlows({ erp: own, wms }: Connections, { ledgers, policy }: Filled): Flow[] {
  const selling = ledgers.flatMap(({ line, keeps, sales }) => (sales ? [{ line, keeps, ...sales }] : []));
  const of = (plant: string) => selling.find(({ keeps }) => keeps(plant));
  return [
    flow("plant-supply-checks")
      .on(transfers.CheckSupply)
      .map(toSupplyQuestion)
      .ask(
        {
          by: ({ plant }) => of(plant)?.line.name ?? own.name,
          to: Object.fromEntries(selling.map(({ line }) => [line.name, line])),
          otherwise: own,
        },
        "supply",
      )
      .answer(transfers.SupplyChecked, (receipt, asked) =>
        fromSupplyAnswer(of(asked.plant)?.supply ?? supplyOf)(receipt, asked),
      ),
    // What one entity sells to another its ledgers book as a sale; what moves within one, its ERP books as a transfer.
    flow("erp-stock-transfers")
      .on(stock.StockTransferred)
      .keep("it did not leave our own warehouse", ({ from }) => from === policy.warehouse)
      .map(erp.toStockTransfer)
      .deliver(own, documentAsJson()),
    flow("wms-transfers").on(transfers.TransferStock).map(toTransfer).deliver(wms, documentAsJson()),
  ];
}
