/** The warehouse never ships what it has not, tells every quantity once, and its stock always adds up. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openTestEstate, type TestEstate, until } from "../testing/receiver.ts";

let world: TestEstate;
beforeAll(async () => {
  world = await openTestEstate(["wms", "tms"]);
});
afterAll(() => world.close());
afterEach(async () => {
  await world.estate.settings("wms", { split: 1, autoShip: true });
  const { stock } = await world.estate.books("wms");
  for (const held of Object.values(stock) as Record<string, string>[]) {
    const entered = Number(held.initial) + Number(held.received) + Number(held.adjusted);
    expect(entered).toBe(Number(held.shipped) + Number(held.onHand));
  }
});

const lines = (sku: string, quantity: string) => [{ line: 1, sku, quantity }];
const post = (collection: string, body: unknown) => world.call("wms", "POST", `/api/${collection}`, body);
const events = (orderId: string, type: string) =>
  world.listener.events(type).filter((event) => event.orderId === orderId);
const told = (orderId: string, type: string, times = 1) =>
  until(`${orderId}: ${type}`, () => events(orderId, type).length >= times && events(orderId, type));

test("an order is allocated, picked and dispatched, and stock leaves once", async () => {
  await world.estate.settings("wms", { stock: { "PUMP-100": "40" } });
  const asked = { reference: "A-1", orderId: "SO-1", lines: lines("PUMP-100", "10") };
  const answer = await post("allocations", asked);
  expect([answer.status, answer.body.reference, answer.body.orderId]).toEqual([201, "A-1", "SO-1"]);
  const [allocated] = await told("SO-1", "stock.allocated");
  expect(allocated).toMatchObject({
    reference: "A-1",
    lines: [{ line: 1, sku: "PUMP-100", quantity: "10" }],
  });
  expect((await world.call("wms", "GET", "/api/stock?sku=PUMP-100")).body.items).toEqual([
    { sku: "PUMP-100", onHand: "40", allocated: "10", available: "30" },
  ]);

  await post("ship-orders", { reference: "S-1", orderId: "SO-1", lines: lines("PUMP-100", "10") });
  const [dispatched] = await told("SO-1", "shipment.dispatched");
  expect(dispatched).toMatchObject({ reference: "S-1", part: 1, parts: 1, outstanding: [] });
  expect(dispatched.lines).toEqual([{ line: 1, sku: "PUMP-100", quantity: "10" }]);
  expect(dispatched.handlingUnits[0].sscc).toMatch(/^\d{18}$/);
  expect((await told("SO-1", "goods.picked"))[0].shipmentId).toBe(dispatched.shipmentId);
  expect((await world.estate.books("wms")).stock["PUMP-100"]).toMatchObject({ onHand: "30", allocated: "0" });
});

test("a shortage allocates what is there, backorders the rest, and goods received fill it", async () => {
  await world.estate.settings("wms", { stock: { "VALVE-20": "6" } });
  await post("allocations", { reference: "A-2", orderId: "SO-2", lines: lines("VALVE-20", "10") });
  const [short] = await told("SO-2", "order.backordered");
  expect(short.lines).toEqual([{ line: 1, sku: "VALVE-20", quantity: "10", allocated: "6", shortfall: "4" }]);
  expect((await told("SO-2", "stock.allocated"))[0].lines).toEqual([
    { line: 1, sku: "VALVE-20", quantity: "6", shortfall: "4" },
  ]);
  await world.estate.act("wms", "receive-stock", { sku: "VALVE-20", quantity: "5" });
  const filled = await told("SO-2", "stock.allocated", 2);
  expect(filled[1].lines).toEqual([{ line: 1, sku: "VALVE-20", quantity: "4" }]);
  expect(events("SO-2", "order.backordered")).toHaveLength(1);
  expect((await world.call("wms", "GET", "/api/stock?sku=VALVE-20")).body.items[0].available).toBe("1");
});

test("split shipments carry parts that add up to the order", async () => {
  await world.estate.settings("wms", { split: 3 });
  await post("ship-orders", { reference: "S-3", orderId: "SO-3", lines: lines("SEAL-9", "10") });
  const parts = await told("SO-3", "shipment.dispatched", 3);
  expect(parts.map(({ lines: [line], part, parts: all }) => [line.quantity, part, all])).toEqual([
    ["4", 1, 3],
    ["3", 2, 3],
    ["3", 3, 3],
  ]);
  expect(parts.map(({ outstanding }) => outstanding[0]?.quantity ?? "0")).toEqual(["6", "3", "0"]);
  expect(new Set(parts.map(({ shipmentId }) => shipmentId)).size).toBe(3);
});

test("goods that are neither allocated nor free are not shipped", async () => {
  await world.estate.settings("wms", { stock: { "MOTOR-7": "5" } });
  await post("allocations", { reference: "A-4", orderId: "SO-4", lines: lines("MOTOR-7", "4") });
  await told("SO-4", "stock.allocated");
  const other = await post("ship-orders", {
    reference: "S-5",
    orderId: "SO-5",
    lines: lines("MOTOR-7", "2"),
  });
  expect([other.status, other.body.error.code]).toEqual([409, "INSUFFICIENT_STOCK"]);
  expect(
    (await post("ship-orders", { reference: "S-4", orderId: "SO-4", lines: lines("MOTOR-7", "5") })).status,
  ).toBe(201);
  await told("SO-4", "shipment.dispatched");
  expect((await world.estate.books("wms")).stock["MOTOR-7"]).toMatchObject({ onHand: "0", allocated: "0" });
});

test("a release frees what was not taken, in part or whole", async () => {
  await world.estate.settings("wms", { stock: { "HOUS-4": "20" } });
  await post("allocations", { reference: "A-6", orderId: "SO-6", lines: lines("HOUS-4", "10") });
  await told("SO-6", "stock.allocated");
  await post("releases", { reference: "R-6a", orderId: "SO-6", lines: lines("HOUS-4", "3") });
  await post("releases", { reference: "R-6b", orderId: "SO-6" });
  const released = await told("SO-6", "allocation.released", 2);
  expect(released.map(({ lines: [line] }) => line.quantity)).toEqual(["3", "7"]);
  expect((await world.estate.books("wms")).stock["HOUS-4"]).toMatchObject({ onHand: "20", allocated: "0" });
});

test("a ship order is cancelled before it leaves and refused after", async () => {
  await world.estate.settings("wms", { autoShip: false });
  await post("allocations", { reference: "A-7", orderId: "SO-7", lines: lines("SEAL-9", "5") });
  await told("SO-7", "stock.allocated");
  await post("ship-orders", { reference: "S-7", orderId: "SO-7", lines: lines("SEAL-9", "5") });
  const cancel = { reference: "C-7", orderId: "SO-7", shipOrderReference: "S-7" };
  expect((await post("ship-order-cancellations", cancel)).status).toBe(201);
  expect((await told("SO-7", "shipment.cancelled"))[0].lines).toEqual(lines("SEAL-9", "5"));
  // What was taken is the order's again, and can be released.
  await post("releases", { reference: "R-7", orderId: "SO-7" });
  expect((await told("SO-7", "allocation.released"))[0].lines).toEqual(lines("SEAL-9", "5"));
  await world.estate.act("wms", "dispatch", { orderId: "SO-7" });

  await post("ship-orders", { reference: "S-8", orderId: "SO-8", lines: lines("SEAL-9", "1") });
  await world.estate.act("wms", "dispatch", { orderId: "SO-8" });
  await told("SO-8", "shipment.dispatched");
  const late = await post("ship-order-cancellations", {
    reference: "C-8",
    orderId: "SO-8",
    shipOrderReference: "S-8",
  });
  expect([late.status, late.body.error.code]).toEqual([409, "ALREADY_DISPATCHED"]);
  expect(events("SO-7", "shipment.dispatched")).toEqual([]);
});

test("undoing what never came does nothing, and what comes afterwards is refused", async () => {
  const undo = { reference: "R-9", orderId: "SO-9", allocationReference: "A-9" };
  expect((await post("releases", undo)).body.lines).toEqual([]);
  const late = await post("allocations", { reference: "A-9", orderId: "SO-9", lines: lines("SEAL-9", "1") });
  expect([late.status, late.body.error.code]).toEqual([409, "RELEASED_BEFORE"]);
});

test("a restart in the middle of an order finishes it once", async () => {
  await world.estate.settings("wms", { split: 2 });
  await world.estate.fault("wms", "down");
  await world.estate.clear("wms");
  await post("allocations", { reference: "A-10", orderId: "SO-10", lines: lines("SEAL-9", "4") });
  await post("ship-orders", { reference: "S-10", orderId: "SO-10", lines: lines("SEAL-9", "4") });
  await world.restart("kill");
  await told("SO-10", "shipment.dispatched", 2);
  await until("all is told", async () => (await world.estate.books("wms")).webhooks.waiting === 0);
  const { shipOrders } = await world.estate.books("wms");
  const shipments = shipOrders.filter(({ orderId }: { orderId: string }) => orderId === "SO-10")[0].shipments;
  expect(
    shipments.map(({ part, lines: [line] }: { part: number; lines: { quantity: string }[] }) => [
      part,
      line!.quantity,
    ]),
  ).toEqual([
    [1, "2"],
    [2, "2"],
  ]);
});

test("the carrier fetches dispatched goods once freight is booked, and reports until delivery", async () => {
  const key = { "idempotency-key": "F-11" };
  const booked = await world.call("tms", "POST", "/freight-bookings", { orderId: "SO-11" }, key);
  expect(booked.body.status).toBe("tendered");
  await told("SO-11", "freight.booked");
  expect(events("SO-11", "shipment.status")).toEqual([]);
  await post("ship-orders", { reference: "S-11", orderId: "SO-11", lines: lines("SEAL-9", "1") });
  const statuses = await told("SO-11", "shipment.status", 2);
  expect(statuses.map(({ status, signedBy }) => [status, signedBy])).toEqual([
    ["in-transit", undefined],
    ["delivered", "M. Dupont"],
  ]);
  const late = await world.call(
    "tms",
    "POST",
    "/freight-cancellations",
    { orderId: "SO-11" },
    { "idempotency-key": "F-11x" },
  );
  expect([late.status, late.body.title]).toEqual([409, "ALREADY_COLLECTED"]);
});

test("a carrier may reject a tender, and a booking can be cancelled before pick-up", async () => {
  await world.estate.settings("tms", { rejectNext: 1 });
  await world.call("tms", "POST", "/freight-bookings", { orderId: "SO-12" }, { "idempotency-key": "F-12" });
  expect((await told("SO-12", "carrier.rejected"))[0].reason).toBe("No vehicle free on that day.");
  await world.call("tms", "POST", "/freight-bookings", { orderId: "SO-12" }, { "idempotency-key": "F-12b" });
  await told("SO-12", "freight.booked");
  const cancel = (key: string) =>
    world.call("tms", "POST", "/freight-cancellations", { orderId: "SO-12" }, { "idempotency-key": key });
  expect((await cancel("F-12c")).body.status).toBe("cancelled");
  expect((await cancel("F-12d")).body.status).toBe("nothing-to-cancel");
});

test("what one site is short of comes from another: told apart, added to while it is picked, each leaving from where it lies", async () => {
  await world.estate.settings("wms", {
    stock: { "HOUS-4": "18" },
    sites: { "WH-ROT": { "HOUS-4": "20" } },
    autoShip: false,
  });
  const order = (more: object) => ({ orderId: "SO-20", ...more });
  await post("allocations", order({ reference: "A-20", lines: lines("HOUS-4", "24") }));
  expect(
    (await told("SO-20", "stock.allocated", 2)).map((event) => [event.warehouse, event.lines[0].quantity]),
  ).toEqual([
    [undefined, "18"],
    ["WH-ROT", "6"],
  ]);
  await post("ship-orders", order({ reference: "S-20", lines: lines("HOUS-4", "24") }));
  // Six more, and two of them given up again, while Rotterdam picks.
  await post("allocations", order({ reference: "A-21", lines: lines("HOUS-4", "6") }));
  await told("SO-20", "stock.allocated", 3);
  await post("ship-orders", order({ reference: "S-21", lines: lines("HOUS-4", "4") }));
  await post("releases", order({ reference: "R-21", lines: lines("HOUS-4", "2") }));
  expect(await books("HOUS-4")).toEqual(["18 18", "20 10"]);

  await world.estate.act("wms", "dispatch", { orderId: "SO-20", site: "WH-ROT" });
  expect(await told("SO-20", "shipment.dispatched")).toMatchObject([
    { warehouse: "WH-ROT", lines: [{ line: 1, sku: "HOUS-4", quantity: "10" }] },
  ]);
  await world.estate.act("wms", "dispatch", { orderId: "SO-20" });
  const [, home] = await told("SO-20", "shipment.dispatched", 2);
  expect([home.warehouse, home.lines[0].quantity, home.outstanding]).toEqual([undefined, "18", []]);
  expect(await books("HOUS-4")).toEqual(["0 0", "10 0"]);
  // What is called back lies where it lay.
  await post("allocations", order({ reference: "A-22", lines: lines("HOUS-4", "3") }));
  await told("SO-20", "stock.allocated", 4);
  await post("ship-orders", order({ reference: "S-22", lines: lines("HOUS-4", "3") }));
  await post("ship-order-cancellations", order({ reference: "C-22", shipOrderReference: "S-22" }));
  await post("releases", order({ reference: "R-22", lines: lines("HOUS-4", "3") }));
  expect(await books("HOUS-4")).toEqual(["0 0", "10 0"]);
});

/** On hand and allocated, at home and in Rotterdam. */
async function books(sku: string): Promise<string[]> {
  const { stock, sites } = await world.estate.books("wms");
  return [stock[sku], sites["WH-ROT"][sku]].map(({ onHand, allocated }) => `${onHand} ${allocated}`);
}

test("a receipt is kept under the order it is of; what is not ours leaves the stock, unless it is set aside", async () => {
  await world.estate.settings("wms", { stock: { "HOUS-4": "0" } });
  const receive = async (quantity: string, order?: string): Promise<string> => {
    const { id } = await world.estate.act("wms", "receive-goods", {
      ...(order === undefined ? {} : { purchaseOrderId: order }),
      lines: lines("HOUS-4", quantity),
    });
    return id;
  };
  const correct = (reference: string, body: object) =>
    post("receipt-corrections", { reference, reason: "Mixed up.", ...body });
  const heldFor = async (...orders: string[]) =>
    (await world.call("wms", "GET", `/api/inbound?purchaseOrders=${orders.join(",")}`)).body.items.map(
      ({ purchaseOrderId, receipts }: { purchaseOrderId: string; receipts: { id: string }[] }) => [
        purchaseOrderId,
        receipts.map(({ id }) => id),
      ],
    );
  const onHand = async () => (await world.estate.books("wms")).stock["HOUS-4"].onHand;
  const [mixed, stranger] = [await receive("6", "PO-X"), await receive("4")];

  const moved = await correct("C-1", { receiptId: mixed, purchaseOrderId: "PO-Y", knownAs: `${mixed}/PO-Y` });
  expect([moved.status, moved.body.status]).toEqual([201, "corrected"]);
  expect(await heldFor("PO-X", "PO-Y", "PO-Z")).toEqual([
    ["PO-X", []],
    ["PO-Y", [`${mixed}/PO-Y`]],
  ]);
  expect(await onHand()).toBe("10");
  await post("allocations", { reference: "A-31", orderId: "SO-31", lines: lines("HOUS-4", "8") });
  await told("SO-31", "stock.allocated");
  const refused = await correct("C-2", { receiptId: stranger });
  expect([refused.status, refused.body.error.code]).toEqual([409, "TAKEN_ALREADY"]);
  await post("releases", {
    reference: "R-31",
    orderId: "SO-31",
    reason: "Given up.",
    lines: lines("HOUS-4", "8"),
  });
  await until(
    "it is free again",
    async () => (await world.estate.books("wms")).stock["HOUS-4"].allocated === "0",
  );
  expect((await correct("C-2", { receiptId: stranger })).status).toBe(201);
  expect(await onHand()).toBe("6");
  // Said again, or of a receipt nobody knows, it changes nothing.
  await correct("C-3", { receiptId: stranger });
  expect((await correct("C-4", { receiptId: "GR-none" })).body.status).toBe("nothing-to-correct");
  expect(await onHand()).toBe("6");
});
