/** Who may do what, as values: the roles of the business and the parts of it they reach. */
import { expect, test } from "vitest";
import {
  EVERYWHERE,
  type Grant,
  holds,
  holdsAt,
  holdsEverywhere,
  PERMISSIONS,
  type Permission,
  permissionsOf,
  ROLES,
  type RoleName,
} from "./permissions.ts";

const as = (role: RoleName, scope: Partial<Omit<Grant, "may">> = {}) => ({
  grants: [{ may: ROLES[role].may as readonly Permission[], ...EVERYWHERE, ...scope }],
});
const lyon = { domain: "sales", plants: ["LYON"], entities: [] };

test("nobody may do anything before somebody gave it to them", () => {
  for (const permission of Object.keys(PERMISSIONS) as Permission[]) {
    expect(holds({ grants: [] }, permission)).toBe(false);
    expect(holdsAt({ grants: [] }, permission, lyon)).toBe(false);
  }
});

test("no role includes everything, and only these may be the second person, administer, or book something new", () => {
  const having = (permission: Permission) =>
    (Object.keys(ROLES) as RoleName[]).filter((role) => holds(as(role), permission));
  expect(having("approve")).toEqual(["controller"]);
  expect(having("administer")).toEqual(["administrator"]);
  expect(having("replay as new")).toEqual(["finance", "controller"]);
  expect(having("see audit")).toEqual(["auditor"]);
  expect(having("see secrets")).toEqual([]);
  for (const moves of ["answer", "try again", "decide", "fix data", "replay", "view", "view bodies"] as const)
    expect([moves, having(moves).includes("administrator")]).toEqual([moves, false]);
  // Who steers systems sees them, and every role does.
  expect(having("see systems")).toEqual(Object.keys(ROLES));
});

test("a role for one plant reaches what names that plant, and nothing else", () => {
  const her = as("logistics", { plants: ["LYON"] });
  expect(holdsAt(her, "try again", lyon)).toBe(true);
  expect(holdsAt(her, "try again", { ...lyon, plants: ["ULM", "LYON"] })).toBe(true);
  expect(holdsAt(her, "try again", { ...lyon, plants: ["ULM"] })).toBe(false);
  expect(holdsAt(her, "try again", { ...lyon, plants: [] })).toBe(false);
  expect(holdsEverywhere(her, "try again")).toBe(false);
});

test("domain, plant and legal entity narrow a role together; two roles widen each other", () => {
  const his = as("finance", { domains: ["finance"], entities: ["FR01"] });
  expect(holdsAt(his, "decide", { domain: "finance", plants: [], entities: ["FR01"] })).toBe(true);
  expect(holdsAt(his, "decide", { domain: "sales", plants: [], entities: ["FR01"] })).toBe(false);
  expect(holdsAt(his, "decide", { domain: "finance", plants: [], entities: ["DE01"] })).toBe(false);
  const both = { grants: [...his.grants, ...as("viewer").grants] };
  expect(holdsEverywhere(both, "view")).toBe(true);
  expect(holdsEverywhere(both, "decide")).toBe(false);
  expect(permissionsOf(both)).toEqual(permissionsOf(his));
});
