/**
 * The transport management system and the carrier behind it.
 *
 * Bookings and cancellations come by idempotency key; the carrier accepts or rejects a tender, fetches the goods when
 * the warehouse hands them over (or at once when the booking names a shipment) and reports until delivery. What must
 * stay true: a shipment is collected once, each of its statuses is told once, and what is collected can no longer be
 * cancelled.
 *
 * @covers SYS-21, SYS-22
 */
import { type Body, optionalText, problemDetails, Refusal, text } from "../kernel/call.ts";
import { KeyedAnswers } from "../kernel/keys.ts";
import type { Tools, Trade } from "../kernel/station.ts";

type BookingStatus = "tendered" | "booked" | "rejected" | "cancelled";

interface Booking {
  readonly id: string;
  readonly orderId: string;
  readonly shipmentId?: string;
  status: BookingStatus;
  readonly carrier: string;
  readonly trackingNumber: string;
}

interface Consignment {
  readonly shipmentId: string;
  readonly orderId: string;
  status: "waiting" | "in-transit" | "delivered";
  /** Of the status, with the words of its report. */
  at: string;
  told: Body;
}

const CARRIERS = ["Alpin Cargo", "Rhône Express", "Nordlicht Spedition"];

export function tms(tools: Tools): Trade {
  const bookings = new Map<string, Booking>();
  const consignments = new Map<string, Consignment>();
  const bookingOf = new Map<string, Booking>();
  const consignmentsOf = new Map<string, Consignment[]>();
  const keys = new KeyedAnswers(tools.commit);
  let rejectNext = 0;

  const told = (booking: Booking, consignment: Consignment | undefined, event: Body) =>
    tools.webhook(booking.orderId, {
      ...event,
      orderId: booking.orderId,
      ...(consignment === undefined && booking.shipmentId === undefined
        ? {}
        : { shipmentId: consignment?.shipmentId ?? booking.shipmentId }),
      bookingId: booking.id,
    });

  function tender(id: string): void {
    const booking = bookings.get(id)!;
    if (booking.status !== "tendered") return;
    if (rejectNext > 0) {
      tools.commit({ kind: "rejected", id });
      told(booking, undefined, {
        type: "carrier.rejected",
        carrier: booking.carrier,
        reason: "No vehicle free on that day.",
      });
      return;
    }
    tools.commit({ kind: "booked", id });
    told(booking, undefined, {
      type: "freight.booked",
      carrier: booking.carrier,
      trackingNumber: booking.trackingNumber,
      cost: { amount: "48.00", currency: "EUR" },
      pickup: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10),
    });
    if (booking.shipmentId !== undefined && !consignments.has(booking.shipmentId)) {
      tools.commit({ kind: "handed-over", shipmentId: booking.shipmentId, orderId: booking.orderId });
    }
    for (const consignment of consignmentsOf.get(booking.orderId) ?? []) collect(consignment);
  }

  /** Starts the carriage of goods that are here, once a booked freight covers them. */
  function collect(consignment: Consignment): void {
    const booking = bookingOf.get(consignment.orderId);
    if (consignment.status !== "waiting" || booking?.status !== "booked") return;
    tools.later(() => report(consignment, "in-transit"));
  }

  function report(consignment: Consignment, status: "in-transit" | "delivered"): void {
    const before = status === "in-transit" ? "waiting" : "in-transit";
    const booking = bookingOf.get(consignment.orderId);
    if (consignment.status !== before || booking?.status !== "booked") return;
    const said = {
      type: "shipment.status",
      status,
      rawStatus: status === "delivered" ? "D1" : "AF",
      location: status === "delivered" ? "Consignee" : "Lyon hub",
      trackingNumber: booking.trackingNumber,
      ...(status === "delivered" ? { signedBy: "M. Dupont" } : {}),
    };
    tools.commit({ kind: "status", shipmentId: consignment.shipmentId, status, told: said });
    told(booking, consignment, said);
    if (status === "in-transit") tools.later(() => report(consignment, "delivered"));
  }

  function cancel(body: Body) {
    const bookingId = optionalText(body, "bookingId");
    const booking = bookingId === undefined ? bookingOf.get(text(body, "orderId")) : bookings.get(bookingId);
    if (booking === undefined || booking.status === "cancelled" || booking.status === "rejected") {
      return { id: booking?.id ?? null, status: "nothing-to-cancel" };
    }
    const moving = (consignmentsOf.get(booking.orderId) ?? []).find(({ status }) => status !== "waiting");
    if (moving !== undefined) {
      throw new Refusal(
        409,
        "ALREADY_COLLECTED",
        `Shipment ${moving.shipmentId} is with the carrier already.`,
      );
    }
    tools.commit({ kind: "cancelled", id: booking.id, reason: optionalText(body, "reason") ?? "" });
    return { id: booking.id, status: "cancelled" };
  }

  return {
    apply(entry, at) {
      if (entry.kind === "answer") keys.apply(entry);
      else if (entry.kind === "tendered") {
        const { kind: _, ...rest } = entry;
        const booking = { ...rest, status: "tendered" } as unknown as Booking;
        bookings.set(booking.id, booking);
        bookingOf.set(booking.orderId, booking);
      } else if (entry.kind === "rejected") {
        bookings.get(entry.id as string)!.status = "rejected";
        rejectNext = Math.max(0, rejectNext - 1);
      } else if (entry.kind === "withdrawn") {
        bookings.get(entry.id as string)!.status = "rejected";
      } else if (entry.kind === "booked" || entry.kind === "cancelled") {
        bookings.get(entry.id as string)!.status = entry.kind;
      } else if (entry.kind === "handed-over") {
        const consignment: Consignment = {
          shipmentId: entry.shipmentId as string,
          orderId: entry.orderId as string,
          status: "waiting",
          at,
          told: {},
        };
        consignments.set(consignment.shipmentId, consignment);
        const siblings = consignmentsOf.get(consignment.orderId) ?? [];
        consignmentsOf.set(consignment.orderId, [...siblings, consignment]);
      } else if (entry.kind === "consignment-lost") {
        const { orderId } = consignments.get(entry.shipmentId as string)!;
        const left = consignmentsOf.get(orderId)!.filter(({ shipmentId }) => shipmentId !== entry.shipmentId);
        consignmentsOf.set(orderId, left);
        consignments.delete(entry.shipmentId as string);
      } else if (entry.kind === "status") {
        const consignment = consignments.get(entry.shipmentId as string)!;
        consignment.status = entry.status as Consignment["status"];
        Object.assign(consignment, { at, told: entry.told ?? {} });
      } else if (entry.kind === "settings") {
        rejectNext = (entry.settings as { rejectNext?: number }).rejectNext ?? rejectNext;
      }
    },
    routes: [
      {
        method: "POST",
        path: /^\/freight-bookings$/,
        handle: (call) =>
          keys.once(call, () => {
            const number = 1001 + bookings.size;
            const shipmentId = optionalText(call.body, "shipmentId");
            const booking = {
              id: `FB-${number}`,
              orderId: text(call.body, "orderId"),
              ...(shipmentId === undefined ? {} : { shipmentId }),
              carrier: CARRIERS[number % CARRIERS.length]!,
              trackingNumber: `TRK${String(number).padStart(9, "0")}`,
            };
            tools.commit({ kind: "tendered", ...booking });
            tools.later(() => tender(booking.id));
            return { status: 201, body: { id: booking.id, orderId: booking.orderId, status: "tendered" } };
          }),
      },
      {
        method: "POST",
        path: /^\/freight-cancellations$/,
        handle: (call) => keys.once(call, () => ({ status: 201, body: cancel(call.body) })),
      },
      {
        method: "GET",
        path: /^\/freight-bookings\/(?<id>.+)$/,
        handle: ({ params }) => {
          const booking = bookings.get(params.id!);
          if (booking === undefined) throw new Refusal(404, "NOT_FOUND", `There is no booking ${params.id}.`);
          return {
            status: 200,
            body: { ...booking, consignments: consignmentsOf.get(booking.orderId) ?? [] },
          };
        },
      },
      keys.route,
      {
        method: "GET",
        path: /^\/consignments$/,
        handle: ({ query }) => {
          const items = (query.get("orders") ?? "")
            .split(",")
            .flatMap((orderId) =>
              bookingOf.has(orderId) ? [{ orderId, consignments: consignmentsOf.get(orderId) ?? [] }] : [],
            );
          return { status: 200, body: { items } };
        },
      },
    ],
    acts: {
      /** Somebody writes another status at the desk, or deletes a consignment, and tells nobody. */
      "by-hand": (body) => {
        const shipmentId = text(body, "shipmentId");
        if (!consignments.has(shipmentId))
          throw new Refusal(404, "NOT_FOUND", `There is no consignment ${shipmentId}.`);
        if (body.lost === true) {
          tools.commit({ kind: "consignment-lost", shipmentId });
          return { shipmentId };
        }
        tools.commit({ kind: "status", shipmentId, status: text(body, "status") });
        return { shipmentId };
      },
      /** A carrier that had taken the goods does not come after all. */
      withdraw: (body) => {
        const booking = bookingOf.get(text(body, "orderId"));
        if (booking?.status !== "booked")
          throw new Refusal(404, "NOT_BOOKED", `Nothing is booked for ${body.orderId}.`);
        tools.commit({ kind: "withdrawn", id: booking.id });
        told(booking, undefined, {
          type: "carrier.rejected",
          carrier: booking.carrier,
          reason: "The vehicle broke down.",
        });
        return { id: booking.id };
      },
      /** The warehouse hands a shipment over. Told again after a restart, it changes nothing. */
      "hand-over": (body) => {
        const shipmentId = text(body, "shipmentId");
        if (!consignments.has(shipmentId)) {
          tools.commit({ kind: "handed-over", shipmentId, orderId: text(body, "orderId") });
          collect(consignments.get(shipmentId)!);
        }
        return { shipmentId };
      },
    },
    settle(body) {
      const { rejectNext: next } = body;
      if (next !== undefined && (!Number.isInteger(next) || (next as number) < 0)) {
        throw new Refusal(400, "INVALID_FIELD", "rejectNext is a whole number.");
      }
      return next === undefined ? {} : { rejectNext: next };
    },
    books: () => ({
      bookings: [...bookings.values()],
      consignments: [...consignments.values()],
      replayedAnswers: keys.replayed,
    }),
    resume() {
      for (const { id, status } of bookings.values())
        if (status === "tendered") tools.later(() => tender(id));
      for (const consignment of consignments.values()) {
        collect(consignment);
        if (consignment.status === "in-transit") tools.later(() => report(consignment, "delivered"));
      }
    },
    dialect: problemDetails,
    refusal: () => new Refusal(422, "LANE_NOT_SERVED", "No carrier serves this lane."),
  };
}
