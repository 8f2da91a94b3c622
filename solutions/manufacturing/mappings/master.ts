/**
 * Master records as the master-data platform tells them, in canonical words.
 *
 * Each is told whole under its version; the key names the record, its fields are taken as they stand and checked by the contract.
 */
import { ContractBroken, type Message } from "crossdock";
import { master } from "crossdock/canon";

export interface MasterWebhook {
  readonly type: string;
  readonly occurredAt: string;
  readonly record: string;
  readonly key: string;
  readonly version: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

type Record_ = Record<string, unknown>;

/** What each kind of record is published as, and the field its key stands in. */
const KINDS = {
  item: {
    contract: master.ItemChanged,
    key: "item",
    usual: { status: "active", baseUom: "EA", uomConversions: [] },
  },
  customer: { contract: master.CustomerChanged, key: "customer", usual: {} },
  supplier: { contract: master.SupplierChanged, key: "supplier", usual: {} },
  account: { contract: master.AccountChanged, key: "account", usual: { kind: "account" } },
  "bill-of-materials": {
    contract: master.BillOfMaterialsChanged,
    key: "item",
    usual: { components: [], operations: [] },
  },
} as const;

export function fromMaster(told: MasterWebhook): Message {
  const kind = KINDS[told.record as keyof typeof KINDS];
  if (told.type !== "record.changed" || kind === undefined) {
    throw new ContractBroken(`The master-data platform told of a ${told.record}, which we do not keep.`, {
      facts: { field: "record", expected: Object.keys(KINDS).join(", "), found: told.record },
    });
  }
  const data: Record_ = {
    ...kind.usual,
    ...told.fields,
    [kind.key]: told.key,
    recordVersion: told.version,
    changedAt: told.occurredAt,
  };
  return (kind.contract as { of(data: unknown): Message }).of(data);
}
