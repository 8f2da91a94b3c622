/**
 * The happy path of a trading partner: an 850 comes in; 997, 855, 856 and 810 go back; the bank's camt.053 closes it.
 *
 * @covers EVT-01, EVT-02, EVT-08, EVT-31, EVT-36, EVT-37, PRC-01, PRC-09, PRC-10, PRC-25, SYS-05, SYS-09, SYS-11,
 *   SYS-18, SYS-21, SYS-29, SYS-31, SYS-34, SYS-35, SYS-45
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test("850 in, 997 and 855 and 856 and 810 out, camt.053 in, paid", async () => {
  const po = await world.orderByEdi([
    { sku: "PUMP-100", quantity: "20", price: "500.00" },
    { sku: "VALVE-20", quantity: "10", price: "50.00" },
  ]);
  await world.reached(po, "paid");
  await world.rest();

  const acme = await world.books("acme");
  expect(acme.sent).toEqual({ 850: 1, 997: 3 });
  expect(acme.received).toEqual({ 997: 1, 855: 1, 856: 1, 810: 1 });
  const [invoice] = acme.invoices;
  expect(invoice).toMatchObject({ poNumber: po, tax: "2100.00", total: "12600.00", sound: true });
  expect((await world.books("bank")).entries).toMatchObject([
    { amount: "12600.00", remittance: invoice.invoice, statement: 1 },
  ]);
  const story = await world.story(po);
  expect(story?.milestones.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "accepted reached",
    "credit approved reached",
    "allocated reached",
    "dispatched reached",
    "invoiced reached",
    "paid reached",
  ]);
  expect(story?.opinions.disagreements).toEqual([]);
  // What the order says beyond its fields is listed with it, and so is what its answers leave out of our words.
  expect(story?.notCarried.map(({ way, title }) => `${way}: ${title}`).sort()).toEqual([
    "read: Acknowledgement received",
    "read: Acknowledgement received",
    "read: Acknowledgement received",
    "read: Bank entry received",
    "read: Order captured",
  ]);
  const [order] = story?.notCarried ?? [];
  expect(order?.places).toEqual(
    "BEG.2 REF+DP.2 N1+BY.2 N1+BY.3 N1+BY.4 N1+ST.3 N1+ST.4 PO1[1].5 PO1[2].5".split(" "),
  );
  expect(await world.wrong()).toEqual([]);
});

test("an order in packs goes through every book in pieces", async () => {
  const po = await world.orderByEdi([{ sku: "VALVE-20", quantity: "36", price: "50.00" }], {
    asSent: [{ sku: "VALVE-20", quantity: "3", unit: "PK", price: "600.00" }],
  });
  await world.reached(po, "paid");
  await world.rest();
  expect(await world.wrong()).toEqual([]);
});
