/**
 * Bulk acts on a frozen selection: chosen once, judged item by item, tried on one, then carried out to the last.
 *
 * What must stay true: nothing joins a selection after it was frozen; each item is asked once, by the same act a person
 * presses for one delivery, with its own audit line; and an item counts as applied only when its delivery says so. All of it
 * is in the database, so whichever worker lives goes on where another stopped.
 */
import { ReplayExecuted } from "../contracts/canon/watching.ts";
import { entryOf } from "../journal/append.ts";
import { Unusable } from "../std/errors.ts";
import type { Log } from "../std/log.ts";
import { isUuid } from "../std/uuid.ts";
import type { Chosen, NewItem, Selection, SelectionAct } from "../work/selections.ts";
import type { Arranged } from "./arrangement.ts";
import { factItem, flowToFill, judgeFact, type Missed, missedDelivery } from "./backfill.ts";
import { type Change, checkPath } from "./changes.ts";
import { type Clock, pause } from "./clock.ts";
import { SelectionDecided } from "./facts.ts";
import { type FourEyes, needsSecond } from "./four-eyes.ts";
import type { Given } from "./given.ts";
import { inputItem } from "./inputs.ts";
import { type PreviewedItem, SELECTION_MAX } from "./previewed.ts";
import { type JudgedInput, ReachedProcesses, reachesProcesses } from "./reached.ts";
import { asInstance, itemOf, otherItem, Sealing } from "./selection-items.ts";
import type { ItemToAsk, OtherException, SelectionStore } from "./selection-store.ts";
import type { Act, Agreed, Correction, SelectionStep, Store } from "./store.ts";
import type { Suspicion } from "./suspicion.ts";
import { type Actor, deed, said } from "./tending.ts";
import { type Judgement, judgeDelivery, wouldSend } from "./would-send.ts";

/** How one delivery is acted on, with the item it is carried out for. */
export interface ActOnDelivery {
  readonly delivery: string;
  readonly act: Exclude<SelectionAct, "close" | "backfill">;
  /** How often it had been tried when the person looked; as it is now where nobody says. */
  readonly seen?: number | undefined;
  readonly correction?: Correction;
  readonly item?: NonNullable<Act["item"]>;
}

export interface SelectionsOptions {
  readonly store: Pick<Store, "lookUp" | "instances"> & { readonly selections: SelectionStore };
  readonly definitions: Arranged;
  readonly policy: FourEyes;
  /** The ledger a delivery posts into; null when it posts into none. */
  readonly ledgerOf: (delivery: { readonly contract: string; readonly data: string | null }) => string | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly worker: string;
  readonly suspicion: Pick<Suspicion, "watch">;
  readonly signal: AbortSignal;
  /** Presses the button for one delivery; false when it does not hold any more. */
  readonly onDelivery: (what: ActOnDelivery, actor: Actor) => Promise<boolean>;
  /** Owes a flow what it missed; false when it is owed already. */
  readonly onMissed: (missed: Missed, actor: Actor, item: Act["item"]) => Promise<boolean>;
  /** Gives an instance what it never took; false when it has ended. */
  readonly onInput: (given: Given, actor: Actor, item: Act["item"]) => Promise<boolean>;
  readonly onInstance: (subject: string, actor: Actor, item: Act["item"]) => Promise<boolean>;
  readonly onArrival: (id: string, actor: Actor, item: Act["item"]) => Promise<boolean>;
  readonly onException: (id: string, actor: Actor, item: Act["item"]) => Promise<boolean>;
  readonly act: (act: Act) => Promise<boolean>;
  readonly fingerprintOf: (cause: string) => Promise<string | null>;
}

const PAGE = 500;
/** Items asked at once: the lines of their systems do the rest, in their order. */
const ASKED_MAX = 100;
const LOOK_MS = 250;
const PREVIEW_MAX = 100;
export class Selections {
  readonly #around: SelectionsOptions;
  readonly #processes: ReachedProcesses;
  #bell = new AbortController();

  constructor(around: SelectionsOptions) {
    this.#around = around;
    this.#processes = new ReachedProcesses(around);
  }

  /**
   * Chooses, judges every item and freezes. Nothing is done to any of them yet. Returns the id of the selection.
   *
   * @throws {Unusable} when nothing is chosen, too much is, or the act does not fit
   */
  async freeze(
    chosen: Chosen,
    act: SelectionAct,
    { reason, changes = [] }: { readonly reason: string; readonly changes?: readonly Change[] },
    actor: Actor,
  ): Promise<string> {
    const { store, clock } = this.#around;
    if (reason.trim() === "") throw new Unusable("A bulk act needs a reason: say why.");
    if ((act === "fix") !== changes.length > 0)
      throw new Unusable(
        act === "fix"
          ? "Fixing data needs the changes to make."
          : `Only a fix changes data; "${act}" does not.`,
      );
    for (const { path } of changes) checkPath(path);
    if ((act === "backfill") !== "backfill" in chosen)
      throw new Unusable(
        "A backfill is chosen by a flow and from when; whatever else is chosen has another act.",
      );
    const { keys, inputs, others, resolved } = await this.#choose(chosen, act);
    const id = clock.id();
    await store.selections.open({
      id,
      act,
      chosen: resolved,
      changes: changes.length > 0 ? JSON.stringify(changes) : null,
      reason,
      by: actor.name,
    });
    const sealing = new Sealing(act, changes);
    const selected = new Set(keys);
    for (let from = 0; from < keys.length; from += PAGE) {
      const some = keys.slice(from, from + PAGE);
      const items =
        "backfill" in resolved
          ? (await this.#facts(resolved.backfill.flow, some, selected)).map(
              ({ position, candidate, judged }, index) =>
                factItem(from + index + 1, position, candidate, judged),
            )
          : (await store.selections.candidates(some)).map((candidate, index): NewItem => {
              const judged = judgeDelivery(candidate, { act, changes, selected }, this.#around.definitions);
              const item = itemOf(from + index + 1, candidate, judged);
              const ledger = item.state === "waiting" ? this.#around.ledgerOf(candidate) : null;
              if (ledger !== null) sealing.posts(ledger, item.atRisk);
              return item;
            });
      sealing.add(items, this.#around.definitions);
      await store.selections.add(id, items);
    }
    const given = inputs.map((each, index) => inputItem(keys.length + index + 1, each.input, each.judged));
    if (given.length > 0) await store.selections.add(id, given);
    sealing.add(given, this.#around.definitions);
    const rest = others.map((other, index) => otherItem(keys.length + inputs.length + index + 1, other, act));
    if (rest.length > 0) await store.selections.add(id, rest);
    sealing.add(rest, this.#around.definitions);
    const { items, waiting, digest, money, ledgers, criticalities } = sealing.end();
    const second = needsSecond(this.#around.policy, { act, items: waiting, money, ledgers, criticalities });
    await this.#step(id, { state: "frozen", items, digest, second }, { ...actor, reason }, act, items);
    return id;
  }

  /** A page of its items with exactly what would be sent, and to whom; null when there is no such selection. */
  async preview(id: string, after: number, max: number): Promise<PreviewedItem[] | null> {
    if (!isUuid(id)) return null;
    const { store, definitions } = this.#around;
    const about = await store.selections.about(id);
    if (!about) return null;
    const { act } = about;
    const changes = JSON.parse(about.changes ?? "[]") as Change[];
    const page = await store.selections.sends(id, after, Math.min(max, PREVIEW_MAX));
    const [given, items] = [
      page.filter(({ kind }) => kind === "input"),
      page.filter(({ kind }) => kind !== "input"),
    ];
    const selected = new Set(items.map(({ subject }) => subject));
    const chosen = JSON.parse(about.chosen) as Chosen;
    const found =
      "backfill" in chosen
        ? await this.#facts(chosen.backfill.flow, [...selected], id)
        : await Promise.all(
            (await store.selections.candidates([...selected])).map(async (candidate) => {
              // What is newer and in the selection too may stand on another page.
              const intended = { act, changes, selected: await store.selections.among(id, candidate.newer) };
              return { position: null, candidate, judged: judgeDelivery(candidate, intended, definitions) };
            }),
          );
    const sends = await Promise.all(
      found.map(async ({ position, candidate, judged }): Promise<PreviewedItem> => {
        const { key, connection, contract, subject, correlation } = candidate;
        return {
          number: items.find((item) => item.subject === (position ?? key))?.number ?? 0,
          delivery: key,
          connection,
          contract,
          subject,
          correlation,
          would: judged.would,
          skip: "skip" in judged ? judged.skip : null,
          ...(await wouldSend(candidate, judged, definitions, store)),
        };
      }),
    );
    return [...sends, ...(await this.#processes.sends(id, given))];
  }

  /**
   * A person's word about a selection as a whole. False when it does not stand where that may be said. Where two are needed,
   * beginning takes the agreement of somebody who neither chose nor begins it, to exactly what was frozen.
   */
  async decide(
    id: string,
    word: "try one" | "run" | "stop",
    actor: Actor,
    agreed: Agreed | null = null,
  ): Promise<boolean> {
    if (!isUuid(id)) return false;
    const about = await this.#around.store.selections.about(id);
    if (!about) return false;
    const to: Exclude<SelectionStep, { state: "finished" }> =
      word === "stop"
        ? { state: "stopped" }
        : { state: word === "try one" ? "trying one" : "running", agreed };
    const done = await this.#step(id, to, actor, about.act, about.items);
    if (done) this.#bell.abort();
    return done;
  }

  /** Carries out what is under way, until the signal fires. */
  async carryOut(): Promise<void> {
    const { store, clock, log, worker, signal } = this.#around;
    while (!signal.aborted) {
      try {
        for (const selection of await store.selections.claim(worker)) {
          if (!signal.aborted) await this.#carryOn(selection);
        }
      } catch (error) {
        log.warn("Selections could not be carried on; trying again.", { error: String(error) });
      }
      if (this.#bell.signal.aborted) this.#bell = new AbortController();
      await pause(clock, LOOK_MS, AbortSignal.any([signal, this.#bell.signal]));
    }
    await store.selections.release(worker).catch((error: unknown) =>
      log.warn(
        "Bulk acts were not handed over; another worker takes them when this one's leases have run out.",
        {
          error: String(error),
        },
      ),
    );
  }

  async #carryOn(selection: Selection): Promise<void> {
    const { store, suspicion, signal } = this.#around;
    await store.selections.settle(selection.id);
    if (REPLAYING.has(selection.act) && (await this.#replayed(selection))) return;
    if (await store.selections.move(selection.id)) return;
    if (selection.state === "stopped") return;
    const one = selection.state === "trying one";
    const next = await store.selections.next(selection.id, one ? 1 : ASKED_MAX);
    const room = (one ? 1 : ASKED_MAX) - (next[0]?.asked ?? 0);
    for (const item of next.slice(0, Math.max(0, room))) {
      if (signal.aborted) return;
      await suspicion.watch(
        `item ${selection.id}/${item.number}`,
        () => this.#ask(selection, item),
        (why) => store.selections.skip(selection.id, item.number, `${why}.`),
      );
    }
  }

  /** Says what a replay came to, and for whom it was, when nothing of it is open any more. True when that ended it. */
  async #replayed({ id, chosen, runBy, reason }: Selection): Promise<boolean> {
    const { store, clock, act } = this.#around;
    const { open, subscribers, ...came } = await store.selections.tally(id);
    if (open > 0) return false;
    const actor: Actor = { name: runBy ?? "nobody", reason };
    const fact = ReplayExecuted.of({
      replayId: id,
      selection: inWords(JSON.parse(chosen)),
      subscribers: [...subscribers],
      ...came,
      by: actor.name,
      executedAt: clock.date().toISOString(),
    });
    return act({
      ...deed(actor, "replay executed", `selection/${id}`),
      entry: entryOf(fact, { ...said(actor), id: `selection:${id}:executed` }),
      guard: { selection: id, to: { state: "finished" } },
    });
  }

  async #ask(selection: Selection, item: ItemToAsk): Promise<void> {
    const { store, onDelivery, onMissed, onInput, onInstance, onArrival, onException, definitions } =
      this.#around;
    const actor: Actor = { name: selection.runBy ?? "nobody", reason: selection.reason };
    const claims = { selection: selection.id, number: item.number, corrected: item.corrected };
    let done: boolean;
    if (item.kind === "instance") done = await onInstance(item.subject, actor, claims);
    else if (item.kind === "arrival") done = await onArrival(item.subject, actor, claims);
    else if (item.kind === "exception") done = await onException(item.subject, actor, claims);
    else if (item.kind === "input") {
      const given = await this.#processes.given(item.subject);
      if ("skip" in given) return store.selections.skip(selection.id, item.number, given.skip);
      done = await onInput(given, actor, claims);
    } else if (item.kind === "event") {
      const chosen = JSON.parse(selection.chosen) as Extract<Chosen, { backfill: object }>;
      const [missed] = await this.#facts(chosen.backfill.flow, [item.subject], selection.id);
      const skip = !missed
        ? "It is not in the journal any more."
        : "skip" in missed.judged
          ? missed.judged.skip
          : missed.candidate.key !== item.watched
            ? "It would go to another system than when it was chosen."
            : null;
      if (skip !== null || !missed) return store.selections.skip(selection.id, item.number, skip ?? "");
      const lanes = await store.selections.laneCount();
      done = await onMissed(missedDelivery(item.subject, missed.candidate, lanes), actor, claims);
    } else {
      const [candidate] = await store.selections.candidates([item.subject]);
      const changes = JSON.parse(selection.changes ?? "[]") as Change[];
      // Newer things may have come since: only those of the selection follow in their turn.
      const among = await store.selections.among(selection.id, candidate?.newer ?? []);
      const intended = { act: selection.act, changes, selected: among };
      const judged: Judgement = candidate
        ? judgeDelivery(candidate, intended, definitions)
        : { would: "", skip: "It is not there any more." };
      if ("skip" in judged) return store.selections.skip(selection.id, item.number, judged.skip);
      const fixed = judged.fixed && {
        correction: {
          after: item.corrected,
          data: JSON.stringify(judged.fixed.data),
          contractVersion: judged.fixed.version,
          changed: JSON.stringify(judged.fixed.changed),
        },
      };
      const act = selection.act as ActOnDelivery["act"];
      done = await onDelivery({ delivery: item.subject, act, item: claims, ...fixed }, actor);
    }
    if (!done)
      await store.selections.skip(
        selection.id,
        item.number,
        "It was changed or settled since it was chosen.",
      );
  }

  async #choose(
    chosen: Chosen,
    act: SelectionAct,
  ): Promise<{ keys: string[]; inputs: JudgedInput[]; others: OtherException[]; resolved: Chosen }> {
    const { store, fingerprintOf } = this.#around;
    let resolved = chosen;
    let others: OtherException[] = [];
    if ("cause" in chosen) {
      const cause = await fingerprintOf(chosen.cause);
      if (cause === null) throw new Unusable(`Nothing is open of the cause ${chosen.cause}.`);
      resolved = { cause };
      others = await store.selections.others(cause, SELECTION_MAX);
    }
    if ("replay" in chosen) checkCriteria(chosen.replay, act);
    const keys =
      "backfill" in resolved
        ? await store.selections.missed(
            flowToFill(resolved.backfill, this.#around.definitions).on.name,
            resolved.backfill,
            SELECTION_MAX,
          )
        : "replay" in resolved && resolved.replay.process !== undefined
          ? []
          : await store.selections.chosen(resolved, SELECTION_MAX);
    const inputs: JudgedInput[] = [];
    if ("replay" in resolved && reachesProcesses(resolved.replay)) {
      const reached = await this.#processes.reached(resolved.replay);
      if (act === "replay") inputs.push(...reached.missed);
      const among = [...new Set([...keys, ...reached.caused])];
      if (reached.caused.length > 0)
        keys.splice(0, keys.length, ...(await store.selections.chosen({ subjects: among }, SELECTION_MAX)));
    }
    if ("subjects" in chosen) others = chosen.subjects.filter((one) => one.includes(":")).map(asInstance);
    const count = keys.length + inputs.length + others.length;
    if (count === 0) throw new Unusable("Nothing fits that choice.");
    if (count > SELECTION_MAX)
      throw new Unusable(`More than ${SELECTION_MAX} items fit that choice. Narrow it, for example by time.`);
    return { keys, inputs, others, resolved };
  }

  /** Facts with what would become of each, beside these others or those of a selection. */
  async #facts(name: string, positions: readonly string[], selection: ReadonlySet<string> | string) {
    const { store, definitions } = this.#around;
    const flow = definitions.outbound.get(name);
    if (!flow) throw new Unusable(`This build has no flow ${name}.`);
    return Promise.all(
      (await store.selections.facts(positions)).map(async (fact) => ({
        position: fact.position,
        ...(await judgeFact(
          fact,
          flow,
          typeof selection === "string"
            ? await store.selections.among(
                selection,
                fact.newer.map(({ position }) => position),
              )
            : selection,
          definitions,
          store,
        )),
      })),
    );
  }

  #step(
    id: string,
    to: Exclude<SelectionStep, { state: "finished" }>,
    actor: Actor,
    act: SelectionAct,
    items: number,
  ): Promise<boolean> {
    const { clock } = this.#around;
    const verdict = WORDS[to.state];
    const fact = SelectionDecided.of({
      selection: id,
      verdict,
      act,
      items,
      by: actor.name,
      reason: actor.reason ?? "",
    });
    return this.#around.act({
      ...deed(actor, `${verdict} selection`, `selection/${id}`),
      entry: entryOf(fact, { ...said(actor), id: `selection:${id}:${verdict}:${clock.id()}` }),
      guard: { selection: id, to },
    });
  }
}

/** Acts that hand messages of the past to subscribers. */
const REPLAYING: ReadonlySet<SelectionAct> = new Set(["replay", "backfill", "as new"]);

/** `flow bi-hears-finance-cost-posted, from 2026-01-05T08:00:00Z`; of chosen deliveries how many. */
function inWords(chosen: Chosen): string {
  if ("subjects" in chosen) return `${chosen.subjects.length} chosen by hand`;
  if ("cause" in chosen) return `cause ${chosen.cause}`;
  return Object.entries("replay" in chosen ? chosen.replay : chosen.backfill)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

const WORDS = {
  frozen: "freeze",
  "trying one": "try one of",
  running: "run",
  stopped: "stop",
} as const;

function checkCriteria(criteria: Extract<Chosen, { replay: object }>["replay"], act: SelectionAct): void {
  if (act !== "replay" && act !== "as new")
    throw new Unusable(`"${act}" is for what is set aside; choose by cause or by key.`);
  if (Object.values(criteria).every((value) => value === undefined))
    throw new Unusable(
      "Say what to replay: an event, a key, a flow, a connection, a process, a contract or a time.",
    );
  const { process, flow, connection } = criteria;
  if (process !== undefined && (flow ?? connection) !== undefined)
    throw new Unusable("A process is a subscriber of its own. Name it, or a flow or a connection, not both.");
  for (const at of [criteria.from, criteria.to])
    if (at !== undefined && Number.isNaN(Date.parse(at)))
      throw new Unusable(`"${at}" is no instant. Write it like 2026-01-05T08:00:00Z.`);
  if (criteria.event !== undefined && !/^\d{1,18}$/.test(criteria.event))
    throw new Unusable(`"${criteria.event}" is no position of the journal; crossdock trace shows them.`);
}
