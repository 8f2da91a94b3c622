/**
 * The supplier portal: purchase orders, changes, cancellations and requests for commitment come in; confirmations, delays,
 * ship notices and invoices go out, for every supplier of Meridian.
 *
 * What must stay true: what has left can no longer be cancelled, and an invoice names what was ordered of whom. The answers a
 * supplier gives are set beforehand (`answers`), so that a test decides who keeps silent.
 *
 * @covers SYS-26, SYS-27
 */
import { type Body, list, object, optionalText, Refusal, text } from "../kernel/call.ts";
import { cents, extended, milli, money, portion, quantity } from "../kernel/decimal.ts";
import { desk, type Kept } from "../kernel/desk.ts";
import type { Tools, Trade } from "../kernel/station.ts";

/** How a supplier answers about an order: by itself with yes unless told otherwise. */
interface Manner {
  readonly confirm?: "yes" | "silent" | "late";
  /** How many can come in time; the rest comes on `lateDate`. */
  readonly onTime?: string;
  readonly lateDate?: string;
}

const TAX = "0.20";

const pieces = (body: Body, field: string) =>
  (Array.isArray(body[field]) ? (body[field] as Body[]) : []).map((line) => ({
    sku: text(line, "sku"),
    quantity: text(line, "quantity"),
  }));

/** Components that stand with the supplier, by item, and the movements that say so. */
function componentsOf(moved: readonly Kept[]): Body {
  const held: Record<string, bigint> = {};
  for (const { came, went } of moved)
    for (const [lines, way] of [
      [came, 1n],
      [went, -1n],
    ] as const)
      for (const { sku, quantity: value } of lines as { sku: string; quantity: string }[])
        held[sku] = (held[sku] ?? 0n) + way * milli(value);
  return {
    components: Object.fromEntries(Object.entries(held).map(([sku, value]) => [sku, quantity(value)])),
    componentMovements: moved.map(({ number }) => number),
  };
}

export function supplier(tools: Tools): Trade {
  return desk(tools, ({ documents, settings, tell, told, change }) => {
    const manner = (order: string): Manner =>
      ((settings.answers as Record<string, Manner>)[order] ??
        (settings.answers as Record<string, Manner>).default ??
        {}) as Manner;
    const orderOf = (id: string) =>
      [...documents.orders!.values()].find(({ purchaseOrderId }) => purchaseOrderId === id);
    const head = (order: Kept) => ({ purchaseOrderId: order.purchaseOrderId, supplier: order.supplier });

    function confirm(order: Kept, about: Body, requestId?: string): void {
      const { confirm: how = "yes", onTime, lateDate } = manner(order.purchaseOrderId as string);
      if (how === "silent") return;
      const needBy = (about.needBy ?? order.needBy) as string;
      const commitments = (about.lines as Body[]).flatMap((line) => {
        const all = String(line.quantity);
        const now = onTime === undefined ? all : onTime;
        const rest = milli(all) - milli(now);
        const commitment = (value: string, date: string, status: string) => ({
          line: line.line,
          sku: line.sku,
          quantity: value,
          promisedDate: date,
          status,
        });
        return [
          commitment(now, needBy, rest > 0n ? "changed" : "confirmed"),
          ...(rest > 0n ? [commitment(String(rest / 1000n), lateDate ?? needBy, "changed")] : []),
        ];
      });
      change("orders", order.number, { confirmed: commitments });
      tell(order.purchaseOrderId as string, {
        type: "order.confirmed",
        confirmationId: `CF-${order.number}-${requestId ?? "order"}`,
        ...(requestId === undefined ? {} : { requestId }),
        ...head(order),
        commitments,
        deviations: commitments.length > (about.lines as Body[]).length ? ["Part of it comes later."] : [],
      });
    }

    const lines = (body: Body) =>
      list(body, "lines").map((line) => ({
        line: text(line, "line"),
        sku: text(line, "sku"),
        quantity: text(line, "quantity"),
        ...(line.price === undefined ? {} : { price: money(cents(line.price)) }),
      }));

    return {
      settings: { answers: {}, unknown: [] },
      routes: [
        {
          method: "GET",
          path: /^\/purchase-orders$/,
          handle: ({ query }) => ({
            status: 200,
            body: {
              items: (query.get("ids") ?? "").split(",").flatMap((id) => {
                const order = orderOf(id);
                const moved = [...documents["component-movements"]!.values()].filter(
                  ({ purchaseOrderId, lost }) => purchaseOrderId === id && lost !== true,
                );
                if (order === undefined && moved.length === 0) return [];
                const invoices = told.filter(
                  ({ type, purchaseOrderId }) => type === "invoice.issued" && purchaseOrderId === id,
                );
                return [{ purchaseOrderId: id, ...order, invoices, ...componentsOf(moved) }];
              }),
            },
          }),
        },
      ],
      collections: {
        orders: {
          prefix: "SO",
          check(body) {
            const supplier = text(body, "supplier");
            if ((settings.unknown as readonly string[]).includes(supplier))
              throw new Refusal(422, "UNKNOWN_SUPPLIER", `${supplier} is no member of the portal.`, {
                field: "supplier",
                missing: { keyType: "supplier", value: supplier },
              });
            return {
              purchaseOrderId: text(body, "purchaseOrderId"),
              supplier,
              needBy: text(body, "needBy"),
              lines: lines(body),
              state: "open",
            };
          },
          taken: (order) => confirm(order, order),
        },
        changes: {
          prefix: "CH",
          check(body) {
            const order = orderOf(text(body, "purchaseOrderId"));
            if (order === undefined)
              throw new Refusal(404, "NO_SUCH_ORDER", `There is no order ${body.purchaseOrderId}.`);
            change("orders", order.number, { lines: lines(body), changed: true, changes: body.lines });
            return body;
          },
        },
        "component-movements": {
          prefix: "CM",
          check: (body) => ({
            purchaseOrderId: text(body, "purchaseOrderId"),
            report: text(body, "report"),
            came: pieces(body, "came"),
            went: pieces(body, "went"),
          }),
        },
        cancellations: {
          prefix: "CN",
          check(body) {
            const order = orderOf(text(body, "purchaseOrderId"));
            if (order === undefined) return { ...body, state: "nothing-to-cancel" };
            if (order.state === "shipped")
              throw new Refusal(409, "ALREADY_SHIPPED", `The goods of ${order.purchaseOrderId} have left.`);
            change("orders", order.number, { state: "cancelled" });
            return { ...body, state: "cancelled" };
          },
        },
        "commitment-requests": {
          prefix: "RQ",
          check: (body) => ({
            requestId: text(body, "requestId"),
            purchaseOrderId: text(body, "purchaseOrderId"),
            needBy: text(body, "needBy"),
            lines: lines(body),
          }),
          taken(request) {
            const order = orderOf(request.purchaseOrderId as string);
            if (order !== undefined) confirm(order, request, request.requestId as string);
          },
        },
      },
      acts: {
        /** Somebody changes an order at the portal and tells nobody: `{purchaseOrderId, …}`, field by field. */
        "by-hand"({ purchaseOrderId: _, ...fields }) {
          const order = orderOf(text({ purchaseOrderId: _ }, "purchaseOrderId"));
          if (order === undefined) throw new Refusal(404, "NO_SUCH_ORDER", `There is no order ${_}.`);
          change("orders", order.number, fields);
          return { order: order.number };
        },
        /** A movement of components is gone, or found again, and nobody is told. */
        "lose-components"(body) {
          const moved = [...documents["component-movements"]!.values()].find(
            ({ report }) => report === text(body, "report"),
          );
          if (moved === undefined)
            throw new Refusal(404, "NO_SUCH_MOVEMENT", `There is no movement ${body.report}.`);
          change("component-movements", moved.number, { lost: body.found !== true });
          return { number: moved.number };
        },
        /** An answer that was held back is given now. */
        answer(body) {
          const request = [...documents["commitment-requests"]!.values()].findLast(
            ({ purchaseOrderId }) => purchaseOrderId === text(body, "purchaseOrderId"),
          );
          const order = orderOf(text(body, "purchaseOrderId"));
          if (order === undefined || request === undefined)
            throw new Refusal(404, "NO_SUCH_REQUEST", "Nobody asked for that.");
          const before = manner(order.purchaseOrderId as string);
          (settings.answers as Record<string, Manner>)[order.purchaseOrderId as string] = {
            ...before,
            confirm: "yes",
          };
          confirm(order, request, request.requestId as string);
          return { requestId: request.requestId };
        },
        delay(body) {
          const order = orderOf(text(body, "purchaseOrderId"));
          if (order === undefined)
            throw new Refusal(404, "NO_SUCH_ORDER", `There is no order ${body.purchaseOrderId}.`);
          const [line] = order.lines as Body[];
          change("orders", order.number, { needBy: text(body, "newDate") });
          tell(order.purchaseOrderId as string, {
            type: "delivery.delayed",
            noticeId: optionalText(body, "noticeId") ?? `DN-${order.number}-${text(body, "newDate")}`,
            ...head(order),
            line: line!.line,
            sku: line!.sku,
            oldDate: text(body, "oldDate"),
            newDate: text(body, "newDate"),
            cause: optionalText(body, "cause") ?? "The supplier is late.",
            ...(body.noticedAt === undefined ? {} : { occurredAt: body.noticedAt }),
          });
          return {};
        },
        ship(body) {
          const order = orderOf(text(body, "purchaseOrderId"));
          if (order === undefined)
            throw new Refusal(404, "NO_SUCH_ORDER", `There is no order ${body.purchaseOrderId}.`);
          change("orders", order.number, { state: "shipped" });
          tell(order.purchaseOrderId as string, {
            type: "shipment.notified",
            despatchAdviceId: `ASN-${order.number}`,
            ...head(order),
            lines: order.lines,
          });
          return { despatchAdviceId: `ASN-${order.number}` };
        },
        /** Bills the order; `prices` and `quantities` by line make it differ from what was ordered. */
        invoice(body) {
          const order = orderOf(text(body, "purchaseOrderId"));
          if (order === undefined)
            throw new Refusal(404, "NO_SUCH_ORDER", `There is no order ${body.purchaseOrderId}.`);
          const prices = object(body, "prices");
          const quantities = object(body, "quantities");
          const billed = (order.lines as Body[]).map((line) => {
            const value = String(quantities[line.line as string] ?? line.quantity);
            const price = cents(prices[line.line as string] ?? line.price);
            return {
              line: line.line,
              sku: line.sku,
              quantity: value,
              amount: money(extended(price, milli(value))),
            };
          });
          const net = billed.reduce((sum, { amount }) => sum + cents(amount), 0n);
          const supplierInvoiceId = optionalText(body, "invoice") ?? `SI-${order.number}`;
          tell(order.purchaseOrderId as string, {
            type: "invoice.issued",
            supplierInvoiceId,
            ...head(order),
            lines: billed,
            net: money(net),
            tax: money(portion(net, TAX)),
            gross: money(net + portion(net, TAX)),
            issueDate: optionalText(body, "issueDate") ?? new Date().toISOString().slice(0, 10),
          });
          return { supplierInvoiceId };
        },
      },
    };
  });
}
