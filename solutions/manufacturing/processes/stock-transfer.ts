/**
 * Stock on the road between two warehouses: sent, in transit, arrived; what was for an order is set aside for it where it arrived.
 *
 * One thing stays true: what left and has not arrived is in transit; once it is late both warehouses must hold the same of it, see
 * `agreement/transfers.ts`. It is never written off or added by itself. Whose ledger it changes is the intercompany process's, where the two ends belong to two entities.
 *
 * @covers EVT-13
 */
import { process } from "crossdock";
import { decimals, inventory, stock } from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "../policy.ts";

const State = Type.Object({
  transferId: Type.String(),
  item: Type.String(),
  uom: Type.String(),
  from: Type.String(),
  to: Type.String(),
  sent: Type.String(),
  arrived: Type.String(),
  /** When the last of it left: it cannot have come before, whatever a document that names only the day says. */
  leftAt: Type.String(),
  /** The order line it is for, where it is for one. */
  order: Type.Union([Type.Object({ salesOrderId: Type.String(), line: Type.String() }), Type.Null()]),
  /** It is on the road longer than goods are. */
  late: Type.Optional(Type.Boolean()),
  /** Movements and receipts heard, by their numbers. */
  heard: Type.Array(Type.String()),
});
type State = Type.Static<typeof State>;

export type { State as TransferState };

type Transferred = (typeof stock.StockTransferred)["sample"];

const inTransit = ({ sent, arrived }: State): string => decimals.subtract(sent, arrived);

export const stockTransfer = (policy: Policy) => {
  const left = (state: State, { movementId, stage, quantity, to, transferredAt }: Transferred) => {
    if (stage === "arrived") return { note: `This is what we said of ${to} ourselves.` };
    const movement = movementId ?? "";
    if (state.heard.includes(movement)) return { note: `The movement ${movement} was heard before.` };
    return {
      state: {
        ...state,
        sent: decimals.add(state.sent, quantity.value),
        leftAt: transferredAt > state.leftAt ? transferredAt : state.leftAt,
        heard: [...state.heard, movement],
      },
      reach: "sent" as const,
      start: ["transit" as const],
    };
  };

  return process({
    name: "stock-transfer",
    version: 1,
    owner: "warehouse",
    summary: "Goods that left one warehouse for another, until all of them have arrived.",
    keyType: "transfer",
    state: State,
    milestones: { sent: {}, arrived: {} },
    timers: { transit: policy.patience.transit },
    afterEnd: [stock.StockTransferred],
  })
    .startsOn(
      stock.StockTransferred,
      "transferId",
      (moved) => {
        const { transferId, item, quantity, from, to, salesOrderId, line } = moved;
        const order = salesOrderId === undefined || line === undefined ? null : { salesOrderId, line };
        const empty: State = {
          transferId,
          item,
          uom: quantity.uom,
          from,
          to,
          sent: "0",
          arrived: "0",
          leftAt: "",
          order,
          heard: [],
        };
        return { state: empty, ...left(empty, moved) };
      },
      left,
    )
    .when(stock.GoodsReceived, "transferId", (state, receipt, { at }) => {
      const { receiptAdviceId, warehouse, lines } = receipt;
      if (state.heard.includes(receiptAdviceId))
        return { note: `The receipt ${receiptAdviceId} was heard before.` };
      const ours = lines.filter(({ item }) => item === state.item);
      const came = ours.reduce((sum, { receivedQuantity }) => decimals.add(sum, receivedQuantity.value), "0");
      const broken = ours.reduce(
        (sum, { rejectedQuantity }) => decimals.add(sum, rejectedQuantity?.value ?? "0"),
        "0",
      );
      const usable = decimals.subtract(came, broken);
      const next: State = {
        ...state,
        arrived: decimals.add(state.arrived, came),
        heard: [...state.heard, receiptAdviceId],
      };
      const { transferId, item, uom, from, to, order } = state;
      const all = !decimals.isPositive(inTransit(next));
      const part = { item, quantity: { value: usable, uom } };
      const when = at < state.leftAt ? state.leftAt : at;
      return {
        state: next,
        publish: [
          stock.StockTransferred.of({
            transferId,
            movementId: receiptAdviceId,
            item,
            from,
            to,
            stage: "arrived",
            quantity: { value: came, uom },
            ...(order ?? {}),
            transferredAt: when,
          }),
          ...(order === null || !decimals.isPositive(usable)
            ? []
            : [
                inventory.StockAllocated.of({
                  salesOrderId: order.salesOrderId,
                  allocationId: transferId,
                  reportId: receiptAdviceId,
                  warehouse,
                  allocations: [{ line: order.line, ...part }],
                  shortfall: [],
                  allocatedAt: when,
                }),
              ]),
        ],
        ...(all
          ? { reach: "arrived" as const, stop: ["transit" as const], end: "completed" as const }
          : { note: `${inTransit(next)} ${uom} of ${item} have not arrived.` }),
      };
    })
    .whenElapsed("transit", (state) => ({
      state: { ...state, late: true },
      note: `${inTransit(state)} ${state.uom} of ${state.item} are between ${state.from} and ${state.to}.`,
    }));
};
