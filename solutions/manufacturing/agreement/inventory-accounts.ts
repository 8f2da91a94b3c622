/**
 * What everybody must agree about an account of inventory: the general ledger holds on it what the stock that stands on it is worth.
 *
 * Whatever moves goods posts what they are worth, so they part only where somebody posted to the account by hand, or a posting was lost.
 * Stock is compared piece by piece with the warehouse in `stock.ts`; here it is the ERP's stock at its price. The ERP is asked which
 * accounts there are.
 */
import { type Agreement, agreement, type Snapshot } from "crossdock";
import type { Filled } from "../settings.ts";

const FIGURE = "value";

export const inventoryAccounts = ({ policy: { entity } }: Filled): Agreement =>
  agreement({
    name: "inventory-accounts",
    title: "Inventory accounts",
    owner: "finance",
    process: null,
    keyType: "account",
    every: "1h",
    ledgers: [entity],
    milestones: { valued: { grace: "4h", systems: { "erp-ledger": {}, erp: {} } } },
    ours: () => ({}),
    listing: {
      system: "erp",
      about: "inventory-accounts",
      question: {},
      numbers: ({ value }: Accounts) =>
        value
          .filter(({ CompanyCode }) => CompanyCode === entity)
          .map(({ GLAccount }) => `${entity}/${GLAccount}`),
    },
    // Asked one after the other while goods move: only what stays is a difference.
    moving: { milestone: "valued", figure: FIGURE, messages: {} },
    snapshots: [held("erp", ({ StockValue }) => StockValue), held("erp-ledger", ({ Balance }) => Balance)],
  });

interface Account
  extends Readonly<Record<"CompanyCode" | "GLAccount" | "Balance" | "StockValue" | "Currency", string>> {}
interface Accounts {
  readonly value: readonly Account[];
}

const held = (system: string, figure: (account: Account) => string): Snapshot => ({
  system,
  about: "inventory-accounts",
  atOnce: 200,
  question: () => ({}),
  read({ value }: Accounts, number) {
    const account = value.find(({ CompanyCode, GLAccount }) => `${CompanyCode}/${GLAccount}` === number);
    if (account === undefined) return { valued: { reached: null } };
    const each = { [FIGURE]: { amount: "1", currency: account.Currency } };
    return { valued: { reached: null, figures: { [FIGURE]: figure(account) }, each } };
  },
});
