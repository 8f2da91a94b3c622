/**
 * Whether the sums of an invoice or credit note hold (EN 16931, BR-CO-10 to BR-CO-16), told as findings, not errors.
 *
 * Amounts of a document are stated to the minor unit; a sum may be off by the rounding of its parts only where the
 * document states that rounding (`PayableRoundingAmount`). Nothing is ever recomputed into the document.
 */
import Big from "big.js";
import type { UblBody } from "./documents.ts";

export interface TotalsProblem {
  /** e.g. `total.payableAmount`. */
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

/** @example checkTotals(invoice) // [] when every stated sum is the sum of its parts */
export function checkTotals(document: UblBody<"Invoice"> | UblBody<"CreditNote">): TotalsProblem[] {
  const { total, lines, allowanceCharges, taxTotals } = document;
  const problems: TotalsProblem[] = [];
  const check = (field: string, stated: string | undefined, sum: Big) => {
    if (stated !== undefined && !big(stated).eq(sum)) {
      problems.push({ field, expected: sum.toFixed(), found: stated });
    }
  };
  const sumOf = (amounts: readonly string[]) =>
    amounts.reduce((sum, amount) => sum.plus(big(amount)), new Big(0));
  const charged = (charge: boolean) =>
    sumOf(allowanceCharges.filter((one) => one.charge === charge).map(({ amount }) => amount.amount));

  const net = sumOf(lines.flatMap(({ lineExtensionAmount }) => lineExtensionAmount?.amount ?? []));
  const allowances = charged(false);
  const charges = charged(true);
  const exclusive = net.minus(allowances).plus(charges);
  const currency = total.payableAmount.currency;
  // A second tax total states the tax in the currency of the tax office and is no part of the sum.
  const tax = sumOf(
    taxTotals
      .filter(({ taxAmount }) => taxAmount.currency === currency)
      .map(({ taxAmount }) => taxAmount.amount),
  );
  check("total.lineExtensionAmount", total.lineExtensionAmount?.amount, net);
  check("total.allowanceTotalAmount", total.allowanceTotalAmount?.amount, allowances);
  check("total.chargeTotalAmount", total.chargeTotalAmount?.amount, charges);
  check("total.taxExclusiveAmount", total.taxExclusiveAmount?.amount, exclusive);
  check("total.taxInclusiveAmount", total.taxInclusiveAmount?.amount, exclusive.plus(tax));
  const payable = exclusive
    .plus(tax)
    .minus(big(total.prepaidAmount?.amount ?? "0"))
    .plus(big(total.payableRoundingAmount?.amount ?? "0"));
  check("total.payableAmount", total.payableAmount.amount, payable);
  taxTotals.forEach(({ taxAmount, subtotals }, at) => {
    if (subtotals.length === 0) return;
    check(
      `taxTotals[${at}].taxAmount`,
      taxAmount.amount,
      sumOf(subtotals.map(({ taxAmount: part }) => part.amount)),
    );
  });
  return problems;
}

/** XML Schema allows `+1` and `1.`, big.js does not. */
const big = (decimal: string): Big => new Big(decimal.replace(/^\+/, "").replace(/\.$/, ""));
