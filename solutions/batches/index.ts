/**
 * Large files as flows: the item master kept in line, the history of an old ledger moved into a new one, a feed for reporting.
 *
 * `batches(settings)` is a solution like any other and stands beside them in a configuration. Files come through folders;
 * items go to the warehouse's folder one by one when they changed, ledger lines go to the finance system's import folder
 * some hundred a file. The reporting feed is told of cost and revenue as they are posted, one row each; what it should have from
 * earlier days `crossdock export` writes.
 */
import { type Connection, connection, type Flow, flow } from "crossdock";
import { costing, finance } from "crossdock/canon";
import { csv, csvRecords } from "crossdock/codecs/csv";
import { json } from "crossdock/codecs/json";
import { file } from "crossdock/connectors/file";
import type { Solution } from "crossdock/server";
import { ItemAligned, LedgerLineRead, LedgerLinesTransferred } from "./contracts.ts";
import * as mapping from "./mappings.ts";

export interface BatchSettings {
  readonly folders: {
    /** The ERP puts its item master here, whole, as often as it likes. */
    readonly items: string;
    /** The warehouse fetches changed items here. */
    readonly itemsToWarehouse: string;
    /** The old ledger's files, one a year or all in one. */
    readonly ledger: string;
    /** The new finance system imports from here. */
    readonly financeImport: string;
    /** The reporting system fetches rows of cost and revenue here; there is no feed where it is left out. */
    readonly reporting?: string;
  };
  /**
   * Whether the new ledger has the old account numbers, or `cross-referenced`: each old account must be known in the
   * cross-reference table `account` of system `ledger-history`, and lines of unknown ones wait as refused records.
   */
  readonly accounts?: "the same" | "cross-referenced";
  readonly pollMs?: number;
}

const ITEM_COLUMNS = ["item", "description", "unit", "group", "weight", "status"] as const;
const LEDGER_COLUMNS = ["entry", "line", "date", "account", "debit", "credit", "currency", "text"] as const;

const REPORT_COLUMNS = ["kind", "document", "about", "period", "amount", "currency"] as const;

/** @example configuration({ solutions: [distribution({ … }), batches({ folders })] }) */
export function batches({ folders, accounts = "the same", pollMs = 1_000 }: BatchSettings): Solution {
  const erpItems = connection("erp-items", file, {
    title: "ERP item master",
    owner: "master-data",
    config: { inbox: folders.items, pollMs },
  });
  const warehouse = connection("warehouse-items", file, {
    title: "Warehouse item import",
    owner: "warehouse",
    config: { outbox: folders.itemsToWarehouse },
  });
  const oldLedger = connection("ledger-history", file, {
    title: "Old ledger",
    owner: "finance",
    config: { inbox: folders.ledger, pollMs },
  });
  const newFinance = connection("finance-import", file, {
    title: "Finance import",
    owner: "finance",
    config: { outbox: folders.financeImport },
  });
  const feed =
    folders.reporting === undefined
      ? []
      : reporting(
          connection("reporting", file, {
            title: "Reporting feed",
            owner: "reporting",
            config: { outbox: folders.reporting },
          }),
        );
  return {
    name: "batches",
    title: "Batches: master data, ledger history and the reporting feed",
    contracts: [
      ItemAligned,
      LedgerLinesTransferred,
      ...(feed.length === 0 ? [] : [finance.InvoicePosted, costing.CostPosted]),
    ],
    flows: [...items(erpItems, warehouse), ...ledger(oldLedger, newFinance, accounts), ...feed],
  };
}

const reporting = (feed: Connection): Flow[] => [
  flow("reporting-revenue")
    .on(finance.InvoicePosted)
    .map(mapping.revenueRow)
    .deliver(feed, csv({ columns: REPORT_COLUMNS })),
  flow("reporting-cost")
    .on(costing.CostPosted)
    .map(mapping.costRow)
    .deliver(feed, csv({ columns: REPORT_COLUMNS })),
];

const items = (erp: Connection, warehouse: Connection): Flow[] => [
  flow("items-from-erp")
    .from(erp)
    .records(csvRecords({ columns: ITEM_COLUMNS, delimiter: ";" }))
    .map(mapping.item)
    .publishChanges(ItemAligned),
  flow("items-to-warehouse").on(ItemAligned).deliver(warehouse, json()),
];

const ledger = (old: Connection, finance: Connection, accounts: BatchSettings["accounts"]): Flow[] => [
  flow("ledger-history-in")
    .from(old)
    .records(csvRecords({ columns: LEDGER_COLUMNS }))
    .lookUp(
      "account in the new ledger",
      ({ account }) =>
        accounts === "cross-referenced" ? [{ table: "account", system: old.name, value: account }] : [],
      (row, [found]) => ({ ...row, account: found ?? row.account }),
    )
    .map(mapping.ledgerLine)
    .expect(LedgerLineRead)
    .publishTogether(LedgerLinesTransferred, mapping.transfer),
  flow("ledger-history-out")
    .on(LedgerLinesTransferred)
    .map(mapping.importRows)
    .deliver(finance, csv({ columns: LEDGER_COLUMNS })),
];
