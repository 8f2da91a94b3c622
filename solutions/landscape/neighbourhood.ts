/**
 * What stands around the core of a company: further channels, houses, ERPs and offices, a neighbourhood to each file.
 *
 * A neighbourhood brings its flows and says which webhooks it hears. It speaks canonical contracts only, so the core knows none of
 * them: each can be added or left out by itself.
 */
import { ContractBroken, type Flow } from "crossdock";

export { at, type System, type TellingSystem } from "../distribution/settings.ts";

/** Folders shared with a system that exchanges files. */
export interface Folders {
  /** It puts files here, */
  readonly from: string;
  /** and fetches ours here. */
  readonly to: string;
  /** How often we look, in milliseconds. */
  readonly pollMs?: number;
}

/** A product that ends its tokens: where they are fetched, and under which name and secret. */
export interface SigningIn {
  readonly url: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Neighbourhood {
  readonly flows: readonly Flow[];
  readonly webhooks?: Readonly<
    Record<string, { readonly flow: string; readonly secrets: readonly string[] }>
  >;
}

export const inbox = ({ from, pollMs = 250 }: Pick<Folders, "from" | "pollMs">) => ({
  inbox: from,
  pollMs,
  settleMs: 0,
});

export const pieces = (value: string) => ({ value, uom: "EA" });

/** A quantity as systems write it that count pieces; any other is refused. */
export function inPieces({ value, uom }: { value: string; uom: string }): string {
  if (uom === "EA") return value;
  throw new ContractBroken(`A quantity is in ${uom}, and the ERP of the plant counts pieces.`, {
    facts: { field: "uom", expected: "EA", found: uom },
  });
}
