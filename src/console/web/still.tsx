/**
 * Lists that keep still while somebody points at them or works in them: what is shown changes in place, what is new waits below a
 * button, and the order is made anew when they are left. Nothing moves away under a finger.
 */
import { type FocusEvent, type PointerEvent, useRef, useState } from "react";

/** What a list's box listens to. */
interface Box {
  readonly onPointerEnter: () => void;
  readonly onPointerLeave: (event: PointerEvent) => void;
  readonly onFocus: () => void;
  readonly onBlur: (event: FocusEvent) => void;
}

export interface Still<Item> {
  readonly shown: readonly Item[];
  /** How many are there and wait to be shown. */
  readonly news: number;
  readonly show: () => void;
  readonly box: Box;
}

/**
 * `keepsGone`: what is no longer among the items stays until the list is left. For lists of the latest, where it was only pushed out;
 * of a list of work what is gone is done, and goes.
 */
export function useStill<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  keepsGone = false,
): Still<Item> {
  const [held, hold] = useState<readonly Item[] | null>(null);
  const latest = useRef(items);
  latest.current = items;
  const keep = () => hold((before) => before ?? latest.current);
  const box: Box = {
    onPointerEnter: keep,
    onPointerLeave: ({ currentTarget }) => {
      if (!currentTarget.contains(window.document.activeElement)) hold(null);
    },
    onFocus: keep,
    onBlur: ({ currentTarget, relatedTarget }) => {
      if (!currentTarget.contains(relatedTarget) && !currentTarget.matches(":hover")) hold(null);
    },
  };
  if (held === null) return { shown: items, news: 0, show: () => undefined, box };
  const now = new Map(items.map((item) => [keyOf(item), item]));
  const before = new Set(held.map(keyOf));
  return {
    shown: held.flatMap((item) => now.get(keyOf(item)) ?? (keepsGone ? [item] : [])),
    news: keepsGone ? 0 : items.filter((item) => !before.has(keyOf(item))).length,
    show: () => hold(items),
    box,
  };
}
