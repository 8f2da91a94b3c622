/**
 * Master records that changed: items, customers, suppliers, accounts, bills of materials.
 *
 * Each event carries the record as it shall be from `effectiveFrom`, under its version; a lower version that comes later is
 * stale. What waited for a record that was not known is released by the record's event.
 */
import Type from "typebox";
import { event } from "../contract.ts";
import { BusinessDate, Currency, Id, Instant, Money, Quantity, Words } from "./values.ts";

const Record = {
  /** The number of this state of the record; it only grows. */
  recordVersion: Type.Integer({ minimum: 1 }),
  effectiveFrom: Type.Optional(BusinessDate),
  changedAt: Type.Optional(Instant),
};
const first = { recordVersion: 1 };

export const ItemChanged = event({
  name: "master.item-changed",
  version: 1,
  owner: "master-data",
  summary: "An item is new or different: its names, units, status.",
  criticality: "C2",
  data: Type.Object({
    item: Id,
    description: Type.Optional(Words),
    status: Type.Enum(["active", "blocked", "discontinued"]),
    baseUom: Id,
    uomConversions: Type.Array(
      Type.Object({
        from: Id,
        to: Id,
        numerator: Type.Integer({ minimum: 1 }),
        denominator: Type.Integer({ minimum: 1 }),
      }),
    ),
    standardItemId: Type.Optional(Id),
    standardCost: Type.Optional(Money),
    lots: Type.Optional(Type.Array(Id)),
    ...Record,
  }),
  // Other facts name items too; only a record says that there is one.
  keys: { item: "item", itemRecord: "item", gtin: "standardItemId", lot: "lots[]" },
  time: "changedAt",
  sample: {
    item: "VALVE-20",
    status: "active",
    baseUom: "EA",
    uomConversions: [{ from: "PK", to: "EA", numerator: 12, denominator: 1 }],
    ...first,
  },
});

const Party = {
  partyName: Words,
  taxNumber: Type.Optional(Id),
  paymentTerms: Type.Optional(Words),
  ...Record,
};

export const CustomerChanged = event({
  name: "master.customer-changed",
  version: 1,
  owner: "master-data",
  summary: "A customer is new or different: terms, tax scheme, credit limit.",
  criticality: "C2",
  data: Type.Object({
    customer: Id,
    creditLimit: Type.Optional(Money),
    creditStatus: Type.Optional(Type.Enum(["approved", "held", "refused"])),
    /** What other systems call it: a partner's name at an EDI translator. */
    knownAs: Type.Optional(Type.Array(Id)),
    ...Party,
  }),
  // Orders name customers too; only a record says that there is one.
  keys: {
    customer: "customer",
    customerRecord: "customer",
    customerAlias: "knownAs[]",
    taxNumber: "taxNumber",
  },
  time: "changedAt",
  sample: { customer: "C-NORTH", partyName: "North Pumps", taxNumber: "FR12345678901", ...first },
});

export const SupplierChanged = event({
  name: "master.supplier-changed",
  version: 1,
  owner: "master-data",
  summary: "A supplier is new or different; another bank account needs somebody's approval.",
  criticality: "C2",
  data: Type.Object({
    supplier: Id,
    financialAccount: Type.Optional(Type.String({ maxLength: 64, personal: true })),
    /** Who agreed to another bank account; without, the old one stays in use. */
    accountApprovedBy: Type.Optional(Words),
    ...Party,
  }),
  keys: { supplier: "supplier", supplierRecord: "supplier", taxNumber: "taxNumber" },
  time: "changedAt",
  sample: { supplier: "V-310", partyName: "Seals and Sons", ...first },
});

export const AccountChanged = event({
  name: "master.account-changed",
  version: 1,
  owner: "finance",
  summary: "An account, cost centre or cost element is new or belongs elsewhere.",
  criticality: "C2",
  data: Type.Object({
    account: Id,
    kind: Type.Enum(["account", "cost-centre", "cost-element"]),
    ledger: Type.Optional(Id),
    legalEntity: Type.Optional(Id),
    currency: Type.Optional(Currency),
    /** The work centre whose cost it bears, of a cost centre. */
    workCentre: Type.Optional(Id),
    plant: Type.Optional(Id),
    ...Record,
  }),
  keys: { account: "account", workCentre: "workCentre", plant: "plant" },
  time: "changedAt",
  sample: { account: "CC-900", kind: "cost-centre", workCentre: "WC-9", plant: "LYO", ...first },
});

export const BillOfMaterialsChanged = event({
  name: "master.bill-of-materials-changed",
  version: 1,
  owner: "engineering",
  summary: "An item is made of other components or by other steps.",
  criticality: "C2",
  data: Type.Object({
    item: Id,
    components: Type.Array(Type.Object({ item: Id, quantity: Quantity, scrapFactor: Type.Optional(Id) })),
    operations: Type.Array(Type.Object({ number: Id, workCentre: Id, costCentre: Type.Optional(Id) })),
    ...Record,
  }),
  keys: { item: "item", component: "components[].item" },
  time: "changedAt",
  sample: {
    item: "PUMP-100",
    components: [{ item: "HOUS-4", quantity: { value: "1", uom: "EA" } }],
    operations: [{ number: "0010", workCentre: "WC-1" }],
    ...first,
  },
});

/** Every contract of this file. */
export const contracts = [
  ItemChanged,
  CustomerChanged,
  SupplierChanged,
  AccountChanged,
  BillOfMaterialsChanged,
];
