/**
 * The same story for every fault switch: orders of three channels travel while each system fails in one way, and in the end
 * all is as if nothing had happened.
 *
 * What must stay true: a fault that never fired proves nothing, so each row asserts that it did.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EstateFault, FaultOptions, SystemName } from "../../../estate/client.ts";
import { openWorld, type World, type WorldOptions } from "./world.ts";

/** The systems that answer requests of ours, in the order in which an order meets them. */
export const ANSWERING = [
  "pricing",
  "erp",
  "crm",
  "wms",
  "tms",
  "tax",
  "payments",
  "finance",
  "shop",
] as const satisfies readonly SystemName[];

export interface FaultStory {
  readonly fault: EstateFault;
  readonly systems: readonly SystemName[];
  readonly options?: FaultOptions;
  readonly world?: WorldOptions;
  /** How many orders come by each of EDI, shop and API. */
  readonly each?: number;
  /** Documents of ours that the partner never acknowledges; each goes on waiting. */
  readonly unacknowledged?: number;
  /** What somebody does while the orders travel. */
  readonly during?: (world: World) => Promise<void>;
  /** Besides that every order is as it should be. */
  readonly afterwards?: (world: World) => Promise<void>;
}

export function ordersTravelThrough({
  fault,
  systems,
  options,
  world: how,
  each = 2,
  unacknowledged = 0,
  during,
  afterwards,
}: FaultStory): void {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(how);
  });
  afterAll(() => world.close());

  describe(`while systems ${fault}`, () => {
    test("orders by EDI, shop and API arrive", async () => {
      for (const system of systems) await world.estate.fault(system, fault, options);
      const paid: string[] = [];
      const invoiced: string[] = [];
      for (let index = 0; index < each; index += 1) {
        paid.push(await world.orderByEdi([{ sku: "PUMP-100", quantity: "1", price: "500.00" }]));
        paid.push(await world.orderByShop([{ sku: "SEAL-9", quantity: "3", price: "5.00" }]));
        invoiced.push(
          await world.orderByApi("C-NORTH", [{ sku: "VALVE-20", quantity: "2" }], { fate: "invoiced" }),
        );
      }
      await during?.(world);
      for (const number of paid) await world.reached(number, "paid", 90_000);
      for (const number of invoiced) await world.reached(number, "invoiced", 60_000);
      await world.rest({ running: invoiced.length + unacknowledged });
    });

    test.each(systems)("%s did so at least once", async (system) => {
      const { fired } = await world.estate.faults(system);
      expect(fired[fault] ?? 0).toBeGreaterThan(0);
    });

    test("every order stands exactly once wherever it is owed, and all books balance", async () => {
      expect(await world.wrong()).toEqual([]);
      await afterwards?.(world);
    });
  });
}
