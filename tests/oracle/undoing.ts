/**
 * I8: what is taken back is taken back whole, in reverse, and nothing after it has left.
 */
import { atRest, type Booked, type Check, checks, type Seen } from "./run.ts";

interface Order {
  readonly order: string;
  readonly post?: number;
  readonly allocate?: number;
  readonly ship?: number;
  readonly cancel?: number;
  readonly release?: number;
}

const PLACES = {
  post: "erp.post-order",
  allocate: "wms.allocate-stock",
  ship: "wms.ship-order",
  cancel: "erp.cancel-order",
  release: "wms.release-stock",
} as const;

/** Orders of which something was taken back, with when each step was done first. */
const takenBack = ({ steps }: Seen): Order[] =>
  [...steps]
    .map(([order, lines]) => {
      const first = ([name, contract]: [string, string]): [string, number | undefined] => [
        name,
        lines.find((line: Booked) => line.contract === contract)?.at,
      ];
      return { order, ...Object.fromEntries(Object.entries(PLACES).map(first)) } as Order;
    })
    .filter(({ cancel, release }) => cancel !== undefined || release !== undefined);

const reversed = (seen: Seen): string[] =>
  takenBack(seen).flatMap(({ order, post, allocate, ship, cancel, release }) => [
    ...(ship !== undefined ? [`I8 ${order} was taken back after it had left.`] : []),
    ...(cancel !== undefined && post !== undefined && post > cancel
      ? [`I8 ${order} was booked after its booking was taken back.`]
      : []),
    ...(release !== undefined && allocate !== undefined && allocate > release
      ? [`I8 goods of ${order} were reserved after they had been given back.`]
      : []),
    ...(cancel !== undefined && (release === undefined || release > cancel)
      ? [`I8 ${order} was taken back in the order it was done.`]
      : []),
  ]);

const whole = (seen: Seen): string[] =>
  takenBack(seen)
    .filter(({ cancel, release }) => release !== undefined && cancel === undefined)
    .map(({ order }) => `I8 ${order} was taken back by half.`);

const count = (seen: Seen) => takenBack(seen).length;

export const UNDOING: readonly Check[] = checks("I8", {
  "what is taken back is taken back in reverse, and before it leaves": [count, reversed],
  "and whole": [count, atRest(whole)],
});
