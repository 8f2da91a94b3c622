/**
 * What quality decides about a lot, carried out in stock and ledger alike.
 *
 * It begins with the output that made the lot: a decision that comes before waits for it. A status change the warehouse took
 * but never carried out is noticed by the clock, shown with both opinions, and sent again when somebody says so.
 *
 * @covers PRC-19, EVT-20, EVT-21, EVT-22
 */
import { process, send } from "crossdock";
import {
  decimals,
  finance,
  inventory,
  Money,
  operations,
  plant,
  production,
  quality,
  stock,
} from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "../policy.ts";

const Change = Type.Object({
  decisionId: Type.String(),
  quantity: Type.String(),
  from: stock.StockType,
  to: stock.StockType,
  reason: Type.String(),
  done: Type.Boolean(),
});
type Change = Type.Static<typeof Change>;

const Scrap = Type.Object({
  decisionId: Type.String(),
  quantity: Type.String(),
  reason: Type.String(),
  day: Type.String(),
  done: Type.Boolean(),
});
type Scrap = Type.Static<typeof Scrap>;

const State = Type.Object({
  lot: Type.String(),
  item: Type.String(),
  plant: Type.String(),
  productionOrderId: Type.String(),
  made: Type.String(),
  held: Type.String(),
  decided: Type.String(),
  /** Status changes asked of the warehouse. */
  changes: Type.Array(Change),
  /** Rejections the ledger is to book, and whether it has. */
  scraps: Type.Array(Scrap),
  /** The warehouse has put the lot away; before, it knows no lot whose status could change. */
  putAway: Type.Boolean(),
  /** The ledger has booked the output; before, there is nothing to take out again. */
  booked: Type.Boolean(),
  /** Somebody was shown that the warehouse did not carry out what it took. */
  apart: Type.Optional(Type.Boolean()),
  /** How much of it the warehouse has set aside for orders, where it does so by lot. */
  allocated: Type.Optional(Type.String()),
  /** What the ledger booked the whole lot at. */
  worth: Type.Optional(Money),
  heard: Type.Array(Type.String()),
});
type State = Type.Static<typeof State>;

export type { State as LotState };

/** What may never happen to pieces on hold. */
export const BEFORE_ITS_RELEASE = {
  title: "Pieces of a lot were allocated before quality released them.",
  fingerprint: "lot-quality/allocated-before-release",
};

const NOT_CHANGED = "lot-quality/status-not-changed";

const togetherAgain = ({ lot }: State) =>
  operations.ExceptionResolved.of({
    subject: `lot/${lot}`,
    fingerprint: NOT_CHANGED,
    how: "by itself",
    reason: "The warehouse has carried out what quality decided.",
  });

/** Pieces held that quality has not decided about; none, where a decision was told before its hold. */
const undecided = ({ held, decided }: State): string =>
  decimals.compare(held, decided) > 0 ? decimals.subtract(held, decided) : "0";

/** Pieces of the lot that anybody may have: never held or let go, and not damaged. */
const free = (state: State): string =>
  [
    undecided(state),
    ...state.changes.filter(({ to }) => to === "damaged").map(({ quantity }) => quantity),
  ].reduce(decimals.subtract, state.made);

const pieces = (value: string) => ({ value, uom: "EA" });

export const lotQuality = (policy: Policy) => {
  const command = (state: State, change: Change) =>
    send(
      plant.ChangeStockStatus.of({
        lot: state.lot,
        item: state.item,
        quantity: pieces(change.quantity),
        from: change.from,
        to: change.to,
        decisionId: change.decisionId,
        reason: change.reason,
      }),
    );

  const posting = (state: State, { decisionId, quantity, reason, day }: Scrap) =>
    send(
      plant.PostScrap.of({
        productionOrderId: state.productionOrderId,
        plant: state.plant,
        reportId: decisionId,
        item: state.item,
        quantity: pieces(quantity),
        reasonCode: reason,
        lot: state.lot,
        documentDate: day,
        postingDate: day,
      }),
    );

  /** Everything is decided and carried out in stock and ledger. */
  const finished = (state: State) =>
    decimals.isPositive(state.held) &&
    decimals.compare(state.decided, state.held) === 0 &&
    state.changes.every(({ done }) => done) &&
    state.scraps.every(({ done }) => done);

  const asks = (state: State, change: Omit<Change, "done">) => {
    const full: Change = { ...change, done: false };
    return {
      state: { ...state, changes: [...state.changes, full], heard: [...state.heard, change.decisionId] },
      // What the warehouse has not put away yet waits; the put-away sends it.
      commands: state.putAway ? [command(state, full)] : [],
    };
  };
  const again = (decisionId: string) => ({ note: `Decision ${decisionId} was heard before.` });

  return process({
    name: "lot-quality",
    version: 1,
    owner: "quality",
    summary: "A lot that is held, rejected and released has the same status everywhere.",
    keyType: "lot",
    state: State,
    milestones: {
      held: {},
      contained: { due: "1m" },
      decided: {},
      "stock corrected": {},
      "ledger corrected": {},
    },
    approvals: { "status change": policy.reviews["status change"] },
    timers: { "stock correction": policy.patience["stock correction"] },
    ifStarted: [inventory.StockAllocated],
    afterEnd: [finance.PostingAccepted, stock.StockStatusChanged, inventory.StockAllocated],
  })
    .startsOn(production.OutputCompleted, "lot", (output) => ({
      state: {
        lot: output.lot ?? "",
        item: output.item,
        plant: output.plant,
        productionOrderId: output.productionOrderId,
        made: output.quantity.value,
        held: "0",
        decided: "0",
        changes: [],
        scraps: [],
        putAway: false,
        booked: false,
        heard: [],
      },
    }))
    .when(quality.LotHeld, "lot", (state, { decisionId, quantity, reason }) => {
      if (state.heard.includes(decisionId)) return again(decisionId);
      const held = quantity?.value ?? state.made;
      const known: State = { ...state, held };
      // What was decided before anybody told of the hold is decided; the rest is to be held.
      const open = undecided(known);
      if (!decimals.isPositive(open)) {
        const over = { ...known, heard: [...state.heard, decisionId] };
        return {
          state: over,
          reach: ["held" as const, "decided" as const],
          ...(finished(over) ? { end: "completed" as const } : {}),
        };
      }
      const next = asks(known, { decisionId, quantity: open, from: "available", to: "quality-hold", reason });
      return { state: next.state, reach: "held", send: next.commands, start: ["stock correction"] };
    })
    .when(quality.LotReleased, "lot", (state, { decisionId, quantity, decision }) => {
      if (state.heard.includes(decisionId)) return again(decisionId);
      // Let go before anybody told of its hold, it is for sale as it was.
      if (!decimals.isPositive(undecided(state))) {
        const { send: _, start: __, ...more } = decided({ state, commands: [] }, quantity.value);
        return { ...more, state: { ...more.state, heard: [...state.heard, decisionId] } };
      }
      const next = asks(state, {
        decisionId,
        quantity: quantity.value,
        from: "quality-hold",
        to: "available",
        reason: decision,
      });
      return decided(next, quantity.value);
    })
    .when(quality.LotRejected, "lot", (state, rejection) => {
      const { decisionId, quantity, rejectReasonCode, rejectActionCode, rejectedAt } = rejection;
      if (state.heard.includes(decisionId)) return again(decisionId);
      // Only what is scrapped leaves stock and value; what is worked on or goes back stays held until that is done.
      if (rejectActionCode !== "scrap") {
        const held = { ...state, heard: [...state.heard, decisionId] };
        return {
          state: held,
          publish: [
            operations.ExceptionRaised.of({
              subject: `lot/${state.lot}`,
              fingerprint: `lot-quality/${rejectActionCode}`,
              class: "business hold",
              state: "held",
              title: `Rejected pieces are to be handled: ${rejectActionCode}.`,
              reason: `${quantity.value} ${state.item} of lot ${state.lot}: ${rejectReasonCode}. They stay held until they are released or scrapped.`,
              owner: "quality",
            }),
          ],
        };
      }
      const next = asks(state, {
        decisionId,
        quantity: quantity.value,
        from: decimals.isPositive(undecided(state)) ? "quality-hold" : "available",
        to: "damaged",
        reason: rejectReasonCode,
      });
      const scrap: Scrap = {
        decisionId,
        quantity: quantity.value,
        reason: rejectReasonCode,
        day: rejectedAt.slice(0, 10),
        done: false,
      };
      const more = decided(next, quantity.value);
      return {
        ...more,
        state: { ...more.state, scraps: [...state.scraps, scrap] },
        send: [...more.send, ...(state.booked ? [posting(state, scrap)] : [])],
      };
    })

    .when(stock.StockStatusChanged, "lot", (state, { decisionId, to }) => {
      if (decisionId === undefined) {
        if (state.putAway) return { note: "The warehouse changed a status nobody asked for." };
        return {
          state: { ...state, putAway: true },
          ...(state.changes.length === 0
            ? { note: "The warehouse has put the lot away." }
            : {
                send: state.changes.map((change) => command(state, change)),
                start: ["stock correction" as const],
              }),
        };
      }
      const changes = state.changes.map((change) =>
        change.decisionId === decisionId ? { ...change, done: true } : change,
      );
      if (!state.changes.some((change) => change.decisionId === decisionId))
        return { note: "The warehouse changed a status nobody asked for." };
      const open = changes.some(({ done }) => !done);
      const { apart, ...rest } = state;
      const next: State = open ? { ...state, changes } : { ...rest, changes };
      return {
        state: next,
        ...(apart && !open ? { publish: [togetherAgain(state)] } : {}),
        ...(to === "quality-hold" ? { reach: "contained" as const } : {}),
        ...(to !== "quality-hold" && !open && decimals.compare(next.decided, next.held) === 0
          ? { reach: "stock corrected" as const }
          : {}),
        ...(open ? {} : { stop: ["stock correction" as const] }),
        ...(finished(next) ? { end: "completed" as const } : {}),
      };
    })
    .when(inventory.StockAllocated, "lot", (state, { reportId, allocations, salesOrderId }) => {
      if (state.heard.includes(reportId)) return again(reportId);
      const taken = decimals.add("0", ...allocations.map(({ quantity }) => quantity.value));
      const allocated = decimals.add(state.allocated ?? "0", taken);
      const next = { ...state, allocated, heard: [...state.heard, reportId] };
      const beyond = decimals.subtract(allocated, free(state));
      if (!decimals.isPositive(beyond))
        return { state: next, note: `${taken} are set aside for ${salesOrderId}.` };
      return {
        state: next,
        publish: [
          operations.ExceptionRaised.of({
            subject: `lot/${state.lot}`,
            ...BEFORE_ITS_RELEASE,
            class: "business hold",
            state: "held",
            reason: `${decimals.smaller(beyond, taken)} ${state.item} of lot ${state.lot} were set aside for ${salesOrderId} while they are on hold. Have them taken from another lot, or the lot decided.`,
            owner: "quality",
            ...atRisk(state, decimals.smaller(beyond, taken)),
          }),
        ],
      };
    })
    .when(finance.PostingAccepted, "lot", (state, { sourceDocument, lines }) => {
      if (!state.scraps.some(({ decisionId }) => decisionId === sourceDocument)) {
        if (state.booked) return { note: `The ledger booked ${sourceDocument}.` };
        const worth = lines?.find(({ debit }) => decimals.isPositive(debit.amount))?.debit;
        return {
          state: { ...state, booked: true, ...(worth === undefined ? {} : { worth }) },
          ...(state.scraps.length === 0
            ? { note: "The ledger has booked the output." }
            : { send: state.scraps.map((scrap) => posting(state, scrap)) }),
        };
      }
      const scraps = state.scraps.map((scrap) =>
        scrap.decisionId === sourceDocument ? { ...scrap, done: true } : scrap,
      );
      const next = { ...state, scraps };
      return {
        state: next,
        ...(scraps.every(({ done }) => done) ? { reach: "ledger corrected" as const } : {}),
        ...(finished(next) ? { end: "completed" as const } : {}),
      };
    })

    .whenElapsed("stock correction", (state) => {
      const open = state.changes.filter(({ done }) => !done);
      const [first] = open;
      if (!first) return { note: "The warehouse has carried out every decision." };
      return {
        state: { ...state, apart: true },
        publish: [
          operations.ExceptionRaised.of({
            subject: `lot/${state.lot}`,
            fingerprint: NOT_CHANGED,
            class: "business hold",
            state: "held",
            title: `Quality says ${first.to}, the warehouse says ${first.from}.`,
            reason: `${first.quantity} ${state.item} of lot ${state.lot}: the warehouse took the change and did not carry it out.`,
            owner: policy.reviews["status change"].by,
            ...atRisk(state, first.quantity),
          }),
        ],
        ask: [
          {
            approval: "status change",
            because: `${first.quantity} ${state.item} of lot ${state.lot} are still ${first.from} in the warehouse. Approve to send the change again.`,
          },
        ],
      };
    })
    .whenApproved("status change", (state) => ({
      send: state.changes.filter(({ done }) => !done).map((change) => command(state, change)),
      start: ["stock correction"],
    }))
    .whenDeclined("status change", (_state, { by, comment }) => ({
      note: `${by} leaves it as it is: ${comment}`,
    }))
    .whenOverdue("status change", () => ({
      ask: [{ approval: "status change", because: "The warehouse still shows another status." }],
    }));

  /** What so many pieces of the lot stand in the books for, where the ledger has said so. */
  function atRisk({ worth, made }: State, quantity: string) {
    if (worth === undefined) return {};
    const amount = decimals.divide(decimals.multiply(worth.amount, quantity), made, 2);
    return { valueAtRisk: { ...worth, amount: decimals.quantise(amount, worth.currency) } };
  }

  function decided(next: ReturnType<typeof asks>, quantity: string) {
    const total = decimals.add(next.state.decided, quantity);
    const all = decimals.isPositive(next.state.held) && decimals.compare(total, next.state.held) === 0;
    return {
      state: { ...next.state, decided: total },
      ...(all ? { reach: "decided" as const } : {}),
      send: next.commands,
      start: ["stock correction" as const],
    };
  }
};
