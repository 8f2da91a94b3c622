/**
 * Walks an order of a caller through the shipped solution and the flow beside it, and says what came of it. Nothing is started.
 *
 *     node examples/on-a-solution/main.ts
 */
import { walkArrival, walkMessage } from "crossdock/testing";
import { norrland } from "./company.ts";

const flows = norrland("/srv/crossdock").flatMap((solution) => solution.flows ?? []);
const named = (name: string) => flows.find((flow) => flow.name === name)!;
const order = {
  customer: "C-100",
  customerReference: "PO-7",
  currency: "SEK",
  lines: [{ sku: "PUMP-7", quantity: "3", price: "1200.00" }],
};
const [captured] = walkArrival(named("api-orders"), new TextEncoder().encode(JSON.stringify(order))).messages;
const told = walkMessage(named("demand-to-planners"), captured!);
if (!("body" in told)) throw new Error("The planners were told nothing.");
export const said = new TextDecoder().decode(told.body);
console.log(`${flows.length} flows; the planners are told:\n${said}`);
