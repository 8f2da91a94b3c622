/**
 * A partner may speak EDIFACT or UBL, and the bank write MT940 or BAI2: the same order travels the same way from mailbox to paid.
 *
 * @covers EVT-01, EVT-02, EVT-31, EVT-36, PRC-01, PRC-10, SYS-05, SYS-31, SYS-45
 */
import { expect, test } from "vitest";
import { openWorld } from "./kit/world.ts";

const acme = { customer: "C-ACME", edi: { qualifier: "ZZ", id: "ACME" }, currency: "EUR", name: "ACME CORP" };

test.each([
  ["edifact", "mt940", { ORDERS: 1, CONTRL: 3 }, { 997: 1, ORDRSP: 1, DESADV: 1, INVOIC: 1 }],
  ["ubl", "bai2", { Order: 1 }, { OrderResponse: 1, DespatchAdvice: 1, Invoice: 1 }],
] as const)("an order by %s, paid by a statement in %s", async (dialect, bankFormat, sent, received) => {
  const world = await openWorld({ settings: { partner: { ...acme, dialect }, bankFormat } });
  try {
    await world.estate.settings("acme", { dialect });
    await world.estate.settings("bank", { statements: bankFormat });
    const po = await world.orderByEdi([{ sku: "VALVE-20", quantity: "36", price: "50.00" }], {
      asSent: [{ sku: "VALVE-20", quantity: "3", unit: "PK", price: "600.00" }],
    });
    await world.reached(po, "paid");
    await world.rest();

    const books = await world.books("acme");
    expect(books.sent).toEqual(sent);
    expect(books.received).toEqual(received);
    expect(books.orders[0]).toMatchObject({ poNumber: po, responses: [{ type: "AD" }] });
    expect(books.invoices).toMatchObject([{ poNumber: po, tax: "360.00", total: "2160.00", sound: true }]);
    expect((await world.books("bank")).statements).toMatchObject([
      { number: 1, file: expect.stringContaining(bankFormat), entries: 1 },
    ]);
    const story = await world.story(po);
    expect(story?.opinions.disagreements).toEqual([]);
    // A UBL document has no number of an interchange: what we wrote left it out, and says so.
    const written = story?.notCarried.filter(({ way }) => way === "written").flatMap(({ places }) => places);
    expect(written).toEqual(dialect === "ubl" ? Array(3).fill("controlNumber") : []);
    expect(await world.wrong()).toEqual([]);
  } finally {
    await world.close();
  }
});
