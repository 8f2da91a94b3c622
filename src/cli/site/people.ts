/**
 * The people of a fresh start: a set-up link where nobody can administer yet, and the people of a demonstration.
 *
 * A demonstration's people have no password. One link, new with every start and good on this machine only, opens all of them;
 * they are marked in the database, so a production console never lets one in.
 */
import type pg from "pg";
import {
  addPerson,
  closeDemonstration,
  findPerson,
  giveRole,
  makeLink,
  needsSetup,
} from "../../rights/people.ts";
import { EVERYWHERE, type RoleName } from "../../rights/permissions.ts";

const MAKER = { name: "crossdock dev", reason: "The demonstration brings its people." };
const DAY_MS = 86_400_000;

/** One for every kind of work, so that each can be tried; two controllers, because some things need a second person. */
const PEOPLE: readonly { id: string; name: string; roles: readonly RoleName[] }[] = [
  { id: "maria", name: "Maria Silva", roles: ["viewer"] },
  { id: "lars", name: "Lars Berg", roles: ["logistics"] },
  { id: "fatima", name: "Fatima Haddad", roles: ["finance"] },
  { id: "chris", name: "Chris Novak", roles: ["controller", "logistics"] },
  { id: "kim", name: "Kim Tran", roles: ["controller"] },
  { id: "dana", name: "Dana Moreau", roles: ["developer"] },
  { id: "adam", name: "Adam Okafor", roles: ["administrator", "viewer"] },
  { id: "ada", name: "Ada Lindqvist", roles: ["administrator"] },
  { id: "olga", name: "Olga Petrova", roles: ["auditor"] },
];

/** Makes the demonstration's people where they are missing, and returns the token of the link that opens them. */
export async function demonstrationPeople(pool: pg.Pool): Promise<string> {
  for (const { id, name, roles } of PEOPLE) {
    if (await findPerson(pool, id)) continue;
    await addPerson(pool, { id, name, demonstration: true }, MAKER);
    for (const role of roles) await giveRole(pool, id, { role, ...EVERYWHERE }, MAKER);
  }
  return makeLink(pool, { kind: "demonstration", lifetimeMs: 7 * DAY_MS }, MAKER);
}

/**
 * The token of a link that makes the first administrator, or null when there is one. What a demonstration on the same database
 * left open is closed.
 */
export async function setupToken(pool: pg.Pool): Promise<string | null> {
  await closeDemonstration(pool);
  if (!(await needsSetup(pool))) return null;
  return makeLink(
    pool,
    { kind: "setup", lifetimeMs: DAY_MS },
    { name: "crossdock start", reason: "Nobody can administer yet." },
  );
}

/** Where a link leads. The token stands behind the #, which browsers send to nobody. */
export const welcome = (console: string, token: string): string => new URL(`/welcome#${token}`, console).href;
