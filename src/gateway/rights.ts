/**
 * Which business things a caller may touch: those it began, or all with `orders:read-all`.
 *
 * What it may not touch is answered in the words for what does not exist, so numbers cannot be guessed.
 */
import type { Dock } from "../runtime/dock.ts";
import { begunBy } from "../trace/senders.ts";
import type { Caller } from "./callers.ts";
import { Problem } from "./problems.ts";

export async function mayTouch(dock: Dock, correlation: string, caller: Caller | null): Promise<boolean> {
  if (caller === null) return false;
  return caller.scopes.has("orders:read-all") || (await begunBy(dock.pool, correlation)) === caller.name;
}

/** @throws {Problem} `forbidden` for an order of a customer the key is not for */
export function mayOrderFor(caller: Caller | null, customer: string, orderId: string | undefined): void {
  if (!caller?.customers) return;
  const refused = (detail: string, field: string, expected: string) =>
    new Problem("forbidden", { detail, field, expected });
  if (!caller.customers.has(customer)) {
    throw refused("The key may not order for this customer.", "customer", "a customer the key is for");
  }
  // A number of its own choice could be one that belongs to somebody else.
  if (orderId !== undefined) {
    throw refused("The key may not choose order numbers.", "orderId", "no orderId; the answer gives one");
  }
}
