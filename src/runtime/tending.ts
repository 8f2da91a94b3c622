/**
 * What a person does, as the act that is recorded: the audit line, the fact, and the condition under which both are true.
 *
 * Pure. The words of audit and journal come from here, so the same deed never reads differently in two places; whether it
 * still holds is decided by the store, in the transaction.
 */
import { createHash } from "node:crypto";
import { entryOf } from "../journal/append.ts";
import { Unusable } from "../std/errors.ts";
import { ExceptionsTended } from "./facts.ts";
import type { Act } from "./store.ts";

/** Who acts, and why: kept in the audit. */
export interface Actor {
  /** A person's or client's name, e.g. `maria` or `client:web-shop`. */
  readonly name: string;
  readonly reason?: string;
}

/** What a person does about a cause besides solving it. Instants are RFC 3339. */
export type Tending =
  | { readonly assign: string | null }
  | { readonly snooze: string | null }
  | { readonly note: string };

/** Where a fact that a person caused comes from. */
export const said = (actor: Actor) => ({
  source: `person:${actor.name}`,
  causation: `person:${actor.name}`,
  occurredAt: null,
  routed: false,
});

/** The words of an audit line. */
export const deed = (actor: Actor, action: string, subject: string) => ({
  actor: actor.name,
  action,
  subject,
  reason: actor.reason ?? null,
});

/** The short name of a cause, `GR-3f9a2c1d`: the same one SQL makes of it (trace/needs.ts). */
export const causeId = (fingerprint: string): string =>
  `GR-${createHash("sha256").update(fingerprint).digest("hex").slice(0, 8)}`;

/**
 * Taking on, putting to sleep or noting something about everything open of one cause.
 *
 * @throws {Unusable} for an instant that is none, an empty note, or a sleep without an end
 */
export function tended(fingerprint: string, tending: Tending, actor: Actor, id: string): Act {
  const [what, value] = wordsOf(tending);
  const cause = causeId(fingerprint);
  const fact = ExceptionsTended.of({
    cause,
    fingerprint,
    what,
    value,
    by: actor.name,
    reason: actor.reason ?? "",
  });
  return {
    ...deed(actor, what === "note" ? "note on cause" : `${what} cause`, `cause/${cause}`),
    entry: entryOf(fact, { ...said(actor), id: `cause:${cause}:${what}:${id}` }),
    guard: { cause: fingerprint, tend: what, value },
  };
}

function wordsOf(tending: Tending): ["assign" | "snooze" | "note", string | null] {
  if ("assign" in tending) return ["assign", tending.assign?.trim() || null];
  if ("note" in tending) {
    if (tending.note.trim() === "") throw new Unusable("A note says something; this one is empty.");
    return ["note", tending.note.trim()];
  }
  const { snooze } = tending;
  if (snooze === null) return ["snooze", null];
  if (Number.isNaN(Date.parse(snooze)))
    throw new Unusable(
      `A cause sleeps until an instant such as 2026-01-05T08:00:00Z, not until "${snooze}".`,
    );
  return ["snooze", new Date(snooze).toISOString()];
}
