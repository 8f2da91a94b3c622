/**
 * The last part: tax is final, the shipment is invoiced, the ledger gets its copy, money comes and is applied.
 *
 * Every shipment is invoiced once, for what left and with the tax the tax engine committed; every payment is applied
 * once, and never for more than is owed. Amounts that other systems state are compared with ours, and a difference stops
 * the posting and is shown, for a wrong posting is worse than a late one.
 *
 * @covers EVT-38, EVT-39, PRC-10
 */
import { decimals, type finance, type Money, payments, type returns } from "crossdock/canon";
import { forbidden } from "./forbidden.ts";
import * as acts from "./order-acts.ts";
import { notPaidBack, withBalance } from "./order-customer-balance.ts";
import { takenBack } from "./order-payment-back.ts";
import { serviceCredited } from "./order-services.ts";
import {
  hearing,
  type Invoice,
  isInvoiced,
  isPaid,
  isSettled,
  isShipped,
  type OrderState,
  owed,
  type Shipment,
  unpledged,
  wasHeard,
  withLines,
} from "./order-state.ts";
import { raised, reached, type Step } from "./order-words.ts";
import type { Policy } from "./policy.ts";
import * as quantities from "./quantities.ts";

const { add, compare, isPositive, smaller, subtract } = decimals;

const same = (one: Money, other: Money): boolean =>
  one.currency === other.currency && compare(one.amount, other.amount) === 0;
const say = ({ amount, currency }: Money): string => `${amount} ${currency}`;

const withShipment = (state: OrderState, changed: Shipment): OrderState => ({
  ...state,
  shipments: state.shipments.map((known) => (known.shipmentId === changed.shipmentId ? changed : known)),
});
const withInvoice = (state: OrderState, changed: Invoice): OrderState => ({
  ...state,
  invoices: state.invoices.map((known) => (known.invoiceId === changed.invoiceId ? changed : known)),
});

// Tax and invoice -------------------------------------------------------------------------------------------------

type TaxFinalised = (typeof finance.TaxFinalised)["sample"];

export const taxFinalised =
  (policy: Policy) =>
  (state: OrderState, tax: TaxFinalised, { at }: { at: string }): Step => {
    const shipment = state.shipments.find(({ shipmentId }) => shipmentId === tax.shipmentId);
    if (!shipment) return { note: `Tax document ${tax.taxDocumentId} is of no shipment of this order.` };
    if (shipment.tax !== null) {
      return {
        note: `Shipment ${tax.shipmentId} has its tax document ${shipment.tax.taxDocumentId} already.`,
      };
    }
    if (!same(tax.taxableAmount, shipment.net)) {
      return {
        publish: [
          raised(state, "tax base differs", {
            title: "The tax engine taxed another amount.",
            reason: `It taxed ${say(tax.taxableAmount)}; shipment ${tax.shipmentId} is worth ${say(shipment.net)}.`,
            owner: "finance",
            class: "data",
            valueAtRisk: shipment.net,
          }),
        ],
        note: `Shipment ${tax.shipmentId} is not invoiced: its tax was taken of another amount.`,
      };
    }
    const { taxDocumentId, taxAmount: amount } = tax;
    const taxed: Shipment = { ...shipment, tax: { taxDocumentId, amount } };
    const { above } = policy.invoiceRelease;
    if (above !== null && compare(shipment.net.amount, above) > 0) {
      return {
        state: { ...withShipment(state, { ...taxed, invoiceHeld: true }), reminders: 0 },
        ask: [
          {
            approval: "invoice release",
            because: `The invoice for shipment ${tax.shipmentId} is over ${say(shipment.net)} net, above ${above}.`,
          },
        ],
      };
    }
    return billed(withShipment(state, taxed), at);
  };

function billed(state: OrderState, at: string): Step {
  const told = acts.tellErp(state, at);
  if (told.send.length > 0) return told;
  return { state: told.state, note: "The invoice waits until the ERP has the order on its books." };
}

/** The controller lets every invoice of the order go that waits for it. */
export const invoiceReleased = (state: OrderState, { at, by }: { at: string; by: string }): Step => ({
  ...billed(
    {
      ...state,
      shipments: state.shipments.map(({ invoiceHeld: _, ...shipment }) => shipment),
    },
    at,
  ),
  note: `${by} released the invoice.`,
});

export const invoiceWithheld = (
  state: OrderState,
  { by, comment }: { by: string; comment: string },
): Step => ({
  publish: [
    raised(state, "invoice withheld", {
      title: "Goods have left and their invoice is withheld.",
      reason: `${by}: ${comment}`,
      owner: "finance",
      valueAtRisk: decimals.total(
        state.shipments.filter(({ invoiceHeld }) => invoiceHeld).map(({ net }) => net),
        state.order.currency,
      ),
    }),
  ],
  ask: [{ approval: "invoice release", because: `${by} withheld it: ${comment}` }],
});

export const invoiceStillHeld = (state: OrderState): Step => ({
  state: { ...state, reminders: state.reminders + 1 },
  ask: [
    {
      approval: "invoice release",
      because: `Goods have left and their invoice waits; asked ${state.reminders + 2} times.`,
    },
  ],
});

type InvoicePosted = (typeof finance.InvoicePosted)["sample"];

export const invoicePosted =
  (policy: Policy) =>
  (state: OrderState, posted: InvoicePosted, { at }: { at: string }): Step => {
    const { invoiceId, shipmentId } = posted;
    const shipment = state.shipments.find((known) => known.shipmentId === shipmentId);
    if (!shipment) {
      const reason = `Invoice ${invoiceId} is for shipment ${shipmentId}, of which no dispatch is known; it is not taken.`;
      return {
        publish: [forbidden(state, "invoiced before dispatch", reason, posted.taxInclusiveAmount)],
        note: `Invoice ${invoiceId} is for no shipment of this order.`,
      };
    }
    if (shipment.invoiceId !== null) {
      return { note: `Shipment ${shipmentId} has its invoice ${shipment.invoiceId} already.` };
    }
    if (!same(posted.taxExclusiveAmount, shipment.net)) {
      return {
        publish: [
          forbidden(
            state,
            "invoice differs",
            `Invoice ${invoiceId} is over ${say(posted.taxExclusiveAmount)} net; shipment ${shipmentId} is worth ${say(shipment.net)}.`,
            posted.taxInclusiveAmount,
          ),
        ],
        note: `Invoice ${invoiceId} is not taken: it is over another amount.`,
      };
    }
    const invoice: Invoice = {
      invoiceId,
      shipmentId,
      currency: posted.taxInclusiveAmount.currency,
      amount: posted.taxInclusiveAmount.amount,
      credited: "0",
      pledged: "0",
      paid: "0",
    };
    const billed = withLines(state, invoiced(state, shipment));
    const next: OrderState = {
      ...withShipment(billed, { ...shipment, invoiceId }),
      invoices: [...state.invoices, invoice],
    };
    const card = state.order.payment.method === "card";
    const due = posted.dueDate;
    return {
      state: next,
      reach: reached("invoiced", next.invoices.length, partsExpected(next)),
      send: [
        ...acts.sendInvoice(next, posted, at),
        acts.postInvoiceEntry(next, posted, policy),
        ...(card ? [acts.capturePayment(next, invoice)] : []),
      ],
      start: [due ? { timer: "payment due", at: `${due}T23:59:59Z` } : "payment due"],
    };
  };

/** How many invoices there will be, as far as is known: one a shipment, and at least one more while goods are to come. */
const partsExpected = (state: OrderState): number => state.shipments.length + (isShipped(state) ? 0 : 1);

const invoiced = (state: OrderState, { lines }: Shipment) => {
  const billed = new Map(lines.map(({ line, quantity }) => [line, quantity.value]));
  return new Map(
    state.lines.flatMap((line) => {
      const quantity = billed.get(line.line);
      if (quantity === undefined) return [];
      return [[line.line, { ...line, quantities: quantities.invoice(line.quantities, quantity).after }]];
    }),
  );
};

// Ledger ----------------------------------------------------------------------------------------------------------

type PostingAccepted = (typeof finance.PostingAccepted)["sample"];

/** The ERP valued a goods issue: finance gets the same entry, as the ERP booked it. Everything else is only known. */
export const postingAccepted =
  (policy: Policy) =>
  (state: OrderState, posting: PostingAccepted, { at }: { at: string }): Step => {
    const { ledger, sourceDocument, ledgerReference, lines, shipmentId } = posting;
    const shipment = state.shipments.find((known) => known.shipmentId === shipmentId);
    if (ledger === policy.ledger.name || !shipment || !lines) {
      return { note: `${ledger} booked ${sourceDocument} as ${ledgerReference}.` };
    }
    if (shipment.costPosted) return { note: `The cost of shipment ${shipmentId} is known already.` };
    return {
      state: withShipment(state, { ...shipment, costPosted: true }),
      send: [acts.postCostEntry(state, ledgerReference, at.slice(0, 10), lines, policy)],
    };
  };

// Payment ---------------------------------------------------------------------------------------------------------

/** Money for an invoice: as much as is owed is applied, the rest is shown to receivables. */
interface Received {
  readonly paymentId: string;
  readonly amount: Money;
  readonly valueDate: string;
  readonly invoiceId: string | null | undefined;
  /** Of a payment for several invoices: the bank's number of it, and those that follow. */
  readonly of?: { readonly bankReference: string; readonly alsoFor: PassedOn["alsoFor"] };
}

type PassedOn = (typeof payments.PaymentPassedOn)["sample"];

/** What is left of a payment goes to the next invoice its payer named, in their order. */
function passedOn(rest: Money, valueDate: string, paymentId: string, of: Received["of"]): PassedOn | null {
  const [next, ...alsoFor] = of?.alsoFor ?? [];
  if (!of || !next) return null;
  const part = Number(paymentId.slice(of.bankReference.length + 1) || "1") + 1;
  const { bankReference } = of;
  return { ...next, paymentId: `${bankReference}/${part}`, bankReference, amount: rest, valueDate, alsoFor };
}

function received(state: OrderState, { paymentId, amount, valueDate, invoiceId, of }: Received): Step {
  const fact = `received ${paymentId}`;
  if (wasHeard(state, fact)) return { note: `Payment ${paymentId} came again.` };
  const { salesOrderId, currency } = state.order;
  const next = hearing(state, fact);
  const invoice = state.invoices.find((known) => known.invoiceId === invoiceId);
  const usable = invoice && amount.currency === currency ? smaller(amount.amount, unpledged(invoice)) : "0";
  const rest = subtract(amount.amount, usable);
  const left = decimals.money(rest, amount.currency);
  const following = passedOn(left, valueDate, paymentId, of);
  const unmatched = !isPositive(rest)
    ? []
    : following
      ? [payments.PaymentPassedOn.of(following)]
      : [
          payments.PaymentUnmatched.of({
            paymentId,
            amount,
            residue: left,
            reason: whyLeft(invoice, amount, currency, invoiceId),
            candidates: state.invoices.map((known) => known.invoiceId),
            salesOrderId,
          }),
        ];
  if (!invoice || !isPositive(usable)) return { state: next, publish: unmatched };
  return {
    state: withInvoice(next, { ...invoice, pledged: add(invoice.pledged, usable) }),
    ...(unmatched.length > 0 ? { publish: unmatched } : {}),
    send: [acts.applyPayment(state, invoice, paymentId, usable, valueDate)],
  };
}

function whyLeft(
  invoice: Invoice | undefined,
  amount: Money,
  currency: string,
  invoiceId: string | null | undefined,
): string {
  if (!invoice) return `Invoice ${invoiceId ?? "(none named)"} is not of this order.`;
  if (amount.currency !== currency)
    return `The payment is in ${amount.currency}, the invoice in ${currency}.`;
  return `More was paid than invoice ${invoice.invoiceId} leaves open.`;
}

type BankEntry = (typeof payments.BankEntryReceived)["sample"];

export function bankEntry(state: OrderState, entry: BankEntry): Step {
  const { bankReference, amount, creditDebitIndicator, invoiceId, valueDate } = entry;
  if (creditDebitIndicator === "CRDT") {
    const of = { bankReference, alsoFor: entry.alsoFor ?? [] };
    return received(state, { paymentId: bankReference, amount, invoiceId, valueDate, of });
  }
  return takenBack(state, entry);
}

/** Money that another invoice of the same payment left. */
export const paymentPassedOn = (
  state: OrderState,
  { paymentId, bankReference, amount, valueDate, invoiceId, alsoFor }: PassedOn,
): Step => received(state, { paymentId, amount, valueDate, invoiceId, of: { bankReference, alsoFor } });

type PaymentCaptured = (typeof payments.PaymentCaptured)["sample"];

/** A card was charged. A capture that names no invoice is for the only one there is. */
export function paymentCaptured(state: OrderState, captured: PaymentCaptured): Step {
  const only = state.invoices.length === 1 ? state.invoices[0]?.invoiceId : undefined;
  const { paymentId, amount, capturedAt } = captured;
  return received(state, {
    paymentId,
    amount,
    invoiceId: captured.invoiceId ?? only,
    valueDate: capturedAt.slice(0, 10),
  });
}

type PaymentApplied = (typeof payments.PaymentApplied)["sample"];

export function paymentApplied(state: OrderState, { paymentId, invoices: applied }: PaymentApplied): Step {
  const fact = `applied ${paymentId}`;
  if (wasHeard(state, fact)) return { note: `The application of payment ${paymentId} came again.` };
  const paid = new Map(applied.map(({ invoiceId, amount }) => [invoiceId, amount.amount]));
  const next: OrderState = {
    ...hearing(state, fact),
    invoices: state.invoices.map((invoice) => {
      const sum = add(invoice.paid, paid.get(invoice.invoiceId) ?? "0");
      const of = paid.get(invoice.invoiceId);
      return {
        ...invoice,
        paid: sum,
        pledged: decimals.larger(invoice.pledged, sum),
        ...(of === undefined ? {} : { payments: [...(invoice.payments ?? []), { paymentId, amount: of }] }),
      };
    }),
  };
  return settled(state, next);
}

/** Says what is paid, and closes the order when everything that left is invoiced and paid. */
function settled(before: OrderState, after: OrderState): Step {
  const [was, is] = [before, after].map(({ invoices }) => invoices.filter(isSettled).length);
  if (isPaid(after)) {
    return {
      state: after,
      ...(isPaid(before) ? {} : { reach: reached("paid", is ?? 0, after.invoices.length) }),
      stop: ["payment due", "shortage"],
      end: "completed",
    };
  }
  if (is === was) return { state: after, note: `${say(owed(after))} are still owed.` };
  return {
    state: after,
    reach: reached("paid", is ?? 0, isInvoiced(after) ? after.invoices.length : partsExpected(after)),
    ...(after.invoices.every(isSettled) ? { stop: ["payment due" as const] } : {}),
  };
}

type CreditNote = (typeof finance.CreditNoteIssued)["sample"];

/**
 * A credit note lowers what is owed, never below nothing; in full it takes the milestone back. One of ours follows a return, whose
 * story taxes and books it; one that names no return was given at the ERP itself.
 */
export const creditNote =
  (policy: Policy) =>
  (state: OrderState, note: CreditNote): Step => {
    const { creditNoteId, billingReference, taxInclusiveAmount, lines: credited } = note;
    const fact = `credited ${creditNoteId}`;
    if (note.returnId !== undefined && isPaid(state))
      return {
        note: `What ${creditNoteId} gives back of a paid order is the story of return ${note.returnId}.`,
      };
    const invoice = state.invoices.find(({ invoiceId }) => invoiceId === billingReference);
    if (!invoice || wasHeard(state, fact)) {
      const ofService = serviceCredited(state, note);
      // An order that was over stays so; what billing did too early is forgiven all the same.
      if (ofService) return isPaid(state) && !state.inFavour ? { ...ofService, end: "completed" } : ofService;
      return { note: `Credit note ${creditNoteId} is known, or corrects no invoice of this order.` };
    }
    const amounts = new Map(credited.map(({ line, quantity }) => [line, quantity.value]));
    const { lines, beyond } = booked(state, amounts, quantities.credit);
    const asked = add(invoice.credited, taxInclusiveAmount.amount);
    const sum = smaller(asked, invoice.amount);
    const next = withInvoice({ ...hearing(state, fact), lines }, { ...invoice, credited: sum });
    const followed =
      note.returnId === undefined ? directlyCredited(next, invoice, note, policy) : { state: next };
    const settles: Step = { ...settled(state, followed.state), ...followed };
    const step =
      note.returnId === undefined ? withBalance(settles, followed.state, invoice.invoiceId, note) : settles;
    const over = subtract(asked, sum);
    const publish =
      beyond.length > 0 || isPositive(over)
        ? [
            forbidden(
              state,
              "credited beyond invoice",
              `Credit note ${creditNoteId} goes beyond invoice ${billingReference}${beyond.length > 0 ? `: ${beyond.join(", ")}` : ""}; what is beyond it is not booked.`,
              taxInclusiveAmount,
            ),
          ]
        : [];
    const shown = publish.length > 0 ? { ...step, publish: [...(step.publish ?? []), ...publish] } : step;
    return compare(sum, invoice.amount) === 0 && !isPaid(next) ? { ...shown, withdraw: "invoiced" } : shown;
  };

/**
 * A credit note that no return accounts for: the finance ledger gets its entry. Of a whole invoice the tax document is voided; of part of one
 * the tax engine cannot be told which of its lines, so finance is.
 */
function directlyCredited(
  state: OrderState,
  { invoiceId, amount }: Invoice,
  note: CreditNote,
  policy: Policy,
): Pick<Step, "send" | "publish"> & { state: OrderState } {
  const shipment = state.shipments.find((one) => one.invoiceId === invoiceId);
  const entry = acts.postCreditEntry(state, note, policy);
  if (!shipment?.tax) return { state, send: [entry] };
  if (compare(note.taxInclusiveAmount.amount, amount) === 0)
    return {
      state: withShipment(state, { ...shipment, taxVoided: true }),
      send: [acts.voidTax(state, shipment, note), entry],
    };
  if (decimals.isZero(note.taxAmount.amount)) return { state, send: [entry] };
  return {
    state,
    send: [entry],
    publish: [
      raised(state, "part credited", {
        title: "Part of an invoice was credited at the ERP itself, and its tax stands.",
        reason: `Credit note ${note.creditNoteId} gives back ${say(note.taxAmount)} tax of invoice ${invoiceId}; the tax engine still counts all of ${shipment.tax.taxDocumentId}.`,
        owner: "finance",
        valueAtRisk: note.taxAmount,
      }),
    ],
  };
}

type GoodsReturned = (typeof returns.GoodsReturned)["sample"];

/** What came back stands in the quantity ledger; what it is worth is the story of its return. */
export function goodsReturned(state: OrderState, came: GoodsReturned): Step {
  const fact = `returned ${came.receiptAdviceId}`;
  if (wasHeard(state, fact)) return { note: `The goods of ${came.receiptAdviceId} came before.` };
  const back = new Map(came.lines.map(({ line, quantity }) => [line, quantity.value]));
  const { lines, beyond } = booked(state, back, quantities.giveBack);
  return {
    state: { ...hearing(state, fact), lines },
    ...(beyond.length > 0
      ? {
          publish: [
            forbidden(
              state,
              "returned beyond shipped",
              `Receipt ${came.receiptAdviceId} holds ${beyond.join(", ")} that never left for this order.`,
            ),
          ],
        }
      : {}),
    note: `${came.receiptAdviceId}: ${came.condition}.`,
  };
}

/** Books quantities by line in the ledger; what goes beyond a line comes back in words. */
function booked(
  state: OrderState,
  amounts: ReadonlyMap<string, string>,
  book: (line: quantities.Quantities, quantity: string) => quantities.Booked,
): { lines: OrderState["lines"]; beyond: string[] } {
  const beyond: string[] = [];
  const lines = state.lines.map((line) => {
    const { after, excess } = book(line.quantities, amounts.get(line.line) ?? "0");
    if (isPositive(excess)) beyond.push(`${excess} ${line.uom} of ${line.item}`);
    return { ...line, quantities: after };
  });
  return { lines, beyond };
}

/** The invoice is late: somebody is told, and told again after the same time. */
export function paymentLate(state: OrderState): Step {
  const open = owed(state);
  if (state.inFavour?.payBack) return notPaidBack(state, state.inFavour);
  if (!isPositive(open.amount)) return { note: "Nothing is owed." };
  return {
    publish: [
      raised(state, "payment overdue", {
        title: "An invoice is overdue.",
        reason: `${say(open)} are still owed.`,
        owner: "accounts-receivable",
        valueAtRisk: open,
      }),
    ],
    start: ["payment due"],
  };
}
