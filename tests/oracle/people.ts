/**
 * I10, I12, I13 and I14: people are shown what is there, what they did stands written, and nothing grows without bound.
 */
import { atRest, type Check, checks, type Done, hasEnded, type Seen } from "./run.ts";

const idOf = ({ by, action, subject }: Done): string => `${by}: ${action} ${subject}`;

/** Whatever people were told is done stands in the audit, once for each time. */
function writtenDown({ acts = [], audit = [] }: Seen): string[] {
  const lines = Map.groupBy(audit, ({ actor, ...line }) => idOf({ by: actor, ...line }));
  return [...Map.groupBy(acts, idOf)].flatMap(([act, { length: times }]) => {
    const found = lines.get(act)?.length ?? 0;
    return found < times
      ? [`I10 ${act} was done ${times} times and stands in the audit ${found} times.`]
      : [];
  });
}

const withWhoAndWhy = ({ audit = [] }: Seen): string[] =>
  audit
    .filter(({ actor, reason }) => actor === "" || !reason)
    .map(({ action, subject }) => `I10 ${action} ${subject} stands in the audit without who or why.`);

const withinBounds = ({ bounds = [] }: Seen): string[] =>
  bounds
    .filter(({ found, most }) => found > most)
    .map(({ what, found, most }) => `I12 ${found} ${what}, and ${most} are the most.`);

/** Whatever is set aside is shown to people, and what has ended is not. */
function honest({ deliveries, shown }: Seen): string[] {
  const open = new Set(shown);
  return deliveries.flatMap((each) => {
    const { key, status, contract, subject } = each;
    const aside = status === "parked" || status === "held";
    if (aside && !open.has(key)) return [`I13 ${contract} ${subject} is ${status} and nobody is shown it.`];
    return hasEnded(each) && open.has(key)
      ? [`I13 ${contract} ${subject} is ${status} and shown as open.`]
      : [];
  });
}

const withReason = ({ deliveries }: Seen): string[] =>
  deliveries
    .filter(({ status, reason }) => ["in_doubt", "parked", "held"].includes(status) && !reason)
    .map(({ key, status }) => `I14 ${key.slice(0, 6)} is ${status} and nobody says why.`);

/** A part of a document that keeps no contract is not swallowed with its neighbours. */
const shownParts = ({ receipts, refused }: Seen): string[] =>
  receipts.flatMap(({ content, receipt, outcome }) => {
    const parts = JSON.parse(content) as { orderId?: string; amount?: string }[];
    if (!Array.isArray(parts) || outcome === "conflict") return [];
    return parts.flatMap(({ orderId, amount }, part) =>
      amount !== "" || refused.includes(part === 0 ? receipt : `${receipt}#${part}`)
        ? []
        : [`I14 ${orderId} of a bundle was refused and nobody was shown it.`],
    );
  });

const cancelled = ({ promised }: Seen): string[] =>
  promised
    .filter(({ message }) => message.startsWith("cancel-"))
    .map(({ content }) => (JSON.parse(content) as { orderId: string }).orderId);

/** A customer who cancels what has been shipped and completed is not ignored: a person is shown it. */
function heard(seen: Seen): string[] {
  const { at, orders, late } = seen;
  const shipped = new Set(
    at("wms").flatMap(({ contract, subject }) => (contract === "wms.ship-order" ? [subject] : [])),
  );
  return cancelled(seen)
    .filter((order) => orders.get(order) === "completed" && shipped.has(`order/${order}`))
    .filter((order) => !late.has(`order/${order}`))
    .map((order) => `I14 ${order} was cancelled after it was completed, and nobody is shown it.`);
}

export const PEOPLE: readonly Check[] = [
  ...checks("I10", {
    "what people did stands in the audit": [({ acts = [] }) => acts.length, writtenDown],
    "with who and why": [({ audit = [] }) => audit.length, withWhoAndWhy],
  }),
  ...checks("I12", { "nothing grows beyond its bound": [({ bounds = [] }) => bounds.length, withinBounds] }),
  ...checks("I13", { "people are shown what is set aside": [({ deliveries }) => deliveries.length, honest] }),
  ...checks("I14", {
    "what is set aside says why": [({ deliveries }) => deliveries.length, withReason],
    "a part that was refused is shown": [({ refused }) => refused.length, shownParts],
    "who cancels too late is heard": [(seen) => cancelled(seen).length, atRest(heard)],
  }),
];
