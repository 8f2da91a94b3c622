/**
 * ISO 20022 in canonical words and back: account messages, payments we order, what became of them, and what they are for.
 *
 * Of account messages only what is booked counts, and a copy of a statement says nothing new. Entries of an intraday report
 * (camt.052) come again on the statement under the same reference, so whoever reads both tells them apart by it.
 */
import type {
  BankDocument,
  PaymentInitiation,
  PaymentStatusReport,
  RemittanceAdvice,
} from "../../codecs/iso20022/codec.ts";
import {
  costing,
  decimals,
  operations,
  payments,
  purchasing,
  settlement,
} from "../../contracts/canon/index.ts";
import { ContractBroken } from "../../std/errors.ts";
import { bankDocuments, paymentOrders, paymentStatuses, remittanceAdvices } from "../formats/plain.ts";
import * as kinds from "../kinds.ts";
import { type Mapping, type Mappings, mapping, mappings } from "../mappings.ts";
import { type Tree, textOf } from "../place.ts";
import { byPartner, orderOf, shares } from "../rows.ts";
import { known, received, unrecognised, written } from "../statements.ts";
import {
  each,
  field,
  given,
  type Kind,
  type Part,
  type Row,
  repeats,
  type Scope,
  type Sheet,
  type Translation,
} from "../table.ts";

const several = (entry: Tree): boolean => ((entry.transactions ?? []) as unknown[]).length > 1;
const isBooked = ({ text: at }: Scope): boolean => at("status") === "BOOK";

/** The bank's own number of the entry; without one, its place on the statement. */
const placed = ({ text: at, within }: Scope, entry: string, statement: string): string =>
  at(`${entry}bankReference`) || at(`${entry}reference`) || `${at(`${statement}id`)}/${(within[1] ?? 0) + 1}`;

/** An entry is one payment, or holds several, each with an amount of its own. */
const entries = (one: boolean): Translation => {
  const [entry, statement] = one ? ["", "<"] : ["<", "<<"];
  const transaction = one ? "transactions[0]." : "";
  const parts: Part[] = [
    { place: "statements", keep: ({ text: at }) => at("copy") === "" },
    { place: "entries", keep: (scope, node) => isBooked(scope) && several(node) !== one },
  ];
  return {
    contract: received,
    way: "in",
    parts: one ? parts : [...parts, { place: "transactions" }],
    rows: [
      field(`${statement}id`, "statementId"),
      field(`${statement}account.iban or ${statement}account.otherId`, "account"),
      one
        ? field("bankReference or reference", "bankReference", known(), {
            otherwise: (scope) => placed(scope, "", "<"),
          })
        : field("bankReference", "bankReference", known(), {
            otherwise: (scope) => `${placed(scope, "<", "<<")}/${scope.index + 1}`,
          }),
      field(["amount", `${entry}currency`], "amount", kinds.moneyWith, {
        otherwise: (scope) => {
          throw new ContractBroken("A payment among several has no amount of its own.", {
            facts: {
              path: `${placed(scope, entry!, statement!)}/${scope.index + 1}`,
              expected: "an amount",
              found: "none",
            },
          });
        },
      }),
      field(`${entry}creditDebit`, "creditDebitIndicator", kinds.codes({ credit: "CRDT", debit: "DBIT" })),
      field(`${entry}bookedOn`, "bookingDate", kinds.isoDay),
      field(`${entry}valueOn or ${entry}bookedOn`, "valueDate", kinds.isoDay),
      field(`${transaction}debtor.name`, "debtor"),
      field(`${transaction}endToEndId`, "endToEndId", known("NOTPROVIDED")),
      field(
        [
          `${transaction}structured[].documents[].number`,
          `${transaction}structured[].creditorReference`,
          `${transaction}structured[].additional[]`,
          `${transaction}remittance[]`,
        ],
        "remittance",
        written,
        { otherwise: () => "" },
      ),
      ...unrecognised,
    ],
  };
};

const account = (document: string, title: string): Sheet<BankDocument> => ({
  format: bankDocuments,
  document,
  title,
  translations: [entries(true), entries(false)],
  tolerated: ["An entry without the bank's reference is told by its own, or by its place on the statement."],
  notCarried: {
    "statements[0].balances": "balances are checked by reconciliation",
    "statements[0].entries[0].code": "how it was paid changes nothing in receivables",
    "statements[0].entries[0].charges": "charges of the bank are entries of their own or settled with it",
  },
});

/** By the name of the message. */
export const camt: Mappings<"camt.052" | "camt.053" | "camt.054", BankDocument, BankDocument> = mappings({
  "camt.052": account("camt.052", "Intraday report"),
  "camt.053": account("camt.053", "Statement"),
  "camt.054": account("camt.054", "Notification of entries"),
});

// What we order -------------------------------------------------------------------------------------------------------

const instruction = "payments[0].";
const transaction = `${instruction}transactions[0].`;
const createdAt = repeats("createdAt", ({ around }) => around.at, "when it is written");
const money = field([`${transaction}amount`, `${transaction}currency`], "amount", kinds.moneyWith);

const order = (method: string, us: string, them: string): readonly Row[] => [
  repeats(`${instruction}method`, method),
  repeats(`${instruction}${us}.name`, ({ around }) => around.ourName, "our name"),
  repeats(`${instruction}${us}.iban`, ({ around }) => around.ourAccount?.iban, "our account"),
  repeats(`${instruction}${us}.bic`, ({ around }) => around.ourAccount?.bic, "our bank"),
  money,
  repeats(`${transaction}${them}.name`, ({ around }) => around.partnerName, "the partner's name"),
  repeats(`${transaction}${them}.iban`, ({ around }) => around.partnerAccount?.iban, "the partner's account"),
  repeats(`${transaction}${them}.bic`, ({ around }) => around.partnerAccount?.bic, "the partner's bank"),
];

/** `PO-501/SI-88` has a sign no reference may have in a payment; we write it as the standard allows. */
const paymentId: Kind = {
  name: "letters, digits and / of 35 characters",
  read: (found) => textOf(found),
  write(value) {
    const id = String(value);
    if (/^[A-Za-z0-9/?:().,'+ -]{1,35}$/.test(id) && !/^\/|\/$|\/\//.test(id)) return id;
    throw new ContractBroken(`The payment ${id} cannot be named so to a bank.`, {
      facts: { field: "paymentId", expected: "at most 35 letters and digits", found: id },
    });
  },
};

const transfer: Sheet<PaymentInitiation> = {
  format: paymentOrders,
  document: "pain.001",
  title: "Credit transfer",
  translations: [
    {
      contract: purchasing.InstructPayment,
      way: "both",
      rows: [
        field("messageId", "paymentId", paymentId),
        createdAt,
        repeats("initiatedBy.name", ({ around }) => around.ourName, "our name"),
        repeats(`${instruction}id`, ({ data }) => data.paymentId as string, "the payment"),
        field(`${instruction}executeOn`, "executionDate"),
        byPartner("supplier"),
        ...order("TRF", "debtor", "creditor"),
        field(`${transaction}instructionId`, "purchaseOrderId"),
        repeats(`${transaction}endToEndId`, ({ data }) => data.paymentId as string, "the payment"),
        each(`${transaction}structured`, "supplierInvoiceIds", [field("documents[0].number", "")]),
      ],
    },
  ],
};

/** What a customer agreed to have collected. Which mandate that is, is agreed, not part of the command. */
const debit: Sheet<PaymentInitiation> = {
  format: paymentOrders,
  document: "pain.008",
  title: "Direct debit",
  translations: [
    {
      contract: settlement.CapturePayment,
      way: "both",
      rows: [
        field("messageId", "invoiceId", paymentId),
        createdAt,
        repeats("initiatedBy.name", ({ around }) => around.ourName, "our name"),
        repeats(`${instruction}id`, ({ data }) => data.invoiceId as string, "the invoice"),
        repeats(`${instruction}executeOn`, ({ around }) => around.at?.slice(0, 10), "the day it is written"),
        repeats(
          `${instruction}creditorSchemeId`,
          ({ around }) => around.ourAccount?.creditorId,
          "our identifier as a creditor",
        ),
        byPartner("customer"),
        ...order("DD", "creditor", "debtor"),
        field(`${transaction}instructionId`, "salesOrderId"),
        repeats(`${transaction}endToEndId`, ({ data }) => data.invoiceId as string, "the invoice"),
        repeats(
          `${transaction}mandate.id`,
          ({ around }) => around.partnerAccount?.mandateId,
          "the mandate agreed on",
        ),
      ],
    },
  ],
  notCarried: { token: "a card is not charged by direct debit" },
};

/** By the name of the message. */
export const pain: Mappings<"pain.001" | "pain.008", PaymentInitiation, PaymentInitiation> = mappings({
  "pain.001": transfer,
  "pain.008": debit,
});

// What became of it ---------------------------------------------------------------------------------------------------

/** ISO external payment status codes: accepted in some degree, partly, or refused. */
const STATUS = kinds.codes(
  {
    ACTC: "accepted",
    ACCP: "accepted",
    ACSP: "accepted",
    ACSC: "accepted",
    ACCC: "accepted",
    ACWC: "accepted-with-errors",
    RCVD: "accepted",
    PDNG: "accepted",
    PART: "accepted-with-errors",
    RJCT: "rejected",
    CANC: "rejected",
  },
  "status",
);

const REASON: Kind = {
  name: "code and text",
  all: true,
  read: (found) => (found as unknown[]).map(textOf).join(" "),
  write: () => undefined,
};

/** pain.002: our order as a whole is acknowledged; each payment that was refused did not move. */
export const pain002: Mapping<PaymentStatusReport, PaymentStatusReport> = mapping({
  format: paymentStatuses,
  document: "pain.002",
  title: "Payment status report",
  translations: [
    {
      contract: operations.AcknowledgementReceived,
      way: "in",
      parts: [{ place: "original", keep: ({ text: at }) => at("status") !== "" }],
      rows: [
        byPartner("partner"),
        field(["messageType", "messageId"], "ackOf", {
          name: "type and number of our message",
          read: (found) => (found as unknown[]).map(textOf).join("/"),
          write: () => undefined,
        }),
        given("ackType", "business", () => "business"),
        field("status", "status", STATUS),
        each("reasons", "errors", [
          field(["code or additional[0]", "additional[0]"], "", {
            ...REASON,
            all: false,
            read: (found) => reason(found),
          }),
        ]),
        field("^messageId", "ediControlNumber"),
        orderOf("ackOf"),
      ],
    },
    {
      contract: costing.PaymentFailed,
      way: "in",
      parts: [
        { place: "payments" },
        {
          place: "transactions",
          keep: ({ text: at }) => ["RJCT", "CANC"].includes(at("status") || at("<status")),
        },
      ],
      rows: [
        field("originalEndToEndId or originalInstructionId", "paymentId"),
        field("originalInstructionId", "purchaseOrderId"),
        field("status or <status", "direction", {
          name: "RJCT, CANC: money we sent did not go out",
          read: () => "out",
          write: () => undefined,
        }),
        field(["amount", "currency"], "amount", kinds.moneyWith),
        field(["reasons[].code", "reasons[].additional[]"], "reason", REASON, {
          otherwise: () => "The bank gave no reason.",
        }),
        field("^createdAt", "failedAt", kinds.instant),
      ],
    },
  ],
  notCarried: {
    "payments[0].transactions[0].creditor": "who was to be paid is in the payment that was ordered",
  },
});

function reason(found: unknown): string {
  const [code, more] = (found as unknown[]).map(textOf);
  return more === "" || more === undefined || more === code ? `Code ${code}.` : `Code ${code}. ${more}`;
}

/** remt.001: what a payment that goes another way is for. */
export const remt001: Mapping<RemittanceAdvice, RemittanceAdvice> = mapping({
  format: remittanceAdvices,
  document: "remt.001",
  title: "Remittance advice",
  translations: [
    {
      contract: payments.RemittanceAdvised,
      way: "in",
      parts: [{ place: "advices" }],
      rows: [
        field("id or ^messageId", "adviceId"),
        byPartner("customer"),
        field(["payment.amount", "payment.currency"], "amount", kinds.moneyWith),
        field("payment.executeOn or ^createdAt", "paymentDate", kinds.isoDay),
        each("structured", "invoices", [
          field("documents[0].number", "invoiceId"),
          field("amount", "amount", {
            name: "money in the currency of the payment",
            read: (found, scope) => decimals.money(textOf(found), kinds.currencyOf(scope, "amount.currency")),
            write: () => undefined,
          }),
        ]),
        shares,
      ],
    },
  ],
});

export type { Left, Mapped } from "../read.ts";
export type { Around } from "../table.ts";
export type { Written } from "../write.ts";
