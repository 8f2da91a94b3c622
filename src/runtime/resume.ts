/** Drives a walk to its end, answering its look-ups from the store. A walk that looks nothing up costs no waiting. */
import type { Walk } from "../flows/walk.ts";
import type { Store } from "./store.ts";

export function resume<Result>(walk: Walk<Result>, store: Pick<Store, "lookUp">): Result | Promise<Result> {
  const step = walk.next();
  return step.done ? step.value : answer(walk, step.value, store);
}

async function answer<Result>(
  walk: Walk<Result>,
  references: Parameters<Store["lookUp"]>[0],
  store: Pick<Store, "lookUp">,
): Promise<Result> {
  let wanted = references;
  for (;;) {
    const step = walk.next(await store.lookUp(wanted));
    if (step.done) return step.value;
    wanted = step.value;
  }
}
