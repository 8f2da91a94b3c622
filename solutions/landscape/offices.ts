/**
 * Offices: the finance platform, receivables, billing of services, the chart of accounts, and engineering.
 *
 * They subscribe to facts or tell facts; no process of the core knows them. The finance platform would book twice what comes twice, so it
 * is searched before anything is sent again.
 *
 * @covers SYS-28, SYS-32, SYS-33, SYS-38, PRD-04
 */
import { connection, flow, type Span } from "crossdock";
import { costing, finance, master, payments, services } from "crossdock/canon";
import { http } from "crossdock/connectors/http";
import { settlingWithin } from "crossdock/connectors/rest-searchable";
import { documentAsJson, json } from "../distribution/formats.ts";

import {
  at,
  type Neighbourhood,
  pieces,
  type SigningIn,
  type System,
  type TellingSystem,
} from "./neighbourhood.ts";
import { workflowFlows } from "./workflow.ts";

export interface Offices {
  /** `settlesWithin`: its promise to act on a posting within that time, or never. */
  readonly platform?: SigningIn & { readonly settlesWithin: Span };
  readonly receivables?: System;
  readonly billing?: TellingSystem;
  readonly ledger?: TellingSystem;
  readonly engineering?: TellingSystem;
  readonly workflow?: TellingSystem;
}

export function offices({
  platform,
  receivables,
  billing,
  ledger,
  engineering,
  workflow,
}: Offices): Neighbourhood {
  const hears = (name: string, flowName: string, system: TellingSystem | undefined) =>
    system === undefined ? {} : { [name]: { flow: flowName, secrets: system.webhookSecrets } };
  return {
    flows: [
      ...(platform ? platformFlows(platform) : []),
      ...(receivables ? receivablesFlows(receivables) : []),
      ...(billing ? billingFlows(billing) : []),
      ...(ledger ? [accounts(ledger)] : []),
      ...(engineering ? [releases(engineering)] : []),
      ...(workflow ? workflowFlows(workflow) : []),
    ],
    webhooks: {
      ...hears("billing", "billing-reports", billing),
      ...hears("ledger", "chart-of-accounts", ledger),
      ...hears("plm", "engineering-releases", engineering),
      ...hears("workflow", "decided-cases", workflow),
    },
  };
}

type Posted = (typeof finance.InvoicePosted)["sample"];

/** Each line stands as one at its whole amount, so nothing is rounded on the way. */
const toReceivable = (about: Posted & { customer: string }) => ({
  about,
  document: {
    BillToCustomerNumber: about.customer,
    InvoiceCurrencyCode: about.taxInclusiveAmount.currency,
    AccountingDate: about.issueDate,
    Comments: about.invoiceId,
    PurchaseOrder: about.salesOrderId,
    TaxAmount: about.taxAmount.amount,
    receivablesInvoiceLines: about.lines.map(({ line, item, amount }) => ({
      LineNumber: line,
      ItemNumber: item,
      Quantity: "1",
      UnitSellingPrice: amount.amount,
    })),
  },
});

type Cost = (typeof costing.CostPosted)["sample"];

/** Whether the ERP says between which accounts a movement went, and on which day: an ERP with a ledger of its own does not. */
const isPosted = ({ debitAccount, creditAccount, documentDate }: Cost): boolean =>
  debitAccount !== undefined && creditAccount !== undefined && documentDate !== undefined;

/** What a movement is worth, as one journal. */
const toJournal = (about: Cost) => ({
  about,
  document: {
    SourceOrder: about.productionOrderId ?? about.purchaseOrderId ?? "",
    AccountingDate: about.documentDate,
    Description: `${about.costElement} of ${about.positionId}, ${about.sourceDocument}`,
    CurrencyCode: about.amount.currency,
    journalLines: [
      { Account: about.debitAccount, EnteredDebit: about.amount.amount, CostElement: about.costElement },
      { Account: about.creditAccount, EnteredCredit: about.amount.amount, CostElement: about.costElement },
    ],
  },
});

/** What an item at a plant was worth at a moment. */
const toValuation = (about: (typeof costing.InventoryValued)["sample"]) => ({
  about,
  document: {
    ItemPosition: about.positionId,
    AsOf: about.asOf,
    Quantity: about.quantity.value,
    EnteredValue: about.value.amount,
    CurrencyCode: about.value.currency,
  },
});

function platformFlows({ settlesWithin, ...signIn }: NonNullable<Offices["platform"]>) {
  const line = connection("fusion", settlingWithin(settlesWithin), {
    title: "Finance platform",
    owner: "finance",
    config: {
      ...signIn,
      probe: "/",
      dialect: "oracle",
      referenceField: "CrossReference",
      search: "q={field}='{reference}'",
      asks: {
        "invoices-of-orders": { method: "GET", path: "/receivablesInvoices?limit=500&q={q}" },
        "journals-of-orders": { method: "GET", path: "/ledgerJournals?limit=500&q={q}" },
        "valuations-of-positions": { method: "GET", path: "/inventoryValuations?limit=500&q={q}" },
      },
      itemsField: "items",
      businessCodes: ["AR-855118"],
      paths: {
        [finance.InvoicePosted.name]: {
          path: "/receivablesInvoices",
          reference: "TransactionNumber",
          search: "expand=receivablesInvoiceLines",
          compare: [
            "BillToCustomerNumber",
            "Comments",
            "TaxAmount",
            "receivablesInvoiceLines[].UnitSellingPrice",
          ],
        },
        [costing.CostPosted.name]: {
          path: "/ledgerJournals",
          reference: "JournalNumber",
          search: "expand=journalLines",
          compare: ["Description", "journalLines[].Account"],
        },
        [costing.InventoryValued.name]: {
          path: "/inventoryValuations",
          reference: "ValuationNumber",
          compare: ["ItemPosition", "AsOf", "EnteredValue"],
        },
      },
    },
  });
  return [
    flow("finance-platform-invoices")
      .on(finance.InvoicePosted)
      .lookUp(
        "customer of the order",
        ({ salesOrderId }) => [{ key: { type: "order", value: salesOrderId }, give: "customer" }],
        (posted, [customer]) => ({ ...posted, customer: customer ?? "" }),
      )
      .map(toReceivable)
      .deliver(line, documentAsJson()),
    flow("finance-platform-costs")
      .on(costing.CostPosted)
      .keep("the ERP keeps this in a ledger of its own", isPosted)
      .map(toJournal)
      .deliver(line, documentAsJson()),
    flow("finance-platform-valuations")
      .on(costing.InventoryValued)
      .map(toValuation)
      .deliver(line, documentAsJson()),
  ];
}

function receivablesFlows(system: System) {
  const line = connection("receivables", http, {
    title: "Receivables",
    owner: "accounts-receivable",
    config: {
      ...at(system),
      reference: "id",
      businessCodes: ["MORE_THAN_OPEN"],
      asks: { "open-items": { method: "GET", path: "/open-items?orders={orders}" } },
      paths: {
        [finance.InvoicePosted.name]: "/open-items",
        [payments.PaymentApplied.name]: "/applications",
        [payments.PaymentUnapplied.name]: "/application-reversals",
        [payments.PaymentUnmatched.name]: "/unmatched-payments",
        [finance.CreditNoteIssued.name]: "/credit-notes",
      },
    },
  });
  return [
    flow("receivables-open-items")
      .on(finance.InvoicePosted)
      .map((about) => ({
        about,
        document: {
          invoice: about.invoiceId,
          order: about.salesOrderId,
          amount: about.taxInclusiveAmount.amount,
          currency: about.taxInclusiveAmount.currency,
        },
      }))
      .deliver(line, documentAsJson()),
    flow("receivables-credit-notes")
      .on(finance.CreditNoteIssued)
      .map((about) => ({
        about,
        document: {
          creditNote: about.creditNoteId,
          invoice: about.billingReference,
          order: about.salesOrderId,
          amount: about.taxInclusiveAmount.amount,
          currency: about.taxInclusiveAmount.currency,
        },
      }))
      .deliver(line, documentAsJson()),
    flow("receivables-applications")
      .on(payments.PaymentApplied)
      .map(toApplication)
      .deliver(line, documentAsJson()),
    flow("receivables-application-reversals")
      .on(payments.PaymentUnapplied)
      .map(toApplication)
      .deliver(line, documentAsJson()),
    flow("receivables-unmatched")
      .on(payments.PaymentUnmatched)
      .map((about) => ({
        about,
        document: {
          payment: about.paymentId,
          amount: about.amount.amount,
          residue: about.residue.amount,
          reason: about.reason,
        },
      }))
      .deliver(line, documentAsJson()),
  ];
}

/** A payment and what of it each invoice takes, or gives back. */
const toApplication = (
  about: (typeof payments.PaymentApplied)["sample"] | (typeof payments.PaymentUnapplied)["sample"],
) => ({
  about,
  document: {
    payment: about.paymentId,
    order: about.salesOrderId,
    invoices: about.invoices.map(({ invoiceId, amount }) => ({ invoice: invoiceId, amount: amount.amount })),
  },
});

interface BillingWebhook {
  readonly type: string;
  readonly occurredAt: string;
  readonly subscription: string;
  readonly order: string;
  readonly line: string;
  readonly start?: string;
  readonly months?: number;
  readonly invoice?: string;
  readonly net?: string;
  readonly tax?: string;
  readonly gross?: string;
  readonly credit?: string;
  readonly currency?: string;
}

const OF_BILLING = ["service.activated", "invoice.issued", "credit.issued"];

function fromBilling(told: BillingWebhook) {
  if (told.type === "credit.issued") {
    const money = (amount: string | undefined) => ({ amount: amount ?? "", currency: told.currency ?? "" });
    return finance.CreditNoteIssued.of({
      salesOrderId: told.order,
      creditNoteId: told.credit ?? "",
      billingReference: told.invoice ?? "",
      reason: "Billed before its trigger.",
      lines: [],
      taxExclusiveAmount: money(told.net),
      taxAmount: money(told.tax),
      taxInclusiveAmount: money(told.gross),
      issueDate: told.occurredAt.slice(0, 10),
    });
  }
  if (told.type === "service.activated") {
    return services.ServiceActivated.of({
      salesOrderId: told.order,
      line: told.line,
      subscriptionId: told.subscription,
      start: told.start ?? "",
      termMonths: told.months ?? 0,
      activatedAt: told.occurredAt,
    });
  }
  return costing.RevenueRecognised.of({
    invoiceId: told.invoice ?? "",
    salesOrderId: told.order,
    amount: { amount: told.net ?? "", currency: told.currency ?? "" },
    ...(told.gross === undefined ? {} : { invoiced: { amount: told.gross, currency: told.currency ?? "" } }),
    trigger: "service start",
    recognisedAt: told.occurredAt,
  });
}

function billingFlows(system: TellingSystem) {
  const line = connection("billing", http, {
    title: "Billing of services",
    owner: "billing",
    config: {
      ...at(system),
      reference: "id",
      paths: {
        [services.ActivateService.name]: "/subscriptions",
        [services.DeactivateService.name]: "/endings",
        [services.PostServiceInvoice.name]: "/invoices",
      },
    },
  });
  return [
    flow("billing-activations")
      .on(services.ActivateService)
      .map((about) => ({
        about,
        document: {
          order: about.salesOrderId,
          line: about.line.line,
          customer: about.customer,
          product: about.line.item,
          monthly: about.line.price.amount,
          currency: about.line.price.currency,
          months: String(about.line.termMonths),
          start: about.start,
        },
      }))
      .deliver(line, documentAsJson()),
    flow("billing-endings")
      .on(services.DeactivateService)
      .map((about) => ({
        about,
        document: { order: about.salesOrderId, line: about.line, reason: about.reason },
      }))
      .deliver(line, documentAsJson()),
    flow("billing-first-invoices")
      .on(services.PostServiceInvoice)
      .map((about) => ({
        about,
        document: {
          subscription: about.subscriptionId,
          period: about.period,
          net: about.taxExclusiveAmount.amount,
          currency: about.taxExclusiveAmount.currency,
        },
      }))
      .deliver(line, documentAsJson()),
    flow("billing-reports")
      .from(line)
      .decode(json)
      .map((told) => told as BillingWebhook)
      .keep("it says nothing to us", ({ type }) => OF_BILLING.includes(type))
      .publishAs(
        [services.ServiceActivated, costing.RevenueRecognised, finance.CreditNoteIssued],
        fromBilling,
      ),
  ];
}

interface AccountWebhook {
  readonly occurredAt: string;
  readonly ledger: string;
  readonly company: string;
  readonly account: string;
  readonly class: "account" | "cost-centre" | "cost-element";
  readonly currency: string;
  readonly version: number;
}

const listening = (name: string, title: string, owner: string, system: System) =>
  connection(name, http, { title, owner, config: { ...at(system), paths: {} } });

const accounts = (system: System) =>
  flow("chart-of-accounts")
    .from(listening("ledger", "Chart of accounts", "finance", system))
    .decode(json)
    .map((told) => told as AccountWebhook)
    .publishAs([master.AccountChanged], (told) =>
      master.AccountChanged.of({
        account: told.account,
        kind: told.class,
        ledger: told.ledger,
        legalEntity: told.company,
        currency: told.currency,
        recordVersion: told.version,
        changedAt: told.occurredAt,
      }),
    );

interface ReleaseWebhook {
  readonly type: string;
  readonly occurredAt: string;
  readonly part: string;
  readonly revision: number;
  readonly name?: string;
  readonly state?: string;
  readonly uses?: readonly { readonly part: string; readonly pieces: string }[];
  readonly steps?: readonly { readonly number: string; readonly machineGroup: string }[];
}

const STATES: Readonly<Record<string, "active" | "blocked" | "discontinued">> = {
  released: "active",
  frozen: "blocked",
  obsolete: "discontinued",
};

function fromEngineering({ type, part, revision, occurredAt, ...told }: ReleaseWebhook) {
  const version = { recordVersion: revision, changedAt: occurredAt };
  if (type === "bom.released") {
    return master.BillOfMaterialsChanged.of({
      item: part,
      components: (told.uses ?? []).map((use) => ({ item: use.part, quantity: pieces(use.pieces) })),
      operations: (told.steps ?? []).map(({ number, machineGroup }) => ({
        number,
        workCentre: machineGroup,
      })),
      ...version,
    });
  }
  const state = told.state ?? "";
  return master.ItemChanged.of({
    item: part,
    ...(told.name === undefined ? {} : { description: told.name }),
    // A word of engineering that nobody has translated is refused by the contract, with its name.
    status: STATES[state] ?? (state as "active"),
    baseUom: "EA",
    uomConversions: [],
    ...version,
  });
}

const releases = (system: System) =>
  flow("engineering-releases")
    .from(listening("plm", "Engineering", "engineering", system))
    .decode(json)
    .publishAs([master.ItemChanged, master.BillOfMaterialsChanged], (told) =>
      fromEngineering(told as ReleaseWebhook),
    );
