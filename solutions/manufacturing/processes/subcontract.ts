/**
 * Components at a supplier who works on them: what was provided is accounted for, piece by piece.
 *
 * One thing stays true: used + returned + lost is never silently different from what was provided. The components remain ours until
 * they are used; a difference is shown to whoever buys there.
 *
 * @covers PRC-06
 */
import { process } from "crossdock";
import { decimals, operations, procurement, production } from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "../policy.ts";

const Component = Type.Object({
  item: Type.String(),
  provided: Type.String(),
  used: Type.String(),
  returned: Type.String(),
  scrapped: Type.String(),
});
type Component = Type.Static<typeof Component>;
const State = Type.Object({
  purchaseOrderId: Type.String(),
  supplier: Type.String(),
  components: Type.Array(Component),
  /** Finished pieces that came back. */
  made: Type.String(),
  heard: Type.Array(Type.String()),
});
type State = Type.Static<typeof State>;

export type { State as SubcontractState };

type Sent = (typeof production.SubcontractSent)["sample"];

/** What of a component nobody has accounted for yet; below zero, more is accounted for than was provided. */
export const open = ({ provided, used, returned, scrapped }: Component): string =>
  decimals.subtract(provided, decimals.add(used, returned, scrapped));

const none = (item: string): Component => ({ item, provided: "0", used: "0", returned: "0", scrapped: "0" });

/** Adds quantities to one column of the ledger, a component nobody knew included. */
function added(
  components: readonly Component[],
  column: "provided" | "used" | "returned" | "scrapped",
  more: readonly { item: string; quantity: { value: string } }[],
): Component[] {
  return more.reduce<Component[]>(
    (now, { item, quantity }) => {
      const known = now.find((one) => one.item === item) ?? none(item);
      const next = { ...known, [column]: decimals.add(known[column], quantity.value) };
      return now.includes(known) ? now.map((one) => (one === known ? next : one)) : [...now, next];
    },
    [...components],
  );
}

export const subcontract = (policy: Policy) => {
  const provided = (state: State, sent: Sent) => {
    if (state.heard.includes(sent.reportId)) return { note: `${sent.reportId} was heard before.` };
    return {
      state: {
        ...state,
        components: added(state.components, "provided", sent.components),
        heard: [...state.heard, sent.reportId],
      },
    };
  };
  const shown = (state: State) => {
    const differences = state.components.filter((one) => !decimals.isZero(open(one)));
    return operations.ExceptionRaised.of({
      subject: `purchaseOrder/${state.purchaseOrderId}`,
      fingerprint: "subcontract/components-not-accounted-for",
      class: "business hold",
      state: "held",
      title: "Components at a supplier are not accounted for.",
      reason: differences.map((one) => `${one.item}: ${one.provided} provided, ${open(one)} open.`).join(" "),
      owner: policy.reviews.deviation.by,
    });
  };

  return process({
    name: "subcontract",
    version: 1,
    owner: "procurement",
    summary: "Components provided to a supplier, until every piece of them is accounted for.",
    keyType: "purchaseOrder",
    state: State,
    milestones: { provided: {}, confirmed: { due: "1d" }, returned: {}, accounted: { due: "2d" } },
    timers: { accounting: policy.patience.accounting },
    // Most purchase orders have no components of ours.
    ifStarted: [procurement.PurchaseOrderConfirmed],
    afterEnd: [procurement.PurchaseOrderConfirmed],
  })
    .startsOn(
      production.SubcontractSent,
      "purchaseOrderId",
      (sent) => ({
        state: {
          purchaseOrderId: sent.purchaseOrderId,
          supplier: sent.supplier,
          components: added([], "provided", sent.components),
          made: "0",
          heard: [sent.reportId],
        },
        reach: "provided",
      }),
      provided,
    )
    .when(procurement.PurchaseOrderConfirmed, "purchaseOrderId", (_state, { deviations }) =>
      deviations.length === 0 ? { reach: "confirmed" } : { note: deviations.join(" ") },
    )
    .when(production.SubcontractReturned, "purchaseOrderId", (state, back) => {
      if (state.heard.includes(back.reportId)) return { note: `${back.reportId} was heard before.` };
      const components = added(
        added(added(state.components, "used", back.used), "returned", back.returned),
        "scrapped",
        back.scrapped,
      );
      const next = {
        ...state,
        components,
        made: decimals.add(state.made, back.quantity.value),
        heard: [...state.heard, back.reportId],
      };
      if (components.some((one) => decimals.compare(open(one), "0") < 0))
        return { state: next, reach: "returned", publish: [shown(next)] };
      if (components.every((one) => decimals.isZero(open(one))))
        return { state: next, reach: ["returned", "accounted"], stop: ["accounting"], end: "completed" };
      return { state: next, reach: "returned", start: ["accounting"] };
    })
    .whenElapsed("accounting", (state) => ({ publish: [shown(state)], start: ["accounting"] }));
};
