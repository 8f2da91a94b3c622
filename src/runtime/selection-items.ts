/**
 * What is frozen of a selection: its items as rows, and the seal over them that a second person agrees to. Pure.
 */
import { createHash } from "node:crypto";
import { atRisk } from "../trace/at-risk.ts";
import type { Money } from "../trace/header.ts";
import { addMoney } from "../trace/money.ts";
import type { Candidate, NewItem, SelectionAct } from "../work/selections.ts";
import type { Arranged } from "./arrangement.ts";
import type { Change } from "./changes.ts";
import type { OtherException } from "./selection-store.ts";
import type { Judgement } from "./would-send.ts";

/** Adds up what is frozen, and seals it: whatever is approved is exactly this. */
export class Sealing {
  readonly #hash = createHash("sha256");
  readonly #money: Money[] = [];
  readonly #criticalities = new Set<"C1" | "C2" | "C3" | "C4">();
  readonly #ledgers = new Map<string, readonly Money[] | null>();
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

  /** An item that posts into this ledger; `risk` as items have it. */
  posts(ledger: string, risk: string | null): void {
    const money = risk === null ? [] : (JSON.parse(risk) as { money: Money[] }).money;
    const before = this.#ledgers.get(ledger);
    this.#ledgers.set(
      ledger,
      money.length === 0 || before === null ? null : addMoney([...(before ?? []), ...money]),
    );
  }

  end() {
    return {
      ledgers: this.#ledgers,
      items: this.#items,
      waiting: this.#waiting,
      digest: this.#hash.digest("hex"),
      money: addMoney(this.#money),
      criticalities: this.#criticalities,
    };
  }
}

export function itemOf(number: number, candidate: Candidate, judged: Judgement): NewItem {
  const { key, correlation, connection, contract, corrected, data } = candidate;
  const stands =
    "fixed" in judged && judged.fixed ? judged.fixed.data : data === null ? null : JSON.parse(data);
  const risk = atRisk(stands);
  return {
    // What is sent as new is watched under its new key from the moment it is made.
    number,
    kind: "delivery",
    subject: key,
    watched: key,
    correlation,
    connection,
    contract,
    corrected,
    atRisk: risk === null ? null : JSON.stringify(risk),
    would: judged.would,
    state: "skip" in judged ? "skipped" : "waiting",
    reason: "skip" in judged ? judged.skip : null,
  };
}

/** What is about no delivery and can be tried again all the same. */
const TRIED_AGAIN: readonly {
  readonly kind: "instance" | "arrival";
  readonly fits: (other: OtherException) => boolean;
  readonly would: string;
}[] = [
  {
    kind: "instance",
    fits: ({ kind, subject }) => kind === "instance" && subject.includes(":"),
    would: "The process takes again what it stopped at.",
  },
  {
    // A part of what was taken (`<id>#2`) is not: its sender must send it again.
    kind: "arrival",
    fits: ({ kind, subject }) => kind === "arrival" && !subject.includes("#"),
    would: "What arrived is read again as it came.",
  },
];

export function otherItem(number: number, other: OtherException, act: SelectionAct): NewItem {
  const base = {
    number,
    correlation: other.correlation,
    connection: null,
    contract: null,
    atRisk: other.atRisk,
  };
  const again = act === "try again" ? TRIED_AGAIN.find(({ fits }) => fits(other)) : undefined;
  if (again)
    return {
      ...base,
      kind: again.kind,
      subject: other.subject,
      watched: other.subject,
      corrected: 0,
      would: again.would,
      state: "waiting",
      reason: null,
    };
  const closes = act === "close" && other.id !== "";
  const reason = closes ? null : "It is about no delivery. Deal with it, then close it.";
  return {
    ...base,
    kind: "exception",
    subject: other.id || other.subject,
    watched: other.id,
    corrected: 0,
    would: closes ? "Closed with your reason." : "Left out.",
    state: closes ? "waiting" : "skipped",
    reason,
  };
}

export const asInstance = (subject: string): OtherException => ({
  id: "",
  kind: "instance",
  subject,
  correlation: null,
  atRisk: null,
});
