/**
 * What a person does, as the act that is recorded: the audit line, the fact, and the condition under which both are true.
 *
 * Pure. The words of audit and journal come from here, so the same deed never reads differently in two places; whether it
 * still holds is decided by the store, in the transaction.
 */
import { createHash } from "node:crypto";
import { entryOf } from "../journal/append.ts";
import { Unusable } from "../std/errors.ts";
import { DocumentTended, ExceptionsTended } from "./facts.ts";
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

/** What a person says about one document; null gives it back, or lets it go on. */
export type DocumentTending =
  | { readonly assign: string | null }
  | { readonly note: string }
  | { readonly hold: string | null };

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

const ON_DOCUMENT = {
  assign: "assign document",
  note: "note on document",
  hold: "hold document",
  release: "let document go on",
} as const;

/**
 * Taking on one document, noting something on it, putting it on hold or letting it go on.
 *
 * @throws {Unusable} for an empty note, or a hold without its reason
 */
export function documentTended(
  document: string,
  tending: DocumentTending,
  actor: Actor,
  id: string,
): Act & { readonly guard: { readonly tend: keyof typeof ON_DOCUMENT } } {
  const [what, value] = documentWords(tending);
  const fact = DocumentTended.of({ document, what, value, by: actor.name, reason: actor.reason ?? "" });
  const entry = entryOf(fact, {
    ...said(actor),
    id: `document:${document}:${what}:${id}`,
    correlation: document,
  });
  return {
    ...deed(actor, ON_DOCUMENT[what], document),
    reason: actor.reason ?? (what === "hold" ? value : null),
    entry,
    guard: { document, tend: what, value },
  };
}

function documentWords(tending: DocumentTending): [keyof typeof ON_DOCUMENT, string | null] {
  if ("assign" in tending) return ["assign", tending.assign?.trim() || null];
  const said = ("note" in tending ? tending.note : tending.hold)?.trim();
  if ("note" in tending) {
    if (!said) throw new Unusable("A note says something; this one is empty.");
    return ["note", said];
  }
  if (tending.hold === null) return ["release", null];
  if (!said) throw new Unusable("A document is put on hold for a reason: say which.");
  return ["hold", said];
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
