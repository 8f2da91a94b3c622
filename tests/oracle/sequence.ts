/**
 * I3, I6 and I7: things happen in their order and no sooner than their time.
 */
import { atRest, type Booked, type Check, checks, type Seen } from "./run.ts";

const itemOf = (body: string): string => (JSON.parse(body) as { item: string }).item;
const aboutItems = ({ at }: Seen) => at("shop").filter(({ body }) => "item" in JSON.parse(body));
/** Counted by many people at once (P, X); all others are counted by one, who waits for each receipt. */
const byMany = (body: string): boolean => /"item":"[PX]-/.test(body);

/** Of what many counted at once the shop hears in the order in which the dock accepted it. */
function inOrderOfAcceptance({ accepted, at }: Seen): string[] {
  const places = new Map(accepted.filter(byMany).map((body, place) => [body, place]));
  const heard = at("shop").flatMap(({ body }) => (byMany(body) ? [body] : []));
  return [...Map.groupBy(heard, itemOf)].flatMap(([item, bodies]) => {
    const order = bodies.map((body) => places.get(body) ?? -1);
    return order.some((place, index) => place < (order[index - 1] ?? 0))
      ? [`I3 the shop heard of ${item} ${order.join(", ")} in the order of acceptance.`]
      : [];
  });
}

/** Of what one person counted, in the order in which they did. */
function inOrderOfCounting({ at }: Seen): string[] {
  const last = new Map<string, number>();
  return at("shop").flatMap(({ body }) => {
    if (byMany(body)) return [];
    const { item, count } = JSON.parse(body) as { item: string; count: string };
    const before = last.get(item) ?? 0;
    last.set(item, Math.max(before, Number(count)));
    return Number(count) < before ? [`I3 the shop heard count ${count} of ${item} after ${before}.`] : [];
  });
}

/** Items of which there was more than one thing to say. */
const heardTwice = (some: boolean) => (seen: Seen) => {
  const bodies = aboutItems(seen).filter(({ body }) => byMany(body) === some);
  return [...Map.groupBy(bodies, ({ body }) => itemOf(body)).values()].filter(({ length }) => length > 1)
    .length;
};

const PATH = ["received", "cleared", "booked", "released", "shipped"];

const milestones = ({ at }: Seen): Map<string, string[]> => {
  const told = new Map<string, string[]>();
  for (const { contract, body } of at("board")) {
    if (contract !== "operations.milestone-reached") continue;
    const { instance, milestone } = JSON.parse(body) as { instance: string; milestone: string };
    told.set(instance, [...(told.get(instance) ?? []), milestone]);
  }
  return told;
};

/** Milestones are told in the order of the story, each once. */
const path = (seen: Seen): string[] =>
  [...milestones(seen)].flatMap(([order, said]) =>
    said.every((milestone, index) => milestone === PATH[index])
      ? []
      : [`I6 the board heard of ${order}: ${said.join(", ")}.`],
  );

interface Plan {
  readonly item: string;
  readonly at: string;
}
const plans = ({ promised }: Seen): Plan[] =>
  promised
    .filter(({ message }) => message.startsWith("plan-"))
    .flatMap(({ content }) => JSON.parse(content) as Plan[]);
const asked = ({ at }: Seen): Map<string, Booked[]> =>
  Map.groupBy(
    at("board").filter(({ contract }) => contract === "stock.ask-recount"),
    ({ body }) => itemOf(body),
  );

/** A planned recount is asked for once, and no sooner than its time. */
function recounts(seen: Seen): string[] {
  const all = asked(seen);
  return plans(seen).flatMap(({ item, at }) => {
    const [first, ...more] = all.get(item) ?? [];
    if (more.length > 0) return [`I7 the recount of ${item} was asked for ${more.length + 1} times.`];
    return first && first.at < Date.parse(at) ? [`I7 the recount of ${item} was asked for too early.`] : [];
  });
}

function recountsForgotten(seen: Seen): string[] {
  const all = asked(seen);
  return plans(seen)
    .filter(({ item }) => !all.has(item))
    .map(({ item }) => `I7 the recount of ${item} was never asked for.`);
}

const when = (lines: readonly Booked[], contract: string): number | undefined =>
  lines.find((line) => line.contract === contract)?.at;

/** What leaves was booked and reserved, and packed for as long as packing takes. */
const packed = ({ steps, packMs }: Seen): string[] =>
  [...steps].flatMap(([order, lines]) => {
    const ship = when(lines, "wms.ship-order");
    if (ship === undefined) return [];
    const [post, allocate] = [when(lines, "erp.post-order"), when(lines, "wms.allocate-stock")];
    if (post === undefined || allocate === undefined)
      return [`I7 ${order} was shipped before it was booked.`];
    return ship < Math.max(post, allocate) + packMs ? [`I7 ${order} was shipped before it was packed.`] : [];
  });
const shipped = ({ at }: Seen) => at("wms").filter(({ contract }) => contract === "wms.ship-order").length;

export const SEQUENCE: readonly Check[] = [
  ...checks("I3", {
    "counts of many come in the order of acceptance": [heardTwice(true), inOrderOfAcceptance],
    "counts of one come in the order of counting": [heardTwice(false), inOrderOfCounting],
  }),
  ...checks("I6", {
    "milestones are told in the order of the story": [(seen) => milestones(seen).size, path],
  }),
  ...checks("I7", {
    "a timer fires once and no sooner than its time": [(seen) => plans(seen).length, recounts],
    "a timer fires": [(seen) => plans(seen).length, atRest(recountsForgotten)],
    "what leaves has been packed": [shipped, packed],
  }),
];
