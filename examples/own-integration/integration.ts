/**
 * Service visits: a list in a folder becomes visits, each booked with the planners, by a person when it is long. What the tutorial
 * in docs/start builds.
 *
 * The planners are a folder too, so that nothing else has to run; any other connector may stand in its place.
 */
// cut: what it needs
import { command, connection, event, flow, process, send } from "crossdock";
import { csv } from "crossdock/codecs/csv";
import { json } from "crossdock/codecs/json";
import { file } from "crossdock/connectors/file";
import Type, { type Static } from "typebox";

// end

// cut: contracts
const Visit = Type.Object({
  visitId: Type.String(),
  customer: Type.String(),
  // At least one: of no hours at all JavaScript makes 0.
  hours: Type.Integer({ minimum: 1 }),
});
const ofVisits = { version: 1, owner: "field-service", criticality: "C2" } as const;
const visit = { visitId: "V-1", customer: "C-NORTH", hours: 2 };

export const VisitRequested = event({
  ...ofVisits,
  name: "service.visit-requested",
  summary: "A customer wants somebody to come.",
  data: Visit,
  keys: { visit: "visitId", customer: "customer" },
  says: { milestone: "requested" },
  sample: visit,
});

export const BookVisit = command({
  ...ofVisits,
  name: "planners.book-visit",
  summary: "Somebody is to go there.",
  data: Visit,
  keys: { visit: "visitId" },
  sample: visit,
});

export const CancelVisit = command({
  ...ofVisits,
  name: "planners.cancel-visit",
  summary: "Nobody needs to go there any more.",
  data: Type.Object({ visitId: Type.String() }),
  keys: { visit: "visitId" },
  sample: { visitId: "V-1" },
});

export const VisitBooked = event({
  ...ofVisits,
  name: "planners.visit-booked",
  summary: "The planners have it.",
  data: Type.Object({ visitId: Type.String(), booking: Type.String() }),
  keys: { visit: "visitId", booking: "booking" },
  says: { milestone: "booked" },
  sample: { visitId: "V-1", booking: "B-1" },
});

export const VisitCalledOff = event({
  ...ofVisits,
  name: "service.visit-called-off",
  summary: "The customer wants nobody to come.",
  data: Type.Object({ visitId: Type.String() }),
  keys: { visit: "visitId" },
  sample: { visitId: "V-1" },
});
// end

// cut: process
/** The planners are told, and told otherwise if it is given up after all; who is late is noticed. */
const book = (visit: Static<typeof Visit>) => ({
  send: [send(BookVisit.of(visit), { undo: CancelVisit.of({ visitId: visit.visitId }) })],
  start: ["silence"] as const,
});

export const visiting = process({
  name: "visiting",
  version: 1,
  owner: "field-service",
  summary: "A visit from the wish to the visit.",
  keyType: "visit",
  state: Visit,
  milestones: { requested: {}, booked: { due: "1h" } },
  approvals: { "long visit": { by: "field-service", within: "4h" } },
  timers: { silence: "2h", over: "30d" },
})
  .startsOn(VisitRequested, "visitId", (visit) =>
    visit.hours > 8
      ? { state: visit, reach: "requested", ask: ["long visit"] }
      : { state: visit, reach: "requested", ...book(visit) },
  )
  .whenApproved("long visit", (visit) => book(visit))
  .whenDeclined("long visit", (_, { comment }) => ({ end: { abandon: comment } }))
  .when(VisitBooked, "visitId", () => ({ reach: "booked", stop: ["silence"], start: ["over"] }))
  .when(VisitCalledOff, "visitId", () => ({ end: { abandon: "The customer called it off." } }))
  .whenElapsed("silence", () => ({ end: { abandon: "The planners did not answer." } }))
  .whenElapsed("over", () => ({ end: "completed" }));
// end

// cut: flows
export function service(folder: string) {
  const office = connection("office", file, { title: "Service office", config: { inbox: `${folder}/in` } });
  const calls = connection("calls", file, {
    title: "Call centre",
    config: { inbox: `${folder}/called-off` },
  });
  const planners = connection("planners", file, {
    title: "Planners",
    config: { outbox: `${folder}/planners` },
  });
  return {
    name: "service",
    processes: [visiting],
    flows: [
      flow("visit-lists")
        .from(office)
        .decode(csv({ columns: ["visit", "customer", "hours"] }))
        .split("a visit each row", (rows) => rows)
        .map(function visitOf({ visit, customer, hours }) {
          return { visitId: visit, customer, hours: Number(hours) };
        })
        .publish(VisitRequested),
      flow("called-off").from(calls).decode(json()).expect(VisitCalledOff).publish(VisitCalledOff),
      flow("bookings")
        .on(BookVisit)
        .deliver(planners, json())
        .answer(VisitBooked, ({ reference }, { visitId }) => VisitBooked.of({ visitId, booking: reference })),
      flow("cancellations").on(CancelVisit).deliver(planners, json()),
    ],
    rehearsals: async () => (await import("./rehearsals.ts")).rehearsals,
  };
}
// end
