/**
 * A ledger's "no" to an entry of ours, as a fact: which entry, by which rule, and what it belongs to.
 *
 * The entry itself is set aside with its reason, as every refusal is; this is what listeners and runbooks go by. Its period is what
 * whoever asked for the entry stated, and nothing where nobody did.
 */
import type { SaidNo } from "crossdock";
import { finance } from "crossdock/canon";

type Rejected = (typeof finance.PostingRejected)["sample"];
const STATED = [
  "fiscalPeriod",
  "salesOrderId",
  "productionOrderId",
  "purchaseOrderId",
  "transferId",
  "returnId",
  "lot",
] as const satisfies readonly (keyof Rejected)[];

/** `ledger` is as it is called in `finance.posting-accepted`; `document` is the number the entry would have been booked for. */
export const notBooked =
  <About extends object>(ledger: string, document: (about: About) => string) =>
  (no: SaidNo, { about }: { readonly about: About }) => {
    const said: Partial<Record<(typeof STATED)[number], string>> = about;
    return finance.PostingRejected.of({
      sourceDocument: document(about),
      ledger,
      ...no,
      ...Object.fromEntries(
        STATED.flatMap((field) => (said[field] === undefined ? [] : [[field, said[field]]])),
      ),
    });
  };
