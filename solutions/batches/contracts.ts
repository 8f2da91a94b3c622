/** What the batch flows tell: an item as the ERP has it, and lines of an old ledger on their way into a new one. */
import { event } from "crossdock";
import { BusinessDate, Decimal, Id, Words } from "crossdock/canon";
import Type from "typebox";

/** One item of the item master. Everything that keeps its contract and differs from last time is told. */
export const ItemAligned = event({
  name: "master.item-aligned",
  version: 1,
  owner: "master-data",
  summary: "An item is now as the ERP's item master says.",
  criticality: "C3",
  data: Type.Object({
    item: Id,
    description: Words,
    baseUnit: Id,
    group: Type.Optional(Id),
    grossWeightKg: Type.Optional(Decimal),
    blocked: Type.Boolean(),
  }),
  keys: { item: "item" },
  sample: {
    item: "PUMP-100",
    description: "Pump, 100 l/min",
    baseUnit: "EA",
    group: "PUMPS",
    grossWeightKg: "12.5",
    blocked: false,
  },
});

const Line = Type.Object({
  entry: Id,
  line: Id,
  postedOn: BusinessDate,
  account: Id,
  debit: Decimal,
  credit: Decimal,
  currency: Type.String({ pattern: "^[A-Z]{3}$" }),
  text: Type.Optional(Words),
});
export type LedgerLine = Type.Static<typeof Line>;

const revenue: LedgerLine = {
  entry: "JE-1",
  line: "1",
  postedOn: "2019-03-31",
  account: "4000",
  debit: "0.00",
  credit: "100.00",
  currency: "EUR",
  text: "Revenue March",
};

/** What one line must be before it may travel with others, so that a bad one is refused alone. */
export const LedgerLineRead = event({
  name: "finance.ledger-line-read",
  version: 1,
  owner: "finance",
  summary: "One line of the old ledger as the file states it.",
  criticality: "C1",
  data: Line,
  keys: { ledgerEntry: "entry" },
  sample: revenue,
});

/** Some hundred lines of history that travel together; nobody waits for a single one. */
export const LedgerLinesTransferred = event({
  name: "finance.ledger-lines-transferred",
  version: 1,
  owner: "finance",
  summary: "Lines of the old ledger were read and belong into the new one.",
  criticality: "C1",
  data: Type.Object({
    /** The file and the records in it; the same lines have the same number whenever they are read. */
    transfer: Id,
    lines: Type.Array(Line, { minItems: 1 }),
  }),
  keys: { transfer: "transfer" },
  sample: {
    transfer: "ledger-2019.csv#5f2c/1-500",
    lines: [revenue],
  },
});
