/**
 * I4, I5 and G12: amounts are what was ordered, goods are somewhere, and entries stand in a period that was open.
 */
import { minus, same, sum } from "./decimal.ts";
import { atRest, type Booked, type Check, checks, isOfAnOrder, type Seen } from "./run.ts";

interface Amount {
  readonly orderId?: string;
  readonly amount?: string;
}
const amountOf = ({ body }: Booked) => JSON.parse(body) as { orderId: string; amount: string };
const documents = ({ at }: Seen) => [...at("erp"), ...at("ledger").filter(isOfAnOrder), ...at("wms")];

/** What is booked for an order is what was ordered, to the last digit. */
function amounts(seen: Seen): string[] {
  const ordered = new Map<string, string>();
  for (const { content } of seen.promised) {
    const data = JSON.parse(content) as Amount | Amount[];
    for (const { orderId, amount } of Array.isArray(data) ? data : [data])
      if (orderId !== undefined && amount && amount !== "0.00") ordered.set(orderId, amount);
  }
  const found = documents(seen).flatMap((line) => {
    const { orderId, amount } = amountOf(line);
    const owed = ordered.get(orderId);
    return owed === undefined || same(amount, owed)
      ? []
      : [`I4 ${line.target} has ${amount} for ${orderId}, which is worth ${owed}.`];
  });
  return [...new Set(found)];
}

/** At rest no goods are reserved for anybody, and the ERP and the warehouse say the same about what has left. */
function conserved({ at }: Seen): string[] {
  // What was booked twice beyond what its system declares is another invariant's affair.
  const once = new Map([...at("erp"), ...at("wms")].map((line) => [line.key, line])).values();
  return [...Map.groupBy(once, ({ subject }) => subject)].flatMap(([order, lines]) => {
    const of = (contract: string) =>
      sum(lines.filter((line) => line.contract === contract).map((line) => amountOf(line).amount));
    const left = of("wms.ship-order");
    const still = minus(minus(of("wms.allocate-stock"), of("wms.release-stock")), left);
    const booked = minus(of("erp.post-order"), of("erp.cancel-order"));
    return [
      ...(same(still, "0") ? [] : [`I5 ${still} of ${order} are still reserved, and nobody waits for them.`]),
      ...(same(booked, left) ? [] : [`I5 of ${order} the ERP has ${booked} and ${left} have left.`]),
    ];
  });
}

/** A look at a period and the request that follows are not one act; this much time may lie between. */
const LOOK_MS = 5_000;

/** No entry was first sent after its period had been closed. */
const late = ({ at, asked, closed = [] }: Seen): string[] =>
  at("ledger")
    .filter((line) => !isOfAnOrder(line))
    .flatMap(({ key, at: booked, body }) => {
      const { entry, ledger, postingDate } = JSON.parse(body) as Record<string, string>;
      const sent = asked?.get(key) ?? { at: booked, calm: 0 };
      return closed
        .filter(
          ({ ledger: shut, period, from, until }) =>
            shut === ledger &&
            postingDate?.startsWith(period) &&
            sent.at > Math.max(from, sent.calm) + LOOK_MS &&
            sent.at < until,
        )
        .map(
          ({ period }) => `G12 ${entry} was booked into ${period} of ${ledger} after that had been closed.`,
        );
    });

export const WORTH: readonly Check[] = [
  ...checks("I4", { "amounts are what was ordered": [(seen) => documents(seen).length, amounts] }),
  ...checks("I5", { "goods are somewhere": [({ steps }) => steps.size, atRest(conserved)] }),
  ...checks("G12", { "no entry went into a closed period": [({ closed = [] }) => closed.length, late] }),
];
