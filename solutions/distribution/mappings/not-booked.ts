/**
 * A ledger's "no" to an entry of ours, as a fact: which entry, by which rule, and what it belongs to.
 *
 * The entry itself is set aside with its reason, as every refusal is; this is what listeners and runbooks go by.
 */
import type { SaidNo } from "crossdock";
import { finance } from "crossdock/canon";

type Rejected = (typeof finance.PostingRejected)["sample"];
type Belongs = Partial<
  Pick<Rejected, "salesOrderId" | "productionOrderId" | "purchaseOrderId" | "transferId" | "returnId" | "lot">
>;
const BELONGS = [
  "salesOrderId",
  "productionOrderId",
  "purchaseOrderId",
  "transferId",
  "returnId",
  "lot",
] as const;

/** `ledger` is as it is called in `finance.posting-accepted`; `document` is the number the entry would have been booked for. */
export const notBooked =
  <About extends Belongs & { readonly postingDate?: string }>(
    ledger: string,
    document: (about: About) => string,
  ) =>
  (no: SaidNo, { about }: { readonly about: About }) =>
    finance.PostingRejected.of({
      sourceDocument: document(about),
      ledger,
      ...no,
      ...(about.postingDate === undefined ? {} : { fiscalPeriod: about.postingDate.slice(0, 7) }),
      ...Object.fromEntries(
        BELONGS.flatMap((field) => (about[field] === undefined ? [] : [[field, about[field]]])),
      ),
    });
