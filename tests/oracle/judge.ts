/**
 * Judges a simulated run: what the clients were promised against what stands in the targets' books.
 *
 * What must stay true: it shares no code with the product, and believes it only where it admits a problem. Each rule bears
 * the number of the invariant it keeps, so that a planted mistake can be told by what noticed it.
 */
import { minus, same, sum } from "./decimal.ts";

/** One line of a target's books, in the order booked; times in milliseconds. */
interface Booked {
  readonly target: string;
  readonly repeat: "key" | "upsert" | "unique-reference" | "searchable" | "none";
  readonly key: string;
  readonly contract: string;
  readonly subject: string;
  readonly body: string;
  readonly at: number;
}

/** What a client holds. */
interface Receipted {
  readonly message: string;
  readonly content: string;
  readonly outcome: "accepted" | "duplicate" | "conflict" | "quarantined";
  readonly receipt: string;
  readonly at: number;
}

/** What somebody did by hand. */
interface Done {
  readonly by: string;
  readonly action: string;
  readonly subject: string;
}

/** What the dock says about something it has not finished, or has finished by a person's word. */
interface Standing {
  readonly key: string;
  readonly connection: string;
  readonly contract: string;
  readonly subject: string;
  readonly status: string;
  readonly reason: string | null;
}

export interface Run {
  readonly receipts: readonly Receipted[];
  readonly books: readonly Booked[];
  /** Every delivery the dock knows. */
  readonly deliveries: readonly Standing[];
  /** What people are shown about deliveries as open: their keys. */
  readonly shown: readonly string[];
  /** Keys of deliveries people were shown as booked twice. */
  readonly twice: readonly string[];
  /** Correlations of what people are shown as having come too late. */
  readonly late: ReadonlySet<string>;
  /** The dock's own word on each order: `completed`, `abandoned`, or anything else. */
  readonly orders: ReadonlyMap<string, string>;
  /** True when everything had healed and had time to end. */
  readonly healed: boolean;
  readonly packMs: number;
  /** Contents of the facts the dock recorded, in the order of their commits. */
  readonly accepted: readonly string[];
  /** Arrivals, and parts of them, that people are shown as not keeping their contract: `receipt`, or `receipt#part`. */
  readonly refused: readonly string[];
  /** Periods of ledgers that were closed, and from when until when, in milliseconds. */
  readonly closed?: readonly {
    readonly ledger: string;
    readonly period: string;
    readonly from: number;
    readonly until: number;
  }[];
  /** When a request for a key first left for the ledger, and when its sender was last stopped before. */
  readonly asked?: ReadonlyMap<string, { readonly at: number; readonly calm: number }>;
  /** Orders nobody looked after until everything else had ended; empty when it had. */
  readonly apart?: readonly string[];
  /** An order that ended workers, where, how many of them, and after how many it is to be set aside. */
  readonly poison?: {
    readonly order: string;
    readonly at: string;
    readonly kills: number;
    readonly most: number;
  } | null;
  /** What people were told is done, and what the audit says about it; chaos runs hold the chain of their audit by itself. */
  readonly acts?: readonly Done[];
  readonly audit?: readonly {
    readonly actor: string;
    readonly action: string;
    readonly subject: string;
    readonly reason: string | null;
  }[];
  /** What was seen beyond its bound. */
  readonly beyond?: readonly { readonly what: string; readonly found: number; readonly most: number }[];
  /** What it gave up as unreachable in a world where a system was away and nothing else was wrong. */
  readonly unreachable: readonly string[];
}

/** Everything that is wrong, a sentence each, beginning with the invariant. */
export function judge(run: Run): string[] {
  const books = Map.groupBy(run.books, ({ target }) => target);
  const at = (target: string) => books.get(target) ?? [];
  return [
    ...oneReceipt(run.receipts),
    ...lost(run, at("crm"), at("shop")),
    ...doubled(run),
    ...inOrder(run, at("shop")),
    ...path(at("board").filter(({ contract }) => contract === "operations.milestone-reached")),
    ...recounts(run, at("board")),
    ...orders(run, at("erp"), at("wms"), at("ledger").filter(isNoEntry)),
    ...entries(run, at("ledger")),
    ...parts(run, at("crm"), at("shop")),
    ...amounts(run.receipts, [...at("erp"), ...at("ledger"), ...at("wms")]),
    ...run.unreachable.map((key) => `I11 ${key.slice(0, 6)} was given up although its system was only away.`),
    ...(run.healed ? stuck(run) : []),
    ...silent(run.deliveries),
    ...honest(run),
    ...heard(run, at("wms")),
    ...isolated(run),
    ...conserved(run, at("erp"), at("wms")),
    ...audited(run),
    ...(run.beyond ?? []).map(({ what, found, most }) => `I12 ${found} ${what}, and ${most} are the most.`),
  ];
}

/** I5: at rest no goods are reserved for anybody, and the ERP and the warehouse say the same about what has left. */
function conserved({ healed }: Run, erp: readonly Booked[], wms: readonly Booked[]): string[] {
  if (!healed) return [];
  // What was booked twice beyond what its system declares is another invariant's affair.
  const once = [...new Map([...erp, ...wms].map((line) => [line.key, line])).values()];
  const of = (order: string, contract: string) =>
    sum(
      once
        .filter((line) => line.subject === order && line.contract === contract)
        .map(({ body }) => (JSON.parse(body) as { amount: string }).amount),
    );
  return [...new Set(once.map(({ subject }) => subject))].flatMap((order) => {
    const [reserved, givenBack, left] = ["wms.allocate-stock", "wms.release-stock", "wms.ship-order"].map(
      (contract) => of(order, contract),
    ) as [string, string, string];
    const still = minus(minus(reserved, givenBack), left);
    const booked = minus(of(order, "erp.post-order"), of(order, "erp.cancel-order"));
    return [
      ...(same(still, "0") ? [] : [`I5 ${still} of ${order} are still reserved, and nobody waits for them.`]),
      ...(same(booked, left) ? [] : [`I5 of ${order} the ERP has ${booked} and ${left} have left.`]),
    ];
  });
}

/** I10: whatever people were told is done stands in the audit, once for each time, with who and why. */
function audited({ acts = [], audit = [] }: Run): string[] {
  const idOf = ({ by, action, subject }: Done) => `${by}: ${action} ${subject}`;
  const lines = Map.groupBy(audit, ({ actor, ...line }) => idOf({ by: actor, ...line }));
  return [
    ...[...Map.groupBy(acts, idOf)].flatMap(([act, times]) =>
      (lines.get(act)?.length ?? 0) < times.length
        ? [
            `I10 ${act} was done ${times.length} times and stands in the audit ${lines.get(act)?.length ?? 0} times.`,
          ]
        : [],
    ),
    ...audit
      .filter(({ actor, reason }) => actor === "" || !reason)
      .map(({ action, subject }) => `I10 ${action} ${subject} stands in the audit without who or why.`),
  ];
}

/** I9: what is wrong with one order is its own affair: it ends only so many workers, and the others end without it. */
function isolated({ apart = [], poison, healed }: Run): string[] {
  const found = poison && poison.kills > poison.most ? [poison] : [];
  return [
    ...found.map(
      ({ order, at, kills, most }) =>
        `I9 ${order} ended ${kills} workers (${at}); after ${most} it was to be set aside.`,
    ),
    ...(healed && apart.length > 0
      ? [`I9 the others did not end while ${apart.join(", ")} stood still.`]
      : []),
  ];
}

/** I1: the same message with the same content has one receipt, however often it came. */
function oneReceipt(receipts: readonly Receipted[]): string[] {
  const first = new Map<string, Receipted>();
  const found: string[] = [];
  for (const each of receipts) {
    // A document none of whose parts keeps its contract is not accepted; every copy of it is kept as it came.
    if (each.outcome === "conflict" || each.outcome === "quarantined") continue;
    const known = first.get(each.message);
    if (!known) first.set(each.message, each);
    else if (known.content !== each.content) found.push(`I2 ${each.message} was accepted with two contents.`);
    else if (known.receipt !== each.receipt)
      found.push(`I2 ${each.message} has two receipts, ${known.receipt} and ${each.receipt}.`);
  }
  return [...new Set(found)];
}

const accepted = (receipts: readonly Receipted[]) =>
  receipts.filter(({ outcome }) => outcome === "accepted" || outcome === "duplicate");

/** I1: what a client holds a receipt for stands where it is owed, or was given up by a person. */
function lost(run: Run, crm: readonly Booked[], shop: readonly Booked[]): string[] {
  if (!run.healed) return [];
  const has = new Set([...crm, ...shop].map(({ body }) => body));
  const open = new Set(
    run.deliveries
      .filter(({ status }) => !["applied", "cancelled", "superseded"].includes(status))
      .map(({ subject, connection }) => `${connection} ${subject}`),
  );
  return [...new Set(accepted(run.receipts).map(({ content }) => content))].flatMap((content) => {
    if (has.has(content)) return [];
    const data = JSON.parse(content) as { orderId?: string; item?: string; customer?: string };
    if (Array.isArray(data) || "entry" in data) return [];
    const where =
      data.customer !== undefined
        ? `crm customer/${data.customer}`
        : data.item === undefined
          ? `crm order/${data.orderId}`
          : `shop item/${data.item}`;
    return open.has(where) ? [] : [`I1 ${content} was accepted and never reached ${where}.`];
  });
}

/** I2: one delivery takes effect once; beyond what a searchable system declares it may be twice, and people are shown it. */
function doubled({ books, twice }: Run): string[] {
  const times = new Map<string, number>();
  for (const { target, repeat, contract, subject, key } of books) {
    if (repeat === "searchable" && twice.includes(key)) continue;
    // By the whole key: among a million, two share its first six digits.
    const id = `${target} (${repeat}) booked ${contract} ${subject} under ${key}`;
    times.set(id, (times.get(id) ?? 0) + 1);
  }
  return [...times].filter(([, n]) => n > 1).map(([id, n]) => `I2 ${id} ${n} times.`);
}

/** I1, I14: every order of a bundle stands in the CRM, or is shown as refused; none is swallowed with its neighbours. */
function parts(run: Run, crm: readonly Booked[], shop: readonly Booked[]): string[] {
  if (!run.healed) return [];
  const known = new Set(crm.map(({ body }) => (JSON.parse(body) as { orderId: string }).orderId));
  const heard = new Set(shop.map(({ body }) => body));
  return run.receipts.flatMap(({ content, receipt, outcome }) => {
    const bundle = JSON.parse(content) as { orderId: string; amount: string }[];
    if (!Array.isArray(bundle) || outcome === "conflict") return [];
    const counts = bundle as unknown as { item?: string; count?: string }[];
    if (counts[0]?.item !== undefined) {
      return counts
        .filter((count) => count.count !== undefined && !heard.has(JSON.stringify(count)))
        .map(({ item, count }) => `I1 count ${count} of ${item} was accepted and never reached the shop.`);
    }
    return bundle.flatMap(({ orderId, amount }, part) => {
      if (amount !== "")
        return known.has(orderId) ? [] : [`I1 ${orderId} of a bundle never reached the CRM.`];
      const shown = run.refused.includes(part === 0 ? receipt : `${receipt}#${part}`);
      return shown ? [] : [`I14 ${orderId} of a bundle was refused and nobody was shown it.`];
    });
  });
}

/** I7: a planned recount is asked for once, and no sooner than its time. */
function recounts({ receipts, healed }: Run, board: readonly Booked[]): string[] {
  const asked = Map.groupBy(
    board.filter(({ contract }) => contract === "stock.ask-recount"),
    ({ body }) => (JSON.parse(body) as { item: string }).item,
  );
  return accepted(receipts).flatMap(({ message, content }) => {
    if (!message.startsWith("plan-")) return [];
    return (JSON.parse(content) as { item: string; at: string }[]).flatMap(({ item, at }) => {
      const times = asked.get(item) ?? [];
      const [first] = times;
      if (times.length > 1) return [`I7 the recount of ${item} was asked for ${times.length} times.`];
      if (!first) return healed ? [`I7 the recount of ${item} was never asked for.`] : [];
      return first.at < Date.parse(at) ? [`I7 the recount of ${item} was asked for too early.`] : [];
    });
  });
}

const isNoEntry = ({ contract }: Booked): boolean => contract !== "ledger.post-entry";
/** A look at a period and the request that follows are not one act; this much time may lie between. */
const LOOK_MS = 5_000;

/** G12, I1: every entry is booked, and none was first sent after its period had been closed. */
function entries({ receipts, closed = [], asked, healed }: Run, ledger: readonly Booked[]): string[] {
  const lines = ledger
    .filter((line) => !isNoEntry(line))
    .map(({ key, at, body }) => ({
      ...(JSON.parse(body) as { entry: string; ledger: string; postingDate: string }),
      sent: asked?.get(key) ?? { at, calm: 0 },
    }));
  const late = lines.flatMap(({ entry, ledger: of, postingDate, sent }) =>
    closed
      .filter(
        ({ ledger: shut, period, from, until }) =>
          shut === of &&
          postingDate.startsWith(period) &&
          sent.at > Math.max(from, sent.calm) + LOOK_MS &&
          sent.at < until,
      )
      .map(({ period }) => `G12 ${entry} was booked into ${period} of ${of} after that had been closed.`),
  );
  const known = new Set(lines.map(({ entry }) => entry));
  const missing = accepted(receipts).flatMap(({ content }) => {
    const { entry } = JSON.parse(content) as { entry?: string };
    return healed && entry !== undefined && !known.has(entry) ? [`I1 ${entry} was never booked.`] : [];
  });
  return [...late, ...missing];
}

/** I4: what is booked for an order is what was ordered, to the last digit. */
function amounts(receipts: readonly Receipted[], booked: readonly Booked[]): string[] {
  const ordered = new Map<string, string>();
  for (const { content } of accepted(receipts)) {
    const data = JSON.parse(content) as { orderId?: string; amount?: string };
    for (const { orderId, amount } of Array.isArray(data) ? data : [data])
      if (orderId !== undefined && amount && amount !== "0.00") ordered.set(orderId, amount);
  }
  const found = booked.flatMap(({ target, body }) => {
    const { orderId, amount } = JSON.parse(body) as { orderId: string; amount: string };
    const owed = ordered.get(orderId);
    return owed === undefined || same(amount, owed)
      ? []
      : [`I4 ${target} has ${amount} for ${orderId}, which is worth ${owed}.`];
  });
  return [...new Set(found)];
}

/** I3: the shop hears of one item in the order in which it was counted; of one counted by many, in the dock's order. */
function inOrder({ accepted: recorded }: Run, shop: readonly Booked[]): string[] {
  const many = (bodies: readonly string[]) => bodies.filter((body) => body.includes('"item":"P-'));
  const [said, heard] = [many(recorded), many(shop.map(({ body }) => body))];
  const last = new Map<string, number>();
  const found: string[] = [];
  const places = new Map(said.map((body, place) => [body, place]));
  for (const [item, bodies] of Map.groupBy(heard, (body) => (JSON.parse(body) as { item: string }).item)) {
    const order = bodies.map((body) => places.get(body) ?? -1);
    if (order.some((place, index) => place < (order[index - 1] ?? 0)))
      found.push(`I3 the shop heard of ${item} ${order.join(", ")} in the order of acceptance.`);
  }
  for (const { body } of shop) {
    const { item, count } = JSON.parse(body) as { item: string; count: string };
    if (item.startsWith("P-")) continue;
    const before = last.get(item) ?? 0;
    if (Number(count) < before) found.push(`I3 the shop heard count ${count} of ${item} after ${before}.`);
    last.set(item, Math.max(before, Number(count)));
  }
  return found;
}

const PATH = ["received", "cleared", "booked", "released", "shipped"];

/** I6: milestones are told in the order of the story, each once. */
function path(board: readonly Booked[]): string[] {
  const told = new Map<string, string[]>();
  for (const { body } of board) {
    const { instance, milestone } = JSON.parse(body) as { instance: string; milestone: string };
    told.set(instance, [...(told.get(instance) ?? []), milestone]);
  }
  return [...told].flatMap(([order, said]) =>
    said.every((milestone, index) => milestone === PATH[index])
      ? []
      : [`I6 the board heard of ${order}: ${said.join(", ")}.`],
  );
}

/** I2, I7, I8 for each order: one of everything, shipped no sooner than packed, taken back in reverse and never after. */
function orders(
  run: Run,
  erp: readonly Booked[],
  wms: readonly Booked[],
  ledger: readonly Booked[],
): string[] {
  const byOrder = new Map<string, Booked[]>();
  for (const line of [...erp, ...wms, ...ledger]) {
    const { orderId } = JSON.parse(line.body) as { orderId: string };
    byOrder.set(orderId, [...(byOrder.get(orderId) ?? []), line]);
  }
  const found: string[] = [];
  for (const [order, lines] of byOrder) {
    const of = (contract: string) => lines.filter((line) => line.contract === contract);
    const when = (contract: string) => of(contract)[0]?.at;
    for (const contract of new Set(lines.map((line) => line.contract))) {
      const keys = new Set(of(contract).map(({ key }) => key));
      if (keys.size > 1) found.push(`I2 ${order} has ${contract} ${keys.size} times under different keys.`);
    }
    const [post, allocate, ship] = [
      when("erp.post-order"),
      when("wms.allocate-stock"),
      when("wms.ship-order"),
    ];
    const [cancel, release] = [when("erp.cancel-order"), when("wms.release-stock")];
    if (ship !== undefined) {
      if (post === undefined || allocate === undefined)
        found.push(`I7 ${order} was shipped before it was booked.`);
      else if (ship < Math.max(post, allocate) + run.packMs)
        found.push(`I7 ${order} was shipped before it was packed.`);
      if (cancel !== undefined || release !== undefined)
        found.push(`I8 ${order} was taken back after it had left.`);
    }
    if (cancel !== undefined && post !== undefined && post > cancel)
      found.push(`I8 ${order} was booked after its booking was taken back.`);
    if (release !== undefined && allocate !== undefined && allocate > release)
      found.push(`I8 goods of ${order} were reserved after they had been given back.`);
    if (cancel !== undefined && (release === undefined || release > cancel))
      found.push(`I8 ${order} was taken back in the order it was done.`);
    if (run.healed && release !== undefined && cancel === undefined)
      found.push(`I8 ${order} was taken back by half.`);
    if (run.healed && run.orders.get(order) === "completed" && ship === undefined)
      found.push(`I1 ${order} is said to be completed and was never shipped.`);
    if (run.healed && post !== undefined && of("erp.order-posted").length === 0 && !ledgerWaits(run, order))
      found.push(`I1 the posting of ${order} never reached the ledger.`);
  }
  return found;
}

const ledgerWaits = (run: Run, order: string): boolean =>
  run.deliveries.some(
    ({ connection, subject, status }) =>
      connection === "ledger" && subject === `order/${order}` && status !== "applied",
  );

/** I11: after everything has healed and had its time, nothing is left open. */
function stuck(run: Run): string[] {
  return [
    ...run.deliveries
      .filter(({ status }) => !["applied", "superseded", "cancelled"].includes(status))
      .map(
        ({ key, connection, contract, subject, status, reason }) =>
          `I11 ${contract} ${subject} for ${connection} (${key.slice(0, 6)}) is still ${status}: ${reason ?? "no reason"}`,
      ),
    ...[...run.orders]
      .filter(([, status]) => status !== "completed" && status !== "abandoned")
      .map(([order, status]) => `I11 ${order} is still ${status}.`),
  ];
}

/** I14: whatever is set aside says why. */
function silent(deliveries: readonly Standing[]): string[] {
  return deliveries
    .filter(({ status, reason }) => ["in_doubt", "parked", "held"].includes(status) && !reason)
    .map(({ key, status }) => `I14 ${key.slice(0, 6)} is ${status} and nobody says why.`);
}

/** I13: whatever is set aside is shown to people, and what has ended is not. */
function honest({ deliveries, shown }: Run): string[] {
  const open = new Set(shown);
  return deliveries.flatMap(({ key, status, contract, subject }) => {
    const aside = status === "parked" || status === "held";
    const over = ["applied", "superseded", "cancelled"].includes(status);
    if (aside && !open.has(key)) return [`I13 ${contract} ${subject} is ${status} and nobody is shown it.`];
    return over && open.has(key) ? [`I13 ${contract} ${subject} is ${status} and shown as open.`] : [];
  });
}

/** I14: a customer who cancels what has been shipped and completed is not ignored: a person is shown it. */
function heard({ receipts, orders, late, healed }: Run, wms: readonly Booked[]): string[] {
  if (!healed) return [];
  const shipped = new Set(
    wms.filter(({ contract }) => contract === "wms.ship-order").map(({ subject }) => subject),
  );
  return accepted(receipts)
    .filter(({ message }) => message.startsWith("cancel-"))
    .map(({ content }) => (JSON.parse(content) as { orderId: string }).orderId)
    .filter((order) => orders.get(order) === "completed" && shipped.has(`order/${order}`))
    .filter((order) => !late.has(`order/${order}`))
    .map((order) => `I14 ${order} was cancelled after it was completed, and nobody is shown it.`);
}
