/** Every rehearsal holds, and every reaction has one. */
// cut: tests
import { check, unrehearsed, walkArrival } from "crossdock/testing";
import { expect, test } from "vitest";
import { service, VisitRequested, visiting } from "./integration.ts";
import { rehearsals } from "./rehearsals.ts";

test.each(rehearsals)("$name", (one) => check(one));

test("every reaction is rehearsed", () => {
  expect(unrehearsed(visiting, rehearsals)).toEqual([]);
});

test("a list becomes visits, and a row that is none is refused alone", () => {
  const [lists] = service("nowhere").flows;
  const walked = walkArrival(
    lists!,
    Buffer.from("visit,customer,hours\nV-1,C-NORTH,2\nV-2,C-EAST,two\nV-3,C-WEST,\n"),
  );
  expect(walked.messages).toEqual([VisitRequested.of({ visitId: "V-1", customer: "C-NORTH", hours: 2 })]);
  expect(walked.refused.map(({ part, error }) => [part, error.message])).toEqual([
    [1, "service.visit-requested v1 is not kept: field hours must be integer."],
    [2, "service.visit-requested v1 is not kept: field hours must be >= 1."],
  ]);
});
// end
