/**
 * What must hold in the books whoever ordered what: debits equal credits, what came in went out or is there, money moved
 * adds up.
 */
import type { Books } from "./books.ts";
import { minus, same, sum } from "./decimal.ts";

export function ledgerViolations(books: Books): string[] {
  return [...balances(books), ...stock(books), ...money(books)];
}

function balances({ erp, finance }: Books): string[] {
  const posted = [
    ...erp.ledger.map(({ document, lines }) => ({ what: `ERP document ${document}`, lines })),
    ...[...finance.journalEntries, ...finance.customerPayments].map(({ externalId, memo, lines }) => ({
      what: `Finance posting ${externalId} (${memo})`,
      lines,
    })),
  ];
  const ledgers = { ERP: erp.ledger, finance: [...finance.journalEntries, ...finance.customerPayments] };
  return [
    ...posted.flatMap(({ what, lines }) => {
      const [debit, credit] = [sum(lines.map((line) => line.debit)), sum(lines.map((line) => line.credit))];
      return same(debit, credit) ? [] : [`${what} debits ${debit} and credits ${credit}.`];
    }),
    ...Object.entries(ledgers).flatMap(([name, documents]) => {
      const lines = documents.flatMap((document) => document.lines);
      const { trialBalance } = name === "ERP" ? erp : finance;
      const [debit, credit] = [sum(lines.map((line) => line.debit)), sum(lines.map((line) => line.credit))];
      return same(debit, credit) && same(debit, trialBalance.debit) && same(credit, trialBalance.credit)
        ? []
        : [
            `The ${name} ledger debits ${debit}, credits ${credit}; its trial balance says ${trialBalance.debit} and ${trialBalance.credit}.`,
          ];
    }),
  ];
}

function stock({ erp, wms }: Books): string[] {
  const reserved = new Map<string, string[]>();
  for (const { lines } of wms.allocations)
    for (const line of lines) reserved.set(line.sku, [...(reserved.get(line.sku) ?? []), line.reserved]);
  return [
    ...Object.entries(wms.stock).flatMap(([sku, at]) => [
      ...conserved(`WMS ${sku}`, at, at.shipped),
      ...(same(at.allocated, sum(reserved.get(sku) ?? []))
        ? []
        : [
            `WMS ${sku}: ${at.allocated} are allocated, but allocations hold ${sum(reserved.get(sku) ?? [])}.`,
          ]),
    ]),
    ...Object.entries(erp.stock).flatMap(([sku, at]) => conserved(`ERP ${sku}`, at, at.issued)),
    ...Object.entries(wms.stock).flatMap(([sku, { shipped }]) => {
      const issued = erp.stock[sku]?.issued ?? "0";
      return same(shipped, issued) ? [] : [`${sku}: the WMS shipped ${shipped}, the ERP issued ${issued}.`];
    }),
  ];
}

function conserved(
  what: string,
  at: { initial: string; received: string; adjusted: string; onHand: string },
  out: string,
): string[] {
  const [came, gone] = [sum([at.initial, at.received, at.adjusted]), sum([out, at.onHand])];
  return same(came, gone) ? [] : [`${what}: ${came} came in, but ${gone} went out or are there.`];
}

function money({ bank, payments }: Books): string[] {
  const found: string[] = [];
  if (!same(bank.balance, sum(bank.entries.map(({ amount }) => amount))))
    found.push(`The bank's balance ${bank.balance} is not the sum of its entries.`);
  for (const [index, { opening }] of bank.statements.entries()) {
    const before = bank.statements[index - 1]?.closing ?? "0";
    if (!same(opening, before))
      found.push(`Bank statement ${index + 1} opens with ${opening} after ${before}.`);
  }
  for (const { gross, refunds, fee, net } of payments.payouts) {
    if (!same(minus(minus(gross, refunds), fee), net))
      found.push(`A payout of ${gross} less ${refunds} less ${fee} is not ${net}.`);
  }
  const captured = sum(payments.captures.filter(({ payoutId }) => payoutId).map(({ amount }) => amount));
  const paidOut = sum(payments.payouts.map(({ gross }) => gross));
  if (!same(captured, paidOut)) found.push(`Cards were charged ${captured}, but ${paidOut} was paid out.`);
  return found;
}
