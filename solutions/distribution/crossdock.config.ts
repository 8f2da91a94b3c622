/**
 * The demonstration: the company of `solutions/demonstration` and the batch flows, over the simulated estate, on one machine.
 *
 * `crossdock dev` and `crossdock start` run this when there is no configuration of your own. Nothing here is a secret, only
 * where secrets lie.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { configuration } from "crossdock/server";
import { batches } from "../batches/index.ts";
import { company } from "../demonstration/company.ts";

const { data } = configuration({});

/** Nobody of the estate keeps these folders: whoever tries the batch flows puts files there and finds them there. */
const exchange = (name: string) => {
  const folder = join(data, "batches", name);
  mkdirSync(folder, { recursive: true });
  return folder;
};

export default configuration({
  name: "Crossdock demonstration",
  solutions: [
    ...company({
      portBase: Number(process.env.CROSSDOCK_ESTATE_PORT ?? 7400),
      data,
      landscape: true,
      plant: { madeToOrder: ["PUMP-100"] },
    }).solutions,
    batches({
      folders: {
        items: exchange("items"),
        itemsToWarehouse: exchange("items-to-warehouse"),
        ledger: exchange("ledger"),
        financeImport: exchange("finance-import"),
        reporting: exchange("reporting"),
      },
    }),
  ],
});
