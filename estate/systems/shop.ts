/**
 * The web shop and the customer portal: each sends its orders to Crossdock's gateway until they are answered, and keeps what it is told about them.
 *
 * What must stay true: an order has one number and one idempotency key for ever, and is sent again with the same bytes
 * after a lost answer, a refusal to connect or a restart, until a 2xx or a final 4xx.
 *
 * @covers SYS-02, SYS-03
 */
import { Agent, request } from "node:http";
import { type Body, list, object, optionalText, problemDetails, Refusal, text } from "../kernel/call.ts";
import { cents, milli, money, quantity } from "../kernel/decimal.ts";
import { KeyedAnswers } from "../kernel/keys.ts";
import type { Tools, Trade } from "../kernel/station.ts";
import { itemOf } from "./goods.ts";

interface ShopOrder {
  readonly orderNumber: string;
  readonly key: string;
  /** Sent as it stands; dropped from memory once answered. */
  body: string;
  readonly placedAt: string;
  state: "sending" | "accepted" | "refused";
  /** Crossdock's number for it. */
  orderId: string | null;
  answer: { status: number; body: string } | null;
  tries: number;
  /** What it was told, and lost. */
  readonly forgotten: ShopOrder["statuses"];
  readonly statuses: {
    status: string;
    at: string;
    told: string;
    part?: unknown;
    of?: unknown;
    /** Of a tax or of a credit note. */
    amount?: unknown;
    creditNote?: unknown;
    /** Of goods that came back. */
    returnId?: unknown;
    invoice?: unknown;
    /** Since when a tax is known, where it is only promised. */
    promisedFrom?: unknown;
    promisedDate?: unknown;
  }[];
}

const IN_FLIGHT_MAX = 64;
const PATIENCE_MS = 15_000;
/** 4xx that are about time, not about the order. */
const AGAIN = new Set([408, 425, 429]);

/** Who orders here, and how it is paid. */
interface Channel {
  readonly name: string;
  readonly prefix: string;
  readonly customer: string;
  readonly paysBy: "card" | "invoice";
}

/** Consumers, by card. */
export const shop = (tools: Tools): Trade =>
  channel(tools, { name: "shop", prefix: "WEB", customer: "C-SHOP", paysBy: "card" });
/** A company's buyers, who also look where their orders stand. */
export const portal = (tools: Tools): Trade =>
  channel(tools, { name: "portal", prefix: "POR", customer: "C-WEST", paysBy: "invoice" });

function channel(tools: Tools, { name, prefix, customer, paysBy }: Channel): Trade {
  const orders = new Map<string, ShopOrder>();
  const byOrderId = new Map<string, ShopOrder>();
  /** Statuses under an id the shop does not know yet. */
  const early = new Map<string, ShopOrder["statuses"]>();
  const keys = new KeyedAnswers(tools.commit);
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT_MAX });
  const apiKey = tools.estate.secrets.apiKeys[name];

  function post(order: ShopOrder): Promise<{ status: number; body: string; retryAfterMs: number } | null> {
    return new Promise((resolve) => {
      const outgoing = request(
        `${tools.estate.crossdock}/v1/sales-orders`,
        {
          method: "POST",
          agent,
          timeout: PATIENCE_MS,
          headers: {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(order.body),
            "idempotency-key": order.key,
            ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", () => resolve(null));
          response.on("end", () => {
            const seconds = Number(response.headers["retry-after"]);
            resolve({
              status: response.statusCode ?? 0,
              body: Buffer.concat(chunks).toString(),
              retryAfterMs: Number.isFinite(seconds) ? Math.min(seconds, 30) * 1000 : 0,
            });
          });
        },
      );
      outgoing.on("timeout", () => outgoing.destroy());
      outgoing.on("error", () => resolve(null));
      outgoing.end(order.body);
    });
  }

  function send(order: ShopOrder): void {
    void post(order).then((answer) => {
      tools.later(() => {
        order.tries += 1;
        const final =
          answer !== null && answer.status < 500 && answer.status >= 200 && !AGAIN.has(answer.status);
        if (!final) {
          const waitMs = Math.max(Math.min(200 * 2 ** (order.tries - 1), 10_000), answer?.retryAfterMs ?? 0);
          tools.later(() => send(order), waitMs);
          return;
        }
        tools.commit({
          kind: "answered",
          orderNumber: order.orderNumber,
          tries: order.tries,
          status: answer.status,
          body: answer.body.slice(0, 4000),
        });
      }, 0);
    });
  }

  function place(body: Body) {
    const orderNumber = optionalText(body, "orderNumber") ?? `${prefix}-${1001 + orders.size}`;
    if (orders.has(orderNumber))
      throw new Refusal(409, "ORDER_EXISTS", `The ${name} has an order ${orderNumber} already.`);
    const own = body.body === undefined ? undefined : object(body, "body");
    // As the gateway's OpenAPI document wants it: our number is the customer's reference there.
    const order = own ?? {
      customerReference: orderNumber,
      customer: optionalText(body, "customer") ?? customer,
      currency: optionalText(body, "currency") ?? "EUR",
      requestedDate:
        optionalText(body, "requestedDate") ??
        new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10),
      lines: list(body, "lines").map((line, index) => {
        const sku = text(line, "sku");
        return {
          line: String(index + 1),
          sku,
          quantity: quantity(milli(line.quantity, "quantity")),
          unit: optionalText(line, "unit") ?? "EA",
          price: money(cents(line.price ?? itemOf.get(sku)?.price, `The price of ${sku}`)),
        };
      }),
      payment: paysBy === "card" ? { method: "card", token: `AUTH-${orderNumber}` } : { method: "invoice" },
      shipTo: {
        name: "Camille Moreau",
        street: "12 rue des Lilas",
        city: "Lyon",
        postalCode: "69003",
        country: "FR",
        ...object(body, "shipTo"),
      },
    };
    const key = optionalText(body, "key") ?? `${name}-${orderNumber}`;
    tools.commit({ kind: "placed", orderNumber, key, body: JSON.stringify(order) });
    // A later turn, so that the books are written before the order leaves.
    tools.later(() => send(orders.get(orderNumber)!), 0);
    return { orderNumber, key };
  }

  /** Somebody looks where an order stands; the answer is a status like any other. */
  function look(body: Body) {
    const orderNumber = text(body, "orderNumber");
    const { orderId } = orders.get(orderNumber) ?? { orderId: null };
    if (orderId === null) throw new Refusal(404, "ORDER_UNKNOWN", `${orderNumber} was not accepted yet.`);
    const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    void fetch(`${tools.estate.crossdock}/v1/sales-orders/${encodeURIComponent(orderId)}`, { headers })
      .then(async (answer) => [answer.ok, (await answer.json()) as { status?: unknown }] as const)
      .then(([ok, seen]) =>
        tools.later(() => {
          if (ok) tools.commit({ kind: "told", id: orderId, status: `seen: ${seen.status}`, said: "" });
        }, 0),
      )
      // Nobody answers now: whoever looks will look again.
      .catch(() => undefined);
    return { orderId };
  }

  /** The buyer wants other quantities; what the gateway said to it is a status like any other. */
  function change(body: Body) {
    const orderNumber = text(body, "orderNumber");
    const changeNumber = optionalText(body, "number") ?? "1";
    const { orderId } = orders.get(orderNumber) ?? { orderId: null };
    if (orderId === null) throw new Refusal(404, "ORDER_UNKNOWN", `${orderNumber} was not accepted yet.`);
    const lines = list(body, "lines").map((line) => ({
      line: text(line, "line"),
      quantity: quantity(milli(line.quantity, "quantity")),
    }));
    void fetch(`${tools.estate.crossdock}/v1/sales-orders/${encodeURIComponent(orderId)}/changes`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": `${name}-${orderNumber}-${changeNumber}`,
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify({ changeNumber, lines }),
    })
      .then(async (answer) => {
        await answer.arrayBuffer();
        const status = `change ${changeNumber} answered ${answer.status}`;
        tools.later(() => tools.commit({ kind: "told", id: orderId, status, said: "" }), 0);
      })
      // Nobody answers now: the buyer will ask again, under the same number.
      .catch(() => undefined);
    return { orderId };
  }

  return {
    apply(entry, at) {
      if (entry.kind === "answer") keys.apply(entry);
      else if (entry.kind === "placed") {
        orders.set(entry.orderNumber as string, {
          orderNumber: entry.orderNumber as string,
          key: entry.key as string,
          body: entry.body as string,
          placedAt: at,
          state: "sending",
          orderId: null,
          answer: null,
          tries: 0,
          statuses: [],
          forgotten: [],
        });
      } else if (entry.kind === "answered") {
        const order = orders.get(entry.orderNumber as string)!;
        const accepted = (entry.status as number) < 300;
        order.state = accepted ? "accepted" : "refused";
        order.tries = entry.tries as number;
        order.answer = { status: entry.status as number, body: entry.body as string };
        order.body = "";
        order.orderId = accepted ? orderIdIn(entry.body as string) : null;
        if (order.orderId !== null) {
          byOrderId.set(order.orderId, order);
          order.statuses.push(...(early.get(order.orderId) ?? []));
          early.delete(order.orderId);
        }
      } else if (entry.kind === "told") {
        const id = entry.id as string;
        const { part, of, amount, creditNote, invoice, returnId, promisedFrom, promisedDate } = (entry.more ??
          {}) as Record<string, unknown>;
        const said = { status: entry.status as string, at: entry.said as string, told: at };
        const status = {
          ...said,
          ...(part === undefined ? {} : { part, of }),
          ...(said.status === "taxed" ? { amount, promisedFrom } : {}),
          ...(said.status === "credited" ? { amount, creditNote, invoice } : {}),
          ...(said.status === "returned" ? { returnId } : {}),
          ...(promisedDate === undefined ? {} : { promisedDate }),
        };
        const order = byOrderId.get(id) ?? orders.get(id);
        if (order !== undefined) order.statuses.push(status);
        else early.set(id, [...(early.get(id) ?? []), status]);
      } else if (entry.kind === "forgotten") {
        const { statuses, forgotten } = byOrderId.get(entry.id as string)!;
        const [from, to] = entry.found === true ? [forgotten, statuses] : [statuses, forgotten];
        to.push(...from.filter(({ status }) => status === entry.status));
        from.splice(0, from.length, ...from.filter(({ status }) => status !== entry.status));
      }
    },
    routes: [
      {
        method: "PUT",
        path: /^\/orders\/(?<id>[^/]+)\/status$/,
        handle: (call) =>
          keys.once(
            call,
            () => {
              const id = call.params.id!;
              const status = text(call.body, "status");
              const said = optionalText(call.body, "at") ?? "";
              const { status: _, at: __, ...more } = call.body;
              tools.commit({ kind: "told", id, status, said, more });
              return { status: 200, body: { orderId: id, status } };
            },
            true,
          ),
      },
      {
        method: "GET",
        path: /^\/orders$/,
        handle: ({ query }) => {
          const returned = query.get("returns")?.split(",");
          const ids = returned
            ? [...byOrderId].flatMap(([id, { statuses }]) =>
                statuses.some(({ returnId }) => returned.includes(returnId as string)) ? [id] : [],
              )
            : (query.get("ids") ?? "").split(",");
          const found = ids.flatMap((id) => {
            const order = byOrderId.get(id);
            return order ? [{ orderId: id, state: order.state, statuses: order.statuses }] : [];
          });
          return { status: 200, body: { orders: found } };
        },
      },
      {
        method: "GET",
        path: /^\/orders\/(?<id>[^/]+)$/,
        handle: ({ params }) => {
          const order = byOrderId.get(params.id!) ?? orders.get(params.id!);
          if (order === undefined)
            throw new Refusal(404, "ORDER_UNKNOWN", `The ${name} has no order ${params.id}.`);
          return { status: 200, body: { ...order, body: undefined, forgotten: undefined } };
        },
      },
      keys.route,
    ],
    acts: {
      "place-order": place,
      "change-order": change,
      look,
      /** A restore from a backup: what it was told of an order is gone, or found again. */
      forget: (body) => {
        const [id, status] = [text(body, "orderId"), text(body, "status")];
        if (!byOrderId.has(id)) throw new Refusal(404, "ORDER_UNKNOWN", `The shop has no order ${id}.`);
        tools.commit({ kind: "forgotten", id, status, found: body.found === true });
        return { id, status };
      },
    },
    settle: (body) => {
      throw new Refusal(
        400,
        "NO_SUCH_SETTING",
        `The ${name} has no settings, found ${Object.keys(body).join(", ")}.`,
      );
    },
    books: () => ({
      orders: [...orders.values()].map(({ body: _, forgotten: __, ...order }) => order),
      statusesOfUnknownOrders: Object.fromEntries(early),
      replayedAnswers: keys.replayed,
    }),
    resume() {
      for (const order of orders.values()) if (order.state === "sending") send(order);
    },
    dialect: problemDetails,
    refusal: () => new Refusal(422, "ORDER_ARCHIVED", "The order is archived and takes no status."),
    stop: () => agent.destroy(),
  };
}

function orderIdIn(answer: string): string | null {
  try {
    const body = JSON.parse(answer) as { orderId?: unknown; id?: unknown };
    const id = body.orderId ?? body.id;
    return typeof id === "string" ? id : null;
  } catch {
    return null;
  }
}
