/** The rehearsals of the tutorial's process: every reaction is shown once, with nothing running. */
// cut: rehearsals
import { approved, declined, elapsed, rehearsal } from "crossdock/testing";
import {
  BookVisit,
  CancelVisit,
  VisitBooked,
  VisitCalledOff,
  VisitRequested,
  visiting,
} from "./integration.ts";

const short = { visitId: "V-1", customer: "C-NORTH", hours: 2 };
const long = { ...short, hours: 12 };
const booked = VisitBooked.of({ visitId: "V-1", booking: "B-1" });
const booking = (visit: typeof short) => ({
  send: [{ message: BookVisit.of(visit), undo: CancelVisit.of({ visitId: "V-1" }) }],
  start: ["silence"] as const,
});

export const rehearsals = [
  rehearsal("a short visit is booked at once", visiting)
    .given()
    .when(VisitRequested.of(short))
    .decides({ state: short, reach: "requested", ...booking(short) }),
  rehearsal("a long one is asked about", visiting)
    .given()
    .when(VisitRequested.of(long))
    .decides({ state: long, reach: "requested", ask: ["long visit"] }),
  rehearsal("with a yes it is booked", visiting)
    .given(VisitRequested.of(long))
    .when(approved("long visit"))
    .decides(booking(long)),
  rehearsal("with a no it ends", visiting)
    .given(VisitRequested.of(long))
    .when(declined("long visit", "Send two people."))
    .decides({ end: { abandon: "Send two people." } }),
  rehearsal("the planners have it", visiting)
    .given(VisitRequested.of(short))
    .when(booked)
    .decides({ reach: "booked", stop: ["silence"], start: ["over"] }),
  rehearsal("a visit that is called off is given up", visiting)
    .given(VisitRequested.of(short), booked)
    .when(VisitCalledOff.of({ visitId: "V-1" }))
    .decides({ end: { abandon: "The customer called it off." } }),
  rehearsal("planners who do not answer are not waited for for ever", visiting)
    .given(VisitRequested.of(short))
    .when(elapsed("silence"))
    .decides({ end: { abandon: "The planners did not answer." } }),
  rehearsal("a month later it is over", visiting)
    .given(VisitRequested.of(short), booked)
    .when(elapsed("over"))
    .decides({ end: "completed" }),
];
// end
