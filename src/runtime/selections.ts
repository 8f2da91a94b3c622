/**
 * Bulk acts on a frozen selection: chosen once, judged item by item, tried on one, then carried out to the last.
 *
 * What must stay true: nothing joins a selection after it was frozen; each item is asked once, by the same act a person
 * presses for one delivery, with its own audit line; and an item counts as applied only when its delivery says so. All of it
 * is in the database, so whichever worker lives goes on where another stopped.
 */
import { createHash } from "node:crypto";
import { entryOf } from "../journal/append.ts";
import { Unusable } from "../std/errors.ts";
import type { Log } from "../std/log.ts";
import { atRisk } from "../trace/at-risk.ts";
import type { Money } from "../trace/header.ts";
import { addMoney } from "../trace/money.ts";
import type { Candidate, Chosen, NewItem, Selection, SelectionAct } from "../work/selections.ts";
import type { Arranged } from "./arrangement.ts";
import { type Change, checkPath } from "./changes.ts";
import { type Clock, pause } from "./clock.ts";
import type { Actor } from "./dock.ts";
import { SelectionDecided } from "./facts.ts";
import { type FourEyes, needsSecond } from "./four-eyes.ts";
import type { ItemToAsk, OtherException, SelectionStore } from "./selection-store.ts";
import type { Act, Agreed, Correction, SelectionStep, Store } from "./store.ts";
import { deed, said } from "./tending.ts";
import { type Judgement, judgeDelivery, type WouldSend, wouldSend } from "./would-send.ts";

/** One item as somebody looks at it before it is carried out. */
export interface PreviewedItem extends WouldSend {
  readonly number: number;
  readonly delivery: string;
  readonly connection: string;
  readonly contract: string;
  readonly subject: string;
  readonly correlation: string;
  readonly would: string;
  /** Why it is left out; null when it is not. */
  readonly skip: string | null;
}

/** How one delivery is acted on, with the item it is carried out for. */
export interface ActOnDelivery {
  readonly delivery: string;
  readonly act: Exclude<SelectionAct, "close">;
  readonly correction?: Correction;
  readonly item?: NonNullable<Act["item"]>;
}

export interface SelectionsOptions {
  readonly store: Pick<Store, "lookUp"> & { readonly selections: SelectionStore };
  readonly definitions: Arranged;
  readonly policy: FourEyes;
  readonly clock: Clock;
  readonly log: Log;
  readonly worker: string;
  readonly signal: AbortSignal;
  /** Presses the button for one delivery; false when it does not hold any more. */
  readonly onDelivery: (what: ActOnDelivery, actor: Actor) => Promise<boolean>;
  readonly onInstance: (subject: string, actor: Actor, item: Act["item"]) => Promise<boolean>;
  readonly onException: (id: string, actor: Actor, item: Act["item"]) => Promise<boolean>;
  readonly act: (act: Act) => Promise<boolean>;
  readonly fingerprintOf: (cause: string) => Promise<string | null>;
}

/** The most items of one selection; more is a campaign that deserves several. */
export const SELECTION_MAX = 20_000;
const PAGE = 500;
/** Items asked at once: the lines of their systems do the rest, in their order. */
const ASKED_MAX = 100;
const LOOK_MS = 250;
const PREVIEW_MAX = 100;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class Selections {
  readonly #around: SelectionsOptions;
  #bell = new AbortController();

  constructor(around: SelectionsOptions) {
    this.#around = around;
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
    const { keys, others, resolved } = await this.#choose(chosen, act);
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
      const page = await store.selections.candidates(keys.slice(from, from + PAGE));
      const items = page.map((candidate, index): NewItem => {
        const judged = judgeDelivery(candidate, { act, changes, selected }, this.#around.definitions);
        return itemOf(from + index + 1, candidate, judged);
      });
      sealing.add(items, this.#around.definitions);
      await store.selections.add(id, items);
    }
    const rest = others.map((other, index) => otherItem(keys.length + index + 1, other, act));
    if (rest.length > 0) await store.selections.add(id, rest);
    sealing.add(rest, this.#around.definitions);
    const { items, waiting, digest, money, criticalities } = sealing.end();
    const second = needsSecond(this.#around.policy, { act, items: waiting, money, criticalities });
    await this.#step(id, { state: "frozen", items, digest, second }, { ...actor, reason }, act, items);
    return id;
  }

  /** A page of its items with exactly what would be sent, and to whom; null when there is no such selection. */
  async preview(id: string, after: number, max: number): Promise<PreviewedItem[] | null> {
    if (!UUID.test(id)) return null;
    const { store, definitions } = this.#around;
    const about = await store.selections.about(id);
    if (!about) return null;
    const { act } = about;
    const changes = JSON.parse(about.changes ?? "[]") as Change[];
    const items = await store.selections.deliveries(id, after, Math.min(max, PREVIEW_MAX));
    const selected = new Set(items.map(({ subject }) => subject));
    const found = await store.selections.candidates([...selected]);
    return Promise.all(
      found.map(async (candidate): Promise<PreviewedItem> => {
        // What is newer and in the selection too may stand on another page.
        const intended = { act, changes, selected: new Set([...selected, ...candidate.newer]) };
        const judged = judgeDelivery(candidate, intended, definitions);
        const { key, connection, contract, subject, correlation } = candidate;
        return {
          number: items.find((item) => item.subject === key)?.number ?? 0,
          delivery: key,
          ...{ connection, contract, subject, correlation },
          would: judged.would,
          skip: "skip" in judged ? judged.skip : null,
          ...(await wouldSend(candidate, judged, definitions, store)),
        };
      }),
    );
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
    if (!UUID.test(id)) return false;
    const about = await this.#around.store.selections.about(id);
    if (!about) return false;
    const to: SelectionStep =
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
    const { store, signal } = this.#around;
    await store.selections.settle(selection.id);
    if (await store.selections.move(selection.id)) return;
    if (selection.state === "stopped") return;
    const one = selection.state === "trying one";
    const next = await store.selections.next(selection.id, one ? 1 : ASKED_MAX);
    const room = (one ? 1 : ASKED_MAX) - (next[0]?.asked ?? 0);
    for (const item of next.slice(0, Math.max(0, room))) {
      if (signal.aborted) return;
      await this.#ask(selection, item);
    }
  }

  async #ask(selection: Selection, item: ItemToAsk): Promise<void> {
    const { store, onDelivery, onInstance, onException, definitions } = this.#around;
    const actor: Actor = { name: selection.runBy ?? "nobody", reason: selection.reason };
    const claims = { selection: selection.id, number: item.number, corrected: item.corrected };
    let done: boolean;
    if (item.kind === "instance") done = await onInstance(item.subject, actor, claims);
    else if (item.kind === "exception") done = await onException(item.subject, actor, claims);
    else {
      const [candidate] = await store.selections.candidates([item.subject]);
      const changes = JSON.parse(selection.changes ?? "[]") as Change[];
      // Newer things may have come since; whatever is in the selection was judged together when it was frozen.
      const intended = { act: selection.act, changes, selected: new Set(candidate?.newer ?? []) };
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
      const act = selection.act as Exclude<SelectionAct, "close">;
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
  ): Promise<{ keys: string[]; others: OtherException[]; resolved: Chosen }> {
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
    const keys = await store.selections.chosen(resolved, SELECTION_MAX);
    if ("subjects" in chosen) others = chosen.subjects.filter((one) => one.includes(":")).map(asInstance);
    const count = keys.length + others.length;
    if (count === 0) throw new Unusable("Nothing fits that choice.");
    if (count > SELECTION_MAX)
      throw new Unusable(`More than ${SELECTION_MAX} items fit that choice. Narrow it, for example by time.`);
    return { keys, others, resolved };
  }

  #step(id: string, to: SelectionStep, actor: Actor, act: SelectionAct, items: number): Promise<boolean> {
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

const WORDS = {
  frozen: "freeze",
  "trying one": "try one of",
  running: "run",
  stopped: "stop",
} as const;

/** Adds up what is frozen, and seals it: whatever is approved is exactly this. */
class Sealing {
  readonly #hash = createHash("sha256");
  readonly #money: Money[] = [];
  readonly #criticalities = new Set<"C1" | "C2" | "C3" | "C4">();
  #items = 0;
  #waiting = 0;

  constructor(act: SelectionAct, changes: readonly Change[]) {
    this.#hash.update(JSON.stringify([act, changes]));
  }

  add(items: readonly NewItem[], { contracts }: Arranged): void {
    for (const { subject, corrected, state, atRisk: risk, contract } of items) {
      this.#items += 1;
      this.#hash.update(JSON.stringify([subject, corrected, state, risk]));
      if (state === "skipped") continue;
      this.#waiting += 1;
      const criticality = contract === null ? undefined : contracts.get(contract)?.criticality;
      if (criticality) this.#criticalities.add(criticality);
      if (risk !== null) this.#money.push(...(JSON.parse(risk) as { money: Money[] }).money);
    }
  }

  end() {
    return {
      items: this.#items,
      waiting: this.#waiting,
      digest: this.#hash.digest("hex"),
      money: addMoney(this.#money),
      criticalities: this.#criticalities,
    };
  }
}

function itemOf(number: number, candidate: Candidate, judged: Judgement): NewItem {
  const { key, correlation, connection, contract, corrected, data } = candidate;
  const stands =
    "fixed" in judged && judged.fixed ? judged.fixed.data : data === null ? null : JSON.parse(data);
  const risk = atRisk(stands);
  return {
    // What is sent as new is watched under its new key from the moment it is made.
    ...{ number, kind: "delivery", subject: key, watched: key, correlation, connection, contract, corrected },
    atRisk: risk === null ? null : JSON.stringify(risk),
    would: judged.would,
    state: "skip" in judged ? "skipped" : "waiting",
    reason: "skip" in judged ? judged.skip : null,
  };
}

function otherItem(number: number, other: OtherException, act: SelectionAct): NewItem {
  const base = {
    number,
    correlation: other.correlation,
    connection: null,
    contract: null,
    atRisk: other.atRisk,
  };
  const goesOn = other.kind === "instance" && other.subject.includes(":") && act === "try again";
  if (goesOn) {
    const would = "The process takes again what it stopped at.";
    return {
      ...{ ...base, kind: "instance", subject: other.subject, watched: other.subject, corrected: 0 },
      ...{ would, state: "waiting", reason: null },
    };
  }
  const closes = act === "close" && other.id !== "";
  const reason = closes ? null : "It is about no delivery. Deal with it, then close it.";
  return {
    ...{ ...base, kind: "exception", subject: other.id || other.subject, watched: other.id, corrected: 0 },
    would: closes ? "Closed with your reason." : "Left out.",
    state: closes ? "waiting" : "skipped",
    reason,
  };
}

const asInstance = (subject: string): OtherException => ({
  ...{ id: "", kind: "instance", subject, correlation: null, atRisk: null },
});

function checkCriteria(criteria: Extract<Chosen, { replay: object }>["replay"], act: SelectionAct): void {
  if (act !== "replay" && act !== "as new")
    throw new Unusable(`"${act}" is for what is set aside; choose by cause or by key.`);
  if (Object.values(criteria).every((value) => value === undefined))
    throw new Unusable("Say what to replay: an event, a key, a flow, a connection, a contract or a time.");
  for (const at of [criteria.from, criteria.to])
    if (at !== undefined && Number.isNaN(Date.parse(at)))
      throw new Unusable(`"${at}" is no instant. Write it like 2026-01-05T08:00:00Z.`);
  if (criteria.event !== undefined && !/^\d{1,18}$/.test(criteria.event))
    throw new Unusable(`"${criteria.event}" is no position of the journal; crossdock trace shows them.`);
}
