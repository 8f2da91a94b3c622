/** The systems' own books, as far as the oracle reads them. What else stands in them is estate/README.md's to tell. */

export interface Line {
  readonly line: string;
  readonly sku: string;
  readonly quantity: string;
}

interface LedgerLine {
  readonly account: string;
  readonly debit: string;
  readonly credit: string;
}

interface Balance {
  readonly accounts: Readonly<
    Record<string, { readonly debit: string; readonly credit: string; readonly balance: string }>
  >;
  readonly debit: string;
  readonly credit: string;
}

interface Item {
  readonly SalesOrderItem: string;
  readonly Material: string;
  readonly Quantity: string;
  readonly NetPrice?: string;
  readonly NetAmount?: string;
}

interface ErpDocument {
  readonly number: string;
  readonly order: string | null;
  readonly ExternalReference: string;
  readonly SalesOrder: string;
  readonly OrderReference?: string;
  readonly SoldToParty: string;
  readonly PurchaseOrderByCustomer: string;
  readonly DeliveryDocument: string;
  readonly Items: readonly Item[];
  readonly TotalNetAmount: string;
  readonly TaxAmount: string;
  readonly TotalGrossAmount: string;
  readonly TaxDocument: string;
  readonly OverallStatus: string;
  readonly Status: string;
}

export interface Shipment {
  readonly shipmentId: string;
  readonly lines: readonly Line[];
  readonly handlingUnits: readonly { readonly sscc: string }[];
  readonly dispatchedAt: string | null;
}

/** Something the WMS was asked for, under our reference. */
interface Posting {
  readonly reference: string;
  readonly orderId: string;
}

interface Stock {
  readonly initial: string;
  readonly received: string;
  readonly adjusted: string;
  readonly onHand: string;
}

interface Posted {
  readonly externalId: string;
  readonly memo: string;
  readonly lines: readonly LedgerLine[];
}

export interface Books {
  readonly acme: {
    readonly orders: readonly {
      readonly poNumber: string;
      readonly acknowledged: string | null;
      readonly responses: readonly { readonly type: string }[];
      readonly changes: readonly unknown[];
      readonly cancelAsked: boolean;
    }[];
    readonly shipments: readonly {
      readonly shipmentId: string;
      readonly poNumber: string;
      readonly lines: readonly Line[];
      readonly ssccs: readonly string[];
    }[];
    readonly invoices: readonly {
      readonly invoice: string;
      readonly poNumber: string;
      readonly total: string;
      readonly tax: string;
      readonly sound: boolean;
    }[];
    readonly complaints: readonly string[];
  };
  readonly shop: {
    readonly orders: readonly {
      readonly orderNumber: string;
      readonly state: string;
      readonly orderId: string;
      readonly statuses: readonly { readonly status: string }[];
    }[];
    readonly statusesOfUnknownOrders: Readonly<Record<string, unknown>>;
  };
  readonly crm: {
    readonly records: readonly {
      readonly externalId: string;
      readonly fields: Readonly<Record<string, unknown>>;
    }[];
  };
  readonly erp: {
    readonly documents: Readonly<Record<string, readonly ErpDocument[]>>;
    readonly stock: Readonly<Record<string, Stock & { readonly issued: string }>>;
    readonly ledger: readonly { readonly document: string; readonly lines: readonly LedgerLine[] }[];
    readonly trialBalance: Balance;
  };
  readonly wms: {
    readonly stock: Readonly<
      Record<string, Stock & { readonly shipped: string; readonly allocated: string }>
    >;
    readonly releases: readonly Posting[];
    readonly cancellations: readonly Posting[];
    readonly allocations: readonly (Posting & {
      readonly lines: readonly (Line & {
        readonly reserved: string;
        readonly taken: string;
        readonly released: string;
        readonly missing: string;
      })[];
    })[];
    readonly shipOrders: readonly (Posting & {
      readonly lines: readonly Line[];
      readonly shipments: readonly Shipment[];
    })[];
  };
  readonly tms: {
    readonly bookings: readonly { readonly id: string; readonly orderId: string; readonly status: string }[];
    readonly consignments: readonly {
      readonly shipmentId: string;
      readonly orderId: string;
      readonly status: string;
    }[];
  };
  readonly tax: {
    readonly documents: readonly {
      readonly documentCode: string;
      readonly taxableAmount: string;
      readonly taxAmount: string;
      readonly voided: boolean;
    }[];
  };
  readonly payments: {
    readonly captures: readonly {
      readonly id: string;
      readonly orderId: string;
      readonly invoice: string;
      readonly amount: string;
      readonly payoutId: string | null;
    }[];
    readonly refunds: readonly { readonly orderId: string; readonly amount: string }[];
    readonly payouts: readonly {
      readonly gross: string;
      readonly refunds: string;
      readonly fee: string;
      readonly net: string;
    }[];
  };
  readonly bank: {
    readonly balance: string;
    readonly entries: readonly {
      readonly amount: string;
      readonly remittance: string;
      readonly reference: string;
    }[];
    readonly statements: readonly { readonly opening: string; readonly closing: string }[];
  };
  readonly finance: {
    readonly journalEntries: readonly Posted[];
    readonly customerPayments: readonly (Posted & {
      readonly payment: {
        readonly customer: string;
        readonly amount: string;
        readonly applied: readonly { readonly doc: string; readonly amount: string }[];
      };
    })[];
    readonly trialBalance: Balance;
  };
}
