/**
 * The payment gateway: captures and refunds card payments by idempotency key and pays out what it captured.
 *
 * What must stay true: every capture is in exactly one payout, a payout is gross − refunds − fee = net, and an order is
 * never refunded more than was captured for it.
 *
 * @covers SYS-30
 */
import { amount, optionalText, problemDetails, Refusal, text } from "../kernel/call.ts";
import { cents, money, portion } from "../kernel/decimal.ts";
import { KeyedAnswers } from "../kernel/keys.ts";
import type { Tools, Trade } from "../kernel/station.ts";

interface Capture {
  readonly id: string;
  readonly orderId: string;
  readonly invoice?: string;
  amount: string;
  readonly currency: string;
  readonly at: string;
  announced: boolean;
  payoutId: string | null;
}

interface Refund {
  readonly id: string;
  readonly orderId: string;
  readonly amount: string;
  readonly reason: string;
  payoutId: string | null;
}

interface Payout {
  readonly id: string;
  readonly gross: string;
  readonly refunds: string;
  readonly fee: string;
  readonly net: string;
}

export function payments(tools: Tools): Trade {
  const captures = new Map<string, Capture>();
  const refunds = new Map<string, Refund>();
  const payouts: Payout[] = [];
  const open = { captures: new Set<Capture>(), refunds: new Set<Refund>() };
  const byOrder = new Map<string, { captured: bigint; refunded: bigint }>();
  const keys = new KeyedAnswers(tools.commit);
  let feeRate = "0.014";
  let payoutToBank = false;
  let autoPayout = true;
  let payoutPlanned = false;

  const account = (orderId: string) => {
    const known = byOrder.get(orderId) ?? { captured: 0n, refunded: 0n };
    byOrder.set(orderId, known);
    return known;
  };

  function announce(capture: Capture): void {
    const { id, at: _, announced: __, payoutId: ___, ...rest } = capture;
    tools.commit({ kind: "announced", id });
    tools.webhook(capture.orderId, { type: "payment.captured", captureId: id, ...rest });
    planPayout();
  }

  function planPayout(): void {
    if (payoutPlanned || !autoPayout) return;
    payoutPlanned = true;
    tools.later(payOut);
  }

  function payOut(): void {
    payoutPlanned = false;
    const paid = [...open.captures].filter(({ announced }) => announced);
    const returned = [...open.refunds];
    if (paid.length === 0) return;
    const lines = paid.map((capture) => ({
      captureId: capture.id,
      orderId: capture.orderId,
      ...(capture.invoice === undefined ? {} : { invoice: capture.invoice }),
      amount: capture.amount,
      fee: money(portion(cents(capture.amount), feeRate)),
    }));
    const sum = (amounts: readonly string[]) => amounts.reduce((total, next) => total + cents(next), 0n);
    const gross = sum(lines.map((line) => line.amount));
    const back = sum(returned.map((refund) => refund.amount));
    const fee = sum(lines.map((line) => line.fee));
    const payout: Payout = {
      id: `PO-${7001 + payouts.length}`,
      gross: money(gross),
      refunds: money(back),
      fee: money(fee),
      net: money(gross - back - fee),
    };
    tools.commit({
      kind: "paid-out",
      payout,
      captures: paid.map(({ id }) => id),
      refunds: returned.map(({ id }) => id),
    });
    const { id: payoutId, ...figures } = payout;
    tools.webhook(payoutId, {
      type: "payout.settled",
      payoutId,
      currency: "EUR",
      ...figures,
      captures: lines,
    });
    if (payoutToBank) {
      tools.ask("bank", "receive", {
        amount: payout.net,
        currency: "EUR",
        debtor: "Card payments",
        remittance: payoutId,
        endToEndId: payoutId,
      });
    }
  }

  return {
    apply(entry, at) {
      if (entry.kind === "answer") keys.apply(entry);
      else if (entry.kind === "captured") {
        const { kind: _, ...rest } = entry;
        const capture = { ...rest, at, announced: false, payoutId: null } as unknown as Capture;
        captures.set(capture.id, capture);
        open.captures.add(capture);
        account(capture.orderId).captured += cents(capture.amount);
      } else if (entry.kind === "by-hand") {
        captures.get(entry.id as string)!.amount = entry.amount as string;
      } else if (entry.kind === "announced") captures.get(entry.id as string)!.announced = true;
      else if (entry.kind === "refunded") {
        const { kind: _, ...rest } = entry;
        const refund = { ...rest, payoutId: null } as unknown as Refund;
        refunds.set(refund.id, refund);
        open.refunds.add(refund);
        account(refund.orderId).refunded += cents(refund.amount);
      } else if (entry.kind === "paid-out") {
        const payout = entry.payout as Payout;
        payouts.push(payout);
        for (const id of entry.captures as string[]) settle(open.captures, captures.get(id)!, payout.id);
        for (const id of entry.refunds as string[]) settle(open.refunds, refunds.get(id)!, payout.id);
      } else if (entry.kind === "settings") {
        const settings = entry.settings as {
          feeRate?: string;
          payoutToBank?: boolean;
          autoPayout?: boolean;
        };
        autoPayout = settings.autoPayout ?? autoPayout;
        feeRate = settings.feeRate ?? feeRate;
        payoutToBank = settings.payoutToBank ?? payoutToBank;
      }
    },
    routes: [
      {
        method: "GET",
        path: /^\/captures$/,
        handle: ({ query }) => {
          const wanted = (query.get("orders") ?? "").split(",");
          const items = [...captures.values()].filter(({ orderId }) => wanted.includes(orderId));
          return { status: 200, body: { items } };
        },
      },
      {
        method: "POST",
        path: /^\/captures$/,
        handle: (call) =>
          keys.once(call, () => {
            const value = amount(call.body, "amount");
            if (value <= 0n)
              throw new Refusal(422, "AMOUNT_INVALID", "A capture is more than 0.00.", { field: "amount" });
            const invoice = optionalText(call.body, "invoice");
            const authorization = optionalText(call.body, "authorization");
            const capture = {
              id: `CAP-${1001 + captures.size}`,
              orderId: text(call.body, "orderId"),
              ...(invoice === undefined ? {} : { invoice }),
              ...(authorization === undefined ? {} : { authorization }),
              amount: money(value),
              currency: text(call.body, "currency"),
            };
            tools.commit({ kind: "captured", ...capture });
            tools.later(() => announce(captures.get(capture.id)!));
            return { status: 201, body: { ...capture, status: "succeeded" } };
          }),
      },
      {
        method: "POST",
        path: /^\/refunds$/,
        handle: (call) =>
          keys.once(call, () => {
            const captureId = optionalText(call.body, "captureId");
            const orderId =
              captureId === undefined ? text(call.body, "orderId") : (captures.get(captureId)?.orderId ?? "");
            const known = byOrder.get(orderId);
            if (known === undefined) {
              return {
                status: 201,
                body: { id: null, orderId, amount: "0.00", status: "nothing-to-refund" },
              };
            }
            const value =
              call.body.amount === undefined ? known.captured - known.refunded : amount(call.body, "amount");
            if (value <= 0n || known.refunded + value > known.captured) {
              throw new Refusal(
                422,
                "REFUND_TOO_LARGE",
                `Order ${orderId}: captured ${money(known.captured)}, refunded ${money(known.refunded)}, asked ${money(value)}.`,
              );
            }
            const refund = {
              id: `REF-${2001 + refunds.size}`,
              orderId,
              amount: money(value),
              reason: optionalText(call.body, "reason") ?? "",
            };
            tools.commit({ kind: "refunded", ...refund });
            return { status: 201, body: { ...refund, status: "succeeded" } };
          }),
      },
      keys.route,
    ],
    acts: {
      /** Somebody changes what was captured for an order, and tells nobody. */
      "by-hand": (body) => {
        const orderId = text(body, "orderId");
        const capture = [...captures.values()].find((one) => one.orderId === orderId);
        if (capture === undefined)
          throw new Refusal(404, "NOT_FOUND", `Nothing was captured for ${orderId}.`);
        tools.commit({ kind: "by-hand", id: capture.id, amount: money(amount(body, "amount")) });
        return { id: capture.id };
      },
      /** What was captured and given back so far is paid out now. */
      "pay-out": () => {
        const before = payouts.length;
        payOut();
        return { payoutId: payouts[before]?.id ?? null };
      },
    },
    settle(body) {
      const { feeRate: rate, payoutToBank: bank, autoPayout: auto } = body;
      if (auto !== undefined && typeof auto !== "boolean") {
        throw new Refusal(400, "INVALID_FIELD", "autoPayout is true or false.");
      }
      if (rate !== undefined && (typeof rate !== "string" || !/^0(\.\d{1,4})?$/.test(rate))) {
        throw new Refusal(400, "INVALID_FIELD", 'feeRate is text such as "0.014".');
      }
      if (bank !== undefined && typeof bank !== "boolean") {
        throw new Refusal(400, "INVALID_FIELD", "payoutToBank is true or false.");
      }
      return {
        ...(rate === undefined ? {} : { feeRate: rate }),
        ...(bank === undefined ? {} : { payoutToBank: bank }),
        ...(auto === undefined ? {} : { autoPayout: auto }),
      };
    },
    books: () => ({
      captures: [...captures.values()],
      refunds: [...refunds.values()],
      payouts,
      replayedAnswers: keys.replayed,
    }),
    resume() {
      for (const capture of captures.values()) if (!capture.announced) tools.later(() => announce(capture));
      if (open.captures.size > 0) planPayout();
    },
    dialect: problemDetails,
    refusal: () => new Refusal(402, "CARD_DECLINED", "The card was declined by its issuer."),
  };
}

function settle<Part extends { payoutId: string | null }>(
  open: Set<Part>,
  part: Part,
  payoutId: string,
): void {
  part.payoutId = payoutId;
  open.delete(part);
}
