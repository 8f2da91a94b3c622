/**
 * What stands around the core of a company: further channels, houses, ERPs and offices, a neighbourhood to each file.
 *
 * A neighbourhood brings its flows and says which webhooks it hears. It speaks canonical contracts only, so the core knows none of
 * them: each can be added or left out by itself.
 */
import type { Flow } from "crossdock";

/** One system over HTTP: its address, and a reference to the token we show it. */
export interface System {
  readonly url: string;
  readonly token?: string;
}

/** One that also tells us things: references to its `whsec_…` secrets, the current one first. */
export interface TellingSystem extends System {
  readonly webhookSecrets: readonly string[];
}

/** Folders shared with a system that exchanges files. */
export interface Folders {
  /** It puts files here, */
  readonly from: string;
  /** and fetches ours here. */
  readonly to: string;
  /** How often we look, in milliseconds. */
  readonly pollMs?: number;
}

export interface Neighbourhood {
  readonly flows: readonly Flow[];
  readonly webhooks?: Readonly<
    Record<string, { readonly flow: string; readonly secrets: readonly string[] }>
  >;
}

/** Address and token; the token only where there is one. */
export const at = ({ url, token }: System) => ({ url, ...(token === undefined ? {} : { token }) });

export const inbox = ({ from, pollMs = 250 }: Pick<Folders, "from" | "pollMs">) => ({
  inbox: from,
  pollMs,
  settleMs: 0,
});

export const pieces = (value: string) => ({ value, uom: "EA" });
