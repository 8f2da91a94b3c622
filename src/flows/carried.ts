/**
 * What a stage of a flow made, together with what it had no place for.
 *
 * A mapping may return it wherever it returns a value, and the walk keeps what was not carried with the fact or the delivery
 * that was made. Nothing here decides what matters: what is listed is what a person may look at, never what is acted on.
 */

import { ContractBroken } from "../std/errors.ts";

/** A value a document says and the one made of it does not: its place as people name it, and the value. */
export interface NotCarried {
  readonly place: string;
  readonly value: string;
}

export class Carried<Value> {
  readonly value: Value;
  readonly notCarried: readonly NotCarried[];
  constructor(value: Value, notCarried: readonly NotCarried[]) {
    this.value = value;
    this.notCarried = notCarried;
  }
}

/**
 * A value, and what was left behind when it was made.
 *
 * @example flow("orders-out").on(SendDocument).map((told) => carried(draft, notCarried)).deliver(outbox, x12())
 */
export const carried = <Value>(value: Value, notCarried: readonly NotCarried[]): Carried<Value> =>
  new Carried(value, notCarried);

/**
 * Each of several things a document came to, with what it says of it beyond that; what it says of itself stands beside the
 * first. For the `split` of a flow, from what a mapping gives.
 */
export function apart<Made>(mapped: {
  readonly messages: readonly (Made | ContractBroken)[];
  readonly notCarried: readonly (NotCarried & { readonly message?: number })[];
}): (Carried<Made> | ContractBroken)[] {
  const beside = Map.groupBy(mapped.notCarried, ({ message = 0 }) => message);
  return mapped.messages.map((made, at) =>
    made instanceof ContractBroken ? made : carried(made, beside.get(at) ?? []),
  );
}

/** The value of a stage; what it did not carry is added to `into`. */
export function unwrapped<Value>(made: Value | Carried<Value>, into: NotCarried[]): Value {
  if (!(made instanceof Carried)) return made;
  into.push(...made.notCarried);
  return made.value;
}

/** Values kept beside one message, and characters of each. The document itself is kept whole. */
const KEPT_MAX = 100;
const VALUE_MAX = 500;

/** What is kept of a list, bounded; undefined where there is nothing to keep. */
export function kept(all: readonly NotCarried[]): readonly NotCarried[] | undefined {
  if (all.length === 0) return undefined;
  const some = all
    .slice(0, KEPT_MAX)
    .map(({ place, value }) => ({ place, value: value.slice(0, VALUE_MAX) }));
  return all.length <= KEPT_MAX ? some : [...some, { place: "", value: `${all.length - KEPT_MAX} more` }];
}
