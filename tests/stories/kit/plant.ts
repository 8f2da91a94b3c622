/**
 * What stories of a plant look at and do: the ERP's ledger and production orders, the MES, milestones of processes, questions.
 *
 * It reads books and rows and presses the console's buttons; what is expected stands in the stories.
 */
import type { World } from "./world.ts";

interface Entry {
  readonly entitySet: string;
  readonly reference: string;
  readonly postingDate: string;
  readonly lines: readonly { account: string; debit: string; credit: string }[];
}

/** What stories look at of a row in the supplier's book of orders. */
interface SupplierOrder {
  readonly purchaseOrderId: string;
  readonly state: string;
  readonly needBy: string;
  readonly lines: readonly { readonly quantity: string }[];
  readonly confirmed?: readonly unknown[];
  /** Whether it was changed since it was ordered, and to what. */
  readonly changed?: boolean;
  readonly changes?: readonly unknown[];
}

export interface Plant {
  /** The ERP's ledger entries about these references, each as `Dr account amount` or `Cr account amount`. */
  ledger(...references: readonly (string | RegExp)[]): Promise<string[]>;
  /** A production order as the ERP has it. */
  order(id: string): Promise<Record<string, string>>;
  release(id: string, quantity: string, more?: Record<string, unknown>): Promise<unknown>;
  atMes(id: string): Promise<Record<string, unknown>>;
  until(what: string, look: () => Promise<boolean>): Promise<boolean>;
  stockOf(system: "erp" | "wms", sku: string): Promise<number>;
  /** The milestones a process of this key has reached, in the order of its story. */
  reached(process: string, key: string): Promise<string[]>;
  /** Answers the open question of a process instance, and returns why it was asked. */
  answer(
    process: string,
    key: string,
    approval: string,
    verdict?: "approved" | "declined",
    comment?: string,
  ): Promise<string>;
  /** A requisition is approved in procurement; waits until its order `PO-<id>` is confirmed. */
  purchase(id: string, sku: string, quantity: string, price: string, needBy: string): Promise<void>;
  /** A purchase order as the supplier has it. */
  purchaseOrder(id: string): Promise<SupplierOrder>;
  /** Whether the state and notes of an instance, as kept, hold these words. */
  kept(process: string, key: string, words: string): Promise<boolean>;
}

export function plantOf(given: () => World): Plant {
  const until = (what: string, look: () => Promise<boolean>) =>
    given().until(what, 20_000, look) as Promise<true>;
  const body = async (process: string, key: string): Promise<string> => {
    const { rows } = await given().pool.query("select body from instance where process = $1 and key = $2", [
      process,
      key,
    ]);
    return rows[0]?.body ?? "{}";
  };
  const reached = async (process: string, key: string): Promise<string[]> => {
    const { milestones = [] } = JSON.parse(await body(process, key));
    return (Array.isArray(milestones) ? milestones : Object.keys(milestones)).map(
      (one: string | { name: string }) => (typeof one === "string" ? one : one.name),
    );
  };
  return {
    until,
    reached,
    async purchase(id, sku, quantity, price, needBy) {
      await given().estate.act("procurement", "approve", {
        requisition: `RQ-${id}`,
        supplier: "V-310",
        needBy,
        lines: [{ sku, quantity, price }],
      });
      await until(`PO-${id} is confirmed`, async () =>
        (await reached("procure-to-pay", `PO-${id}`)).includes("confirmed"),
      );
    },
    purchaseOrder: async (id) =>
      (await given().books("supplier")).orders.find(
        ({ purchaseOrderId }: SupplierOrder) => purchaseOrderId === id,
      ),
    async ledger(...references) {
      const { ledger: entries } = (await given().books("erp")) as { ledger: Entry[] };
      return entries
        .filter(({ reference }) =>
          references.some((one) => (typeof one === "string" ? one === reference : one.test(reference))),
        )
        .flatMap(({ lines }) => lines)
        .map(({ account, debit, credit }) =>
          debit === "0.00" ? `Cr ${account} ${credit}` : `Dr ${account} ${debit}`,
        );
    },
    async order(id) {
      const { productionOrders } = await given().books("erp");
      return productionOrders.find((one: { id: string }) => one.id === id);
    },
    release: (id, quantity, more = {}) =>
      given().estate.act("erp", "release-production", { order: id, quantity, ...more }),
    atMes: (id) =>
      given().until(`${id} is at the plant`, 20_000, async () =>
        (await given().books("mes")).orders.find((one: { id: string }) => one.id === id),
      ),
    stockOf: async (system, sku) => Number((await given().books(system)).stock[sku].onHand),
    async answer(process, key, approval, verdict = "approved", comment = "Agreed.") {
      const question = await given().until(`${approval} of ${key} is asked`, 20_000, async () => {
        const { rows } = await given().pool.query(
          "select id, because from question where process = $1 and key = $2 and approval = $3 and verdict is null",
          [process, key, approval],
        );
        return rows[0] as { id: string; because: string } | undefined;
      });
      await given().press(`/api/questions/${encodeURIComponent(question.id)}/answer`, { verdict, comment });
      return question.because;
    },
    kept: async (process, key, words) => (await body(process, key)).includes(words),
  };
}
