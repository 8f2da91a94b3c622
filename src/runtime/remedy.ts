/**
 * What a contradiction comes from, most likely, and what mends it.
 *
 * Read from the lineage: the message that would have told the system, where it is now, and what the system does with a second
 * one. Pure; nothing is done here.
 */
import type { Connection } from "../connectors/connector.ts";
import type { Agreement } from "../contracts/agreement.ts";
import { type Judged, OURSELVES, sameFigure, withOthers } from "../contracts/judgement.ts";
import type { Remedy } from "../work/agreements.ts";
import type { Sent } from "./agreement-store.ts";

export interface RemedyGiven {
  readonly agreement: Agreement;
  readonly connections: ReadonlyMap<string, Pick<Connection, "title" | "connector">>;
  /** Deliveries of the document. */
  readonly sent: readonly Sent[];
  /** Documents a system holds that nothing told us of. */
  readonly unheard?: ReadonlySet<string>;
  /** The process of the document stands still at an input; the id of what is shown about it is not known here. */
  readonly parked: boolean;
  /** What its process begins with, where that was never told and what was told of it waits; null where it has begun. */
  readonly begins?: readonly string[] | null;
}

/** A figure that is nothing. */
const NONE = /^-?0(\.0*)?$/;
const OPEN = new Set(["owed", "attempting", "in_doubt"]);

/** The first system to mend: one that did not hear, or one whose figures nobody shares. */
export function remedyOf(judged: Judged, given: RemedyGiven): Remedy | null {
  const { lacking, words } = judged;
  // What a system holds and never told of is known by its number; nothing else needs to be guessed.
  const silent = words.find(({ documents = [] }) => documents.some((one) => given.unheard?.has(one)));
  if (silent) return fromThem(silent.system, judged, given);
  const told = lacking.find((system) => system !== OURSELVES);
  const weLack = lacking.includes(OURSELVES);
  const teller = weLack
    ? words.find(({ system, opinion }) => opinion === "reached" && system !== OURSELVES)?.system
    : undefined;
  if (teller !== undefined) return fromThem(teller, judged, given);
  if (told !== undefined) return toThem(told, judged, given, false);
  const odd = oddOne(judged);
  if (odd === null) return null;
  if (odd === OURSELVES)
    return fromThem(
      words.find(({ system, figures }) => system !== OURSELVES && figures)?.system ?? odd,
      judged,
      given,
    );
  // Who tells of it and is told nothing knows best: its message did not reach us.
  const systems = given.agreement.milestones[judged.milestone]?.systems ?? {};
  const { by, says } = systems[odd] ?? {};
  if (by !== undefined || says === undefined) return toThem(odd, judged, given, true);
  // Who holds nothing of what we know has nothing to tell: it lost it.
  const lost = judged.figures.every(
    ({ held }) => held[OURSELVES] !== undefined && NONE.test(held[odd] ?? "0"),
  );
  if (lost) return toThem(odd, judged, given, true);
  // Unless all it holds was heard: then somebody else did not take it.
  const heardAll = words.some(({ system, documents }) => system === odd && documents !== undefined);
  const other =
    heardAll && judged.figures.flatMap(({ held }) => Object.keys(held)).find((one) => systems[one]?.by);
  return other ? toThem(other, judged, given, true) : fromThem(odd, judged, given);
}

/** Whose figure differs from ours; ours, when all the others share one. */
export function oddOne({ figures }: Judged): string | null {
  for (const { held } of figures) {
    const ours = held[OURSELVES];
    const others = Object.entries(held).filter(([system]) => system !== OURSELVES);
    const alike = others.every(([, value]) => sameFigure(value, others[0]?.[1] ?? ""));
    if (ours !== undefined && others.length > 1 && alike) return OURSELVES;
    const counts = (value: string) => Object.values(held).filter((other) => sameFigure(other, value)).length;
    const odd =
      ours === undefined
        ? // Among equals: who holds nothing lost it, more likely than that the other made it up.
          others.toSorted(
            ([, a], [, b]) => counts(a) - counts(b) || Number(NONE.test(b)) - Number(NONE.test(a)),
          )[0]
        : others.find(([, value]) => !sameFigure(value, ours));
    if (odd) return odd[0];
  }
  return null;
}

/** A message of this document to the system that is not settled: it explains the difference, and nobody is alarmed twice. */
function underWay(
  system: string,
  { connections, sent }: RemedyGiven,
): Pick<Remedy, "act" | "advice" | "deliveries" | "explained"> | null {
  const title = connections.get(system)?.title ?? system;
  const mine = sent.filter(({ connection }) => connection === system);
  const aside = mine.find(({ status }) => status === "parked" || status === "held");
  if (aside) {
    const because = `${aside.contract} for ${title} is ${aside.status === "held" ? "on hold" : "set aside"}: ${aside.reason ?? "a person decides."}`;
    return {
      act: "try again",
      deliveries: [aside.key],
      advice: `Settle what is shown about ${aside.contract}; it tells ${title}.`,
      explained: { because, exception: aside.exception, owner: aside.owner },
    };
  }
  const open = mine.find(({ status }) => OPEN.has(status));
  if (!open) return null;
  return {
    act: "wait",
    deliveries: [open.key],
    advice: `${open.contract} is on its way to ${title}; nothing needs to be done.`,
    explained: { because: `${open.contract} for ${title} is on its way.`, exception: null, owner: null },
  };
}

/** A system did not hear of it, or holds other figures: the message that tells it is sent again, where that helps. */
function toThem(named: string, judged: Judged, given: RemedyGiven, figures: boolean): Remedy {
  const { agreement, connections, sent } = given;
  const titleOf = (system: string) => connections.get(system)?.title ?? system;
  const by = agreement.milestones[judged.milestone]?.systems[named]?.by;
  const aboutIt = (system: string) => ({
    system,
    missing: by === undefined ? null : `${by} to ${titleOf(system)}`,
  });
  const those = withOthers(judged.words, named);
  for (const one of those) {
    const moving = underWay(one, given);
    if (moving) return { ...aboutIt(one), ...moving };
  }
  // Where it says which documents it holds, what it took and does not name is exactly what it lacks.
  const documents = judged.words.find((word) => word.system === named)?.documents;
  const toldTo = (system: string) =>
    sent.filter(
      ({ connection, contract, milestone }) =>
        connection === system && contract === by && (milestone === null || milestone === judged.milestone),
    );
  const goneAt = (system: string) =>
    toldTo(system).filter(({ reference }) => documents && reference && !documents.includes(reference));
  // Of those that keep the same books it is the one that lost something.
  const system = those.find((one) => goneAt(one).length > 0) ?? named;
  const title = titleOf(system);
  const about = aboutIt(system);
  const mine = toldTo(system);
  if (mine.length === 0) {
    return {
      ...about,
      act: "correct by hand",
      deliveries: [],
      explained: null,
      advice: given.begins
        ? undecided(judged, title, given)
        : by === undefined
          ? `Correct it in ${title}, then ask again.`
          : `${by} was never sent to ${title}. Correct it there, then ask again.`,
    };
  }
  const repeat = connections.get(system)?.connector.guarantees.repeat;
  const gone = goneAt(system);
  if (gone.length > 0 && repeat !== "none" && repeat !== undefined) {
    const lost = `${title} took ${by} as ${gone.map(({ reference }) => reference).join(", ")} and does not hold it now.`;
    return {
      ...about,
      act: repeat === "key" ? "send as new" : "send again",
      explained: null,
      deliveries: gone.map(({ key }) => key),
      advice:
        repeat === "key"
          ? `${lost} It would only repeat its answer, so send it as new.`
          : `${lost} Send it again; what it does hold is not booked twice.`,
    };
  }
  const reference = mine.at(-1)?.reference;
  const taken = `${title} took ${by}${reference ? ` as ${reference}` : ""} and does not hold it now.`;
  // Who writes by our id gets everything since in its order, so that nothing old comes to stand over something newer.
  const first = sent.findIndex(({ key }) => key === mine[0]?.key);
  const since = sent.slice(first).filter(({ connection }) => connection === system);
  const deliveries = (repeat === "upsert" ? since : mine).map(({ key }) => key);
  const holdsSome = judged.figures.some(({ held }) => !NONE.test(held[named] ?? "0"));
  if (repeat === "none" || repeat === undefined) {
    return {
      ...about,
      act: "correct by hand",
      deliveries: [],
      explained: null,
      advice: `${taken} Sent again it could be there twice, and nobody can look; correct it there, then ask again.`,
    };
  }
  if (figures && holdsSome && repeat !== "upsert") {
    return {
      ...about,
      act: "correct by hand",
      deliveries: [],
      explained: null,
      advice: `Correct the figures in ${title}, or accept them with a reason. Sent again, ${title} would keep what it has.`,
    };
  }
  // It knows our key, or finds the document that stands for nothing now: sent again, nothing would happen.
  if (repeat === "key" || (repeat === "searchable" && figures)) {
    return {
      ...about,
      act: "send as new",
      deliveries,
      explained: null,
      advice: `${taken} It would only find what it took before, so send it as new.`,
    };
  }
  return {
    ...about,
    act: "send again",
    deliveries,
    explained: null,
    advice:
      figures && holdsSome
        ? `Send ${by} again: ${title} writes it over what it has.`
        : `${taken} Send it again; what it does hold is not booked twice.`,
  };
}

/** Nobody told of the document itself: either somebody does, or it is taken back where it stands. */
function undecided(judged: Judged, lacks: string, { agreement, begins, connections }: RemedyGiven): string {
  const named = (systems: readonly string[]) =>
    systems
      .map((system) => connections.get(system)?.title ?? system)
      .filter((title) => title !== lacks)
      .join(" and ");
  const holders = judged.words
    .filter(
      ({ figures = {}, opinion }) =>
        opinion === "reached" || Object.values(figures).some((one) => !NONE.test(one)),
    )
    .map(({ system }) => system);
  const systems = agreement.milestones[judged.milestone]?.systems ?? {};
  const tellers = holders.filter((system) => systems[system]?.says !== undefined);
  return (
    `Nobody told of the document itself, so what ${named(tellers.length > 0 ? tellers : holders)} told of it waits. ` +
    `Decide: if it is ours, have it told (${(begins ?? []).join(" or ")}), and all that waits is taken in by itself. ` +
    `If it is not, have it taken back in ${named(holders)}, and ask again.`
  );
}

/** A system holds what it did not tell us, or did not tell so. */
function fromThem(system: string, judged: Judged, given: RemedyGiven): Remedy {
  const { agreement, connections, parked, unheard } = given;
  const title = connections.get(system)?.title ?? system;
  const says = agreement.milestones[judged.milestone]?.systems[system]?.says;
  const canTake = agreement.snapshots.some((one) => one.system === system && one.report !== undefined);
  const about = { system, missing: says === undefined ? null : `${says} from ${title}`, deliveries: [] };
  if (parked) {
    const because = `The ${agreement.process ?? "process"} of this document stands still and keeps what ${title} said.`;
    return {
      ...about,
      act: "try again",
      advice: `${because} Let it go on.`,
      explained: { because, exception: null, owner: null },
    };
  }
  const moving = underWay(system, given);
  if (moving) return { ...about, ...moving };
  const { documents = [] } = judged.words.find((word) => word.system === system) ?? {};
  const untold = documents.filter((one) => unheard?.has(one)).join(", ");
  if (says === undefined)
    return {
      ...about,
      act: "correct by hand",
      explained: null,
      advice: `${title} holds it and nothing of ours caused it. Ask its owner what happened, then ask again.`,
    };
  return {
    ...about,
    act: canTake ? "take its report" : "correct by hand",
    explained: null,
    advice: canTake
      ? `${untold === "" ? `${title} never said so` : `${title} holds ${untold} and never told of it`}. Take what it holds as its report; should its own message still come, it counts once.`
      : `${title} never said so. Have its message sent again.`,
  };
}
