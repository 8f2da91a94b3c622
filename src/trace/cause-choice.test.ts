/** Which causes are shown, and in which order, as values. */
import { expect, test } from "vitest";
import { type CauseChoice, chosenCauses } from "./cause-choice.ts";

const cause = (name: string, more: Partial<Parameters<typeof chosenCauses>[0][number]> = {}) => ({
  name,
  class: "data" as const,
  connection: "erp",
  assignedTo: null,
  snoozedUntil: null,
  oldestAt: "2026-11-20T08:00:00Z",
  documents: 1,
  money: [],
  ...more,
});
const euros = (amount: string) => [{ amount, currency: "EUR" }];
const CAUSES = [
  cause("waits", { class: "temporary", oldestAt: "2026-11-20T11:00:00Z", money: euros("9999999.00") }),
  cause("asleep", { snoozedUntil: "2026-11-21T08:00:00Z", documents: 50 }),
  cause("old", { oldestAt: "2026-11-19T08:00:00Z", money: euros("980.50"), assignedTo: "kim" }),
  cause("new", { oldestAt: "2026-11-20T10:00:00Z", documents: 7, connection: "wms" }),
  cause("dear", { money: euros("12000.00") }),
  cause("foreign", { money: [{ amount: "7.00", currency: "CHF" }] }),
];
const names = (choice: CauseChoice, me: string | null = "kim") =>
  chosenCauses(CAUSES, choice, me).map(({ name }) => name);

test("what needs nobody now comes last in every order, and money is compared as money, within its currency", () => {
  expect(names({})).toEqual(["new", "dear", "foreign", "old", "waits", "asleep"]);
  expect(names({ order: "oldest" })).toEqual(["old", "dear", "foreign", "new", "asleep", "waits"]);
  expect(names({ order: "documents" })).toEqual(["new", "dear", "foreign", "old", "asleep", "waits"]);
  expect(names({ order: "money" })).toEqual(["foreign", "dear", "old", "new", "waits", "asleep"]);
});

test("causes are chosen by whose they are, their class and their system, all at once", () => {
  expect(names({ hands: "mine" })).toEqual(["old"]);
  expect(names({ hands: "mine" }, null)).toEqual([]);
  expect(names({ hands: "asleep" })).toEqual(["asleep"]);
  expect(names({ hands: "nobody", class: "data", system: "erp" })).toEqual(["dear", "foreign", "asleep"]);
});
