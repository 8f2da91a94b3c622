/** Whatever number of whatever system somebody holds in their hand, it leads to the same whole story. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { crossdock } from "./a-site.ts";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
let numbers: Record<string, string>;
beforeAll(async () => {
  world = await openWorld();
  // Two other orders stand beside it, so that a number that fits anything is noticed.
  const others = [
    await world.orderByEdi([{ sku: "SEAL-9", quantity: "1" }]),
    await world.orderByShop([{ sku: "SEAL-9", quantity: "2" }]),
  ];
  const number = await world.orderByEdi([{ sku: "PUMP-100", quantity: "2", price: "500.00" }]);
  for (const each of [number, ...others]) await world.reached(each, "paid");
  await world.rest();
  const [acme, erp, wms, tms, tax, bank] = await Promise.all(
    (["acme", "erp", "wms", "tms", "tax", "bank"] as const).map((name) => world.books(name)),
  );
  const order = acme.orders.find((one: { poNumber: string }) => one.poNumber === number);
  const sale = erp.documents.A_SalesOrder.find(
    (one: { PurchaseOrderByCustomer: string }) => one.PurchaseOrderByCustomer === number,
  );
  const ofSale = (one: { SalesOrder: string }) => one.SalesOrder === sale.SalesOrder;
  const invoice = erp.documents.A_BillingDocument.find(ofSale);
  const shipOrder = wms.shipOrders.find((one: { orderId: string }) => one.orderId === sale.ExternalReference);
  const [shipment] = shipOrder.shipments;
  numbers = {
    "customer PO": number,
    "sales order": sale.ExternalReference,
    "ERP order": sale.SalesOrder,
    "goods issue": erp.documents.A_GoodsIssue.find(ofSale).MaterialDocument,
    shipment: shipment.shipmentId,
    SSCC: shipment.handlingUnits[0].sscc,
    "tracking number": tms.bookings.find((one: { orderId: string }) => one.orderId === sale.ExternalReference)
      .trackingNumber,
    invoice: invoice.BillingDocument,
    "tax document": invoice.TaxDocument,
    "bank reference": bank.entries.find(
      (one: { remittance: string }) => one.remittance === invoice.BillingDocument,
    ).reference,
    "EDI control number of the 850": String(order.control).padStart(9, "0"),
    "EDI control number of our 855": order.responses[0].interchange,
  };
  expect(tax.documents.map(({ id }: { id: string }) => id)).toContain(numbers["tax document"]);
});
afterAll(() => world.close());

test.each([
  "customer PO",
  "sales order",
  "ERP order",
  "goods issue",
  "shipment",
  "SSCC",
  "tracking number",
  "invoice",
  "tax document",
  "bank reference",
  "EDI control number of the 850",
  "EDI control number of our 855",
])("by its %s", async (kind) => {
  const number = numbers[kind] ?? "";
  const story = await world.story(number);
  expect(story?.line.correlation, `${kind} ${number}`).toBe(`order/${numbers["sales order"]}`);
});

test("the command line tells the same story, as JSON for programs", async () => {
  const url = world.environment.DATABASE_URL ?? "";
  for (const kind of ["SSCC", "bank reference"]) {
    const asked = ["trace", numbers[kind] ?? "", "--database-url", url, "--json"];
    const { exit, said, remarked } = await crossdock(asked);
    expect(exit, remarked).toBe(0);
    expect(JSON.parse(said).story.line.correlation).toBe(`order/${numbers["sales order"]}`);
  }
});
