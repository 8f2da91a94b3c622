/**
 * Order-to-cash: from a customer's order to the money for it.
 *
 * Six milestones, told in this order: accepted, credit approved, allocated, dispatched, invoiced, paid. This file is the
 * table of what is listened to; what is decided stands in `order-capture.ts`, `order-fulfilment.ts` and
 * `order-settlement.ts`, and what is commanded in `order-acts.ts`. CRM and sales channels are not told here: they
 * subscribe to the milestones.
 *
 * @covers PRC-01, PRC-09, PRC-20, PRC-21, PRC-22, PRC-23, PRC-24, PRC-25
 */
import { process } from "crossdock";
import { costing, finance, inventory, logistics, payments, returns, sales, services } from "crossdock/canon";
import * as capture from "./order-capture.ts";
import * as balance from "./order-customer-balance.ts";
import * as fulfilment from "./order-fulfilment.ts";
import * as paymentBack from "./order-payment-back.ts";
import { serviceActivated, serviceBilled } from "./order-services.ts";
import * as settlement from "./order-settlement.ts";
import { hasShipped, OrderState } from "./order-state.ts";
import type { Milestone } from "./order-words.ts";
import type { Policy } from "./policy.ts";

export const orderToCash = (policy: Policy) => {
  const due = (milestone: Milestone) => ({ due: policy.due[milestone] });
  return process({
    name: "order-to-cash",
    version: 1,
    owner: "order-management",
    summary: "From a captured order to applied payment.",
    keyType: "order",
    state: OrderState,
    milestones: {
      accepted: due("accepted"),
      "credit approved": due("credit approved"),
      allocated: due("allocated"),
      dispatched: due("dispatched"),
      invoiced: due("invoiced"),
      paid: due("paid"),
    },
    approvals: {
      "price review": policy.reviews.price,
      "credit review": policy.reviews.credit,
      "carrier review": policy.reviews.carrier,
      "invoice release": { by: policy.invoiceRelease.by, within: policy.invoiceRelease.within },
      "payment back": policy.reviews.paymentBack,
      "customer balance": policy.reviews.balance,
    },
    timers: { shortage: policy.patience.shortage, "payment due": policy.patience.payment },
    // Orders between our own entities are on an ERP's books as well; no customer waits for those.
    ifStarted: [sales.OrderAccepted],
    afterEnd: [
      inventory.StockAllocated,
      inventory.OrderBackordered,
      inventory.ReservationReleased,
      logistics.FreightBooked,
      logistics.CarrierRejected,
      logistics.DeliveryProven,
      finance.PostingAccepted,
      payments.PaymentUnapplied,
      // The true-up of a promise to an order that was given up.
      costing.TaxCalculated,
      // Goods that come back after all is paid are the story of their return, and so is the money for them.
      returns.GoodsReturned,
      payments.PaymentRefunded,
      // A service runs and is billed for years; that is billing's story.
      services.ServiceActivated,
      costing.RevenueRecognised,
    ],
    // An invoice may be taken back at the ERP itself long after it was paid.
    reopenedBy: [finance.CreditNoteIssued],
  })
    .startsOn(sales.OrderCaptured, "salesOrderId", capture.captured(policy))

    .when(sales.PricesChecked, "salesOrderId", capture.pricesChecked(policy))
    .whenApproved("price review", capture.decided("price review", capture.priceApproved(policy)))
    .whenDeclined(
      "price review",
      capture.decided("price review", (state, { at, by, comment }) =>
        capture.giveUp(state, `The price was not agreed: ${comment}`, { at, by }),
      ),
    )
    .whenOverdue("price review", (state) => capture.remind(state, "price review"))

    .when(costing.TaxCalculated, "salesOrderId", capture.taxCalculated)

    .when(sales.CreditApproved, "salesOrderId", capture.creditApproved(policy))
    .when(sales.CreditHeld, "salesOrderId", capture.creditHeld)
    .whenApproved("credit review", capture.decided("credit review", capture.creditVouched(policy)))
    .whenDeclined(
      "credit review",
      capture.decided("credit review", (state, { at, by, comment }) =>
        capture.giveUp(state, `Credit was declined: ${comment}`, { at, by }),
      ),
    )
    .whenOverdue("credit review", (state) => capture.remind(state, "credit review"))

    .when(sales.OrderAccepted, "salesOrderId", fulfilment.onErpBooks)
    .when(sales.OrderChanged, "salesOrderId", capture.changed(policy))
    .when(sales.OrderCancelled, "salesOrderId", capture.cancelled)

    .when(inventory.StockAllocated, "salesOrderId", fulfilment.stockAllocated(policy))
    .when(inventory.OrderBackordered, "salesOrderId", fulfilment.backordered(policy))
    .when(inventory.ReservationReleased, "salesOrderId", fulfilment.released)
    .whenElapsed("shortage", fulfilment.shortageLasts)

    .when(logistics.FreightBooked, "salesOrderId", fulfilment.freightBooked)
    .when(logistics.CarrierRejected, "salesOrderId", fulfilment.carrierRejected(policy))
    .whenApproved("carrier review", capture.decided("carrier review", fulfilment.askCarrier(policy)))
    .whenDeclined(
      "carrier review",
      capture.decided("carrier review", (state, { at, by, comment }) =>
        hasShipped(state)
          ? { note: `Goods have left already, so the order goes on: ${comment}` }
          : capture.giveUp(state, `No carrier takes the goods: ${comment}`, { at, by }),
      ),
    )
    .whenOverdue("carrier review", (state) => capture.remind(state, "carrier review"))

    .when(logistics.ShipmentDispatched, "salesOrderId", fulfilment.dispatched)
    .when(logistics.DeliveryProven, "salesOrderId", fulfilment.delivered)
    .when(services.ServiceActivated, "salesOrderId", serviceActivated)
    .when(costing.RevenueRecognised, "salesOrderId", serviceBilled)

    .when(finance.TaxFinalised, "salesOrderId", settlement.taxFinalised(policy))
    .whenApproved("invoice release", settlement.invoiceReleased)
    .whenDeclined("invoice release", settlement.invoiceWithheld)
    .whenOverdue("invoice release", settlement.invoiceStillHeld)
    .when(finance.InvoicePosted, "salesOrderId", settlement.invoicePosted(policy))
    .when(finance.PostingAccepted, "salesOrderId", settlement.postingAccepted(policy))
    .when(finance.CreditNoteIssued, "salesOrderId", settlement.creditNote(policy))
    .when(returns.GoodsReturned, "salesOrderId", settlement.goodsReturned)

    .when(payments.BankEntryReceived, "salesOrderId", settlement.bankEntry)
    .when(payments.PaymentPassedOn, "salesOrderId", settlement.paymentPassedOn)
    .when(payments.PaymentCaptured, "salesOrderId", settlement.paymentCaptured)
    .whenApproved("payment back", paymentBack.confirmed)
    .whenDeclined("payment back", paymentBack.denied)
    .whenOverdue("payment back", paymentBack.stillAsked)
    .when(payments.PaymentApplied, "salesOrderId", settlement.paymentApplied)
    .when(payments.PaymentUnapplied, "salesOrderId", paymentBack.unapplied)
    .whenApproved("customer balance", balance.toBePaidBack)
    .whenDeclined("customer balance", balance.staysWithUs)
    .whenOverdue("customer balance", balance.stillAsked)
    .when(payments.PaymentRefunded, "salesOrderId", balance.refunded)
    .whenElapsed("payment due", settlement.paymentLate);
};
