/**
 * Money nobody can tell the invoice of, too much of it, or too little, is shown to receivables and never guessed.
 *
 * @covers PRC-10
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { differing } from "./agreement/kit.ts";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

interface Billing {
  readonly BillingDocument: string;
  readonly TotalGrossAmount: string;
}

async function invoiced(): Promise<{ number: string; invoice: Billing }> {
  const number = await world.orderByApi("C-NORTH", [{ sku: "PUMP-100", quantity: "1" }]);
  await world.reached(number, "invoiced");
  const { A_BillingDocument } = (await world.books("erp")).documents;
  return { number, invoice: A_BillingDocument.at(-1) };
}
const receive = (amount: string, remittance: string) =>
  world.estate.act("bank", "receive", { amount, currency: "EUR", debtor: "North Ltd", remittance });
const applied = async () =>
  (await world.books("finance")).customerPayments.map(
    ({ payment }: { payment: { amount: string } }) => payment.amount,
  );

test("a payment that names nothing we know is kept, shown by its bank reference, and applied to nothing", async () => {
  const { reference } = await receive("77.00", "for the thing from last week");
  const story = await world.until("the payment is known", 20_000, () => world.story(reference));
  expect(JSON.stringify(story.timeline)).toMatch(/unmatched/i);
  await world.rest();
  expect(await applied()).toEqual([]);
});

test("a part payment leaves the rest open, and all of it once the bank takes it back; the rest closes it; what is too much is shown", async () => {
  const { number, invoice } = await invoiced();
  await receive("100.00", invoice.BillingDocument);
  await world.until("the part is applied", 20_000, async () => (await applied()).length === 1);
  expect((await world.milestones(number)).paid).not.toBe("reached");
  const exposure = async () => (await world.books("erp")).credit["C-NORTH"].exposure;
  const before = await exposure();
  await world.estate.act("bank", "pay-by-hand", {
    paymentId: invoice.BillingDocument,
    creditor: "North Ltd",
    amount: "100.00",
  });
  await world.decide(number, "payment back", "approved", "Their bank had no cover for it.");
  await world.until("the ERP has taken it off", 20_000, async () => {
    const { A_IncomingPaymentReversal: back } = (await world.books("erp")).documents;
    return back.length === 1 && back[0].Status === "reversed";
  });
  expect(Number(await exposure())).toBe(Number(before) + 100);
  await receive("700.00", `rest of ${invoice.BillingDocument}`);
  await world.reached(number, "paid");
  await world.rest();
  expect(await applied()).toEqual(["100.00", "600.00"]);
  expect(await differing(world, "orders")).toEqual([]);
  expect(JSON.stringify((await world.story(number))?.timeline)).toMatch(/unmatched/i);
  await takenBackAndPaidBack(number, invoice.BillingDocument);
});

/** The ERP takes an invoice back that was paid: tax and ledger follow, and the customer's money goes back once somebody says so. */
async function takenBackAndPaidBack(number: string, invoice: string): Promise<void> {
  expect((await world.story(number))?.instances[0]?.status).toBe("completed");
  const owing = Number((await world.books("erp")).credit["C-NORTH"].exposure);
  await world.estate.act("erp", "credit-by-hand", { invoice, reason: "Billed to the wrong customer." });
  await world.decide(number, "customer balance", "approved", "They want it back.");
  await world.estate.act("bank", "pay-by-hand", {
    paymentId: `${invoice} refund`,
    creditor: "North Ltd",
    amount: "600.00",
  });
  await world.until("the order is over again", 20_000, async () => {
    const { A_IncomingPaymentReversal: back } = (await world.books("erp")).documents;
    return back.length === 2 && (await world.story(number))?.instances[0]?.status === "completed";
  });
  await world.rest();
  expect(Number((await world.books("erp")).credit["C-NORTH"].exposure)).toBe(owing);
  const { line } = (await world.story(number))!;
  const { documents } = (await world.books("tax")) as {
    documents: { documentCode: string; voided: boolean }[];
  };
  expect(documents.filter(({ documentCode }) => documentCode.startsWith(`${line.number}/`))).toMatchObject([
    { voided: true },
  ]);
  const { records } = (await world.books("crm")) as {
    records: { fields: { Amount__c?: string; Order__r?: { Crossdock_Id__c: string } } }[];
  };
  expect(
    records.flatMap(({ fields }) =>
      fields.Order__r?.Crossdock_Id__c === line.number ? [fields.Amount__c] : [],
    ),
  ).toEqual(["600.00"]);
  const { journalEntries, customerPayments } = (await world.books("finance")) as Record<
    string,
    { memo?: string; lines: { account: string; debit: string; credit: string }[] }[]
  >;
  const receivables = [...journalEntries!, ...customerPayments!]
    .filter((one) => JSON.stringify(one).includes(line.number))
    .flatMap(({ lines }) => lines.filter(({ account }) => account === "Receivables"));
  expect(receivables.reduce((sum, { debit, credit }) => sum + Number(debit) - Number(credit), 0)).toBe(0);
  expect(await differing(world, "orders")).toEqual([]);
}

test("one payment for two invoices settles both, and what is too much is shown with the last", async () => {
  const before = (await applied()).length;
  const [one, other] = [await invoiced(), await invoiced()];
  const { reference } = await receive(
    "1250.00",
    `${one.invoice.BillingDocument} and ${other.invoice.BillingDocument}`,
  );
  await world.reached(one.number, "paid");
  await world.reached(other.number, "paid");
  await world.rest();
  expect((await applied()).slice(before)).toEqual(["600.00", "600.00"]);
  const { rows } = await world.pool.query(
    "select readable(data)->'residue'->>'amount' as residue from event where contract = 'finance.payment-unmatched' and readable(data)->>'paymentId' = $1",
    [`${reference}/2`],
  );
  expect(rows).toEqual([{ residue: "50.00" }]);
});
