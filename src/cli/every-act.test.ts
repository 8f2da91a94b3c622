/**
 * Whatever changes something can be done at the console and at the command line: every route of the console's API is held against the
 * commands that press it and the pages that do.
 *
 * The commands run against a real console and most are refused there, for want of what they name; what counts is what they ask for. A
 * route nobody presses fails here, and so does an exception that is none any more.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type SmallSite, smallSite } from "../testing/small-site.ts";
import { rememberingTerminal } from "../testing/terminal.ts";
import { EXIT } from "./exit.ts";
import { program } from "./main.ts";

const ID = "00000000-0000-4000-8000-000000000000";
const WHY = ["--because", "To see."];

/** One line for each act; several where one act is asked for in several ways. */
const COMMANDS: readonly (readonly string[])[] = [
  ["approve", "question-1"],
  ["retry", "delivery-1", ...WHY],
  ["settle", "delivery-1", "--not-booked"],
  ["cancel", "delivery-1", ...WHY],
  ["exceptions", "solve", "1", ...WHY],
  ["exceptions", "note", "GR-AAAAAA", "Look."],
  ["documents", "note", "SO-1", "Look."],
  ["documents", "hold", "SO-1", ...WHY],
  ["documents", "release", "SO-1", ...WHY],
  ["bulk", "freeze", "cancel", "--delivery", "delivery-1", ...WHY],
  ["bulk", "stop", ID],
  ["batches", ID, "--pause"],
  ["systems", "pause", "nowhere", ...WHY],
  ["systems", "probe", "erp"],
  ["agree", "compare", "nothing", ...WHY],
  ["agree", "mend", "order/SO-1", "dispatched", "ask again", ...WHY],
  ["periods", "close", "ME-01", "2026-11", ...WHY],
  ["periods", "delivered", "bank", "--through", "2026-11-30", ...WHY],
  ["cutovers", "what-if", "goods-receipt/ME-01/LYO"],
  ["cutovers", "ask", "goods-receipt/ME-01/LYO", "shadow", ...WHY],
  ["map", "nothing", "--event", "1"],
  ["runbooks", "open", "RUN-04", "--system", "erp"],
  ["runbooks", "done", "1", "--run", ID],
  ["runbooks", "close", "--run", ID, "--outcome", "Seen."],
  ["runbooks", "rehearse", "RUN-04"],
  ["process", "migrate", "order-to-cash", "--from", "1", "--to", "1", "--only", "SO-1", "--yes", ...WHY],
  ["people", "add", "ted", "Ted Tally"],
  ["people", "invite", "ted"],
  ["people", "give", "ted", "viewer"],
  ["people", "take", "ted", "viewer"],
  ["people", "disable", "ted"],
  ["people", "enable", "ted"],
  ["people", "reset-second-factor", "ted"],
  ["people", "end-session", ID],
  ["audit", "export"],
  ["clock", "1h"],
];

/** Pressed by a command that has to sign somebody in first, or that needs more than this small site has. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  "/api/approvals/:id/decide": ["approvals", "yes"],
  "/api/emergency/begin": ["people", "break-glass"],
  "/api/emergency/:id/end": ["people", "emergencies"],
  "/api/second-factor/begin": ["people", "enrol"],
  "/api/second-factor/confirm": ["people", "enrol"],
  "/api/second-factor/recovery-codes": ["people", "recovery-codes"],
  "/api/second-factor/remove": ["people", "remove-second-factor"],
  "/api/password": ["people", "password"],
  "/api/sign-in": ["approvals", "yes"],
  "/api/sign-out": ["approvals", "yes"],
  "/api/contracts/:name/check": ["contracts", "check"],
  "/api/processes/:name/moves": ["process", "migrate"],
  "/api/cutovers/:id/would-book": ["cutovers", "what-if"],
  "/api/documents/:correlation/steps/:position/reveal": ["trace"],
  "/api/batches/:id/reveal": ["batches"],
  "/api/arrivals/:id/reveal": ["arrival"],
  "/api/demonstration/stories/:story": ["estate"],
};

/** Done by a command where the thing itself is, and audited there by the same code. */
const AT_THE_THING: Readonly<Record<string, readonly [because: string, ...command: string[]]>> = {
  "/api/admin/keys": ["the first key is made before any console runs", "clients", "create"],
  "/api/admin/keys/:id/revoke": ["a key can be ended while no console runs", "clients", "revoke"],
  "/api/audit/verify": ["whoever doubts the site asks the database", "audit", "verify"],
  "/api/demonstration/systems/:system/faults": ["a simulated system is outside", "estate"],
};

/** What only somebody in a browser does. */
const BROWSER: Readonly<Record<string, string>> = {
  "/api/links/open": "a link somebody was sent is opened where they sign in",
  "/api/links/set-up": "the first person is made by the link of the first start",
  "/api/links/accept": "an invitation is taken by whom it was sent to",
  "/api/links/demonstration": "the demonstration signs in whoever has its link",
  "/api/prove": "a command signs in anew instead of proving again",
  "/api/see-as": "it is the pages that are seen as somebody else sees them",
};

/** Asked for by the command line alone. */
const NO_PAGE: Readonly<Record<string, string>> = {
  "/api/processes/:name/moves/look": "a page reads the plan whole",
  "/api/cutovers/:id/would-book": "another build is on the machine of whoever writes it",
};

let site: SmallSite;
let pressed: readonly string[];

beforeAll(async () => {
  site = await smallSite();
  await site.order(1, "UNKNOWN", "100.00");
  await site.db.pool.query(
    "insert into batch (id, flow, source, file, identity, hash, bytes, place) values ($1, 'f', 's', 'a.csv', 'a', 'h', 1, '{}')",
    [ID],
  );
  const asked = new Set<string>();
  const { fetch } = globalThis;
  vi.stubGlobal("fetch", (url: URL, options: RequestInit) => {
    if (options.method === "POST") asked.add(decodeURIComponent(url.pathname));
    return fetch(url, options);
  });
  for (const words of COMMANDS) await site.xd(words);
  vi.unstubAllGlobals();
  pressed = [...asked];
});
afterAll(() => site.close());

const changing = () => site.open.routes.filter(({ method }) => method === "POST").map(({ path }) => path);
const isOf = (route: string) => new RegExp(`^${route.replaceAll(/:\w+/g, ".+")}$`);

test("nothing is changed but by POST", () => {
  expect(new Set(site.open.routes.map(({ method }) => method))).toEqual(new Set(["GET", "POST"]));
});

test("every act of the console has a command, or a reason to have none", () => {
  const told = { ...ELSEWHERE, ...AT_THE_THING, ...BROWSER };
  const without = changing().filter((route) => !pressed.some((path) => isOf(route).test(path)));
  expect(without.toSorted()).toEqual(Object.keys(told).toSorted());
});

test("what is said to be elsewhere is there", () => {
  const root = program(rememberingTerminal());
  const named = [...Object.values(ELSEWHERE), ...Object.values(AT_THE_THING).map(([, ...words]) => words)];
  for (const words of named) {
    let command = root;
    for (const word of words) {
      const next = command.commands.find((one) => one.name() === word);
      expect(next, words.join(" ")).toBeDefined();
      command = next!;
    }
  }
  const commands = sources(import.meta.dirname);
  expect(Object.keys(ELSEWHERE).filter((route) => !asks(commands, route))).toEqual([]);
});

test("every act of the command line has a page, or a reason to have none", () => {
  const pages = sources(join(import.meta.dirname, "../console/web"));
  const without = changing().filter((route) => !asks(pages, route));
  expect(without.toSorted()).toEqual(Object.keys(NO_PAGE).toSorted());
});

/** All that is written in a folder but its tests. */
const sources = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/\.(test|fixtures)\./.test(file))
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n");

/** Whether the end of the route, from its last name on, stands there as the end of an address; all of it where it has no names. */
function asks(written: string, route: string): boolean {
  const path = route.slice("/api".length);
  const tail = path.slice(path.lastIndexOf("/:"));
  const fixed = path.includes("/:") ? tail.slice(tail.indexOf("/", 1)) : path;
  if (!tail.slice(1).includes("/") && path.includes("/:"))
    return written.includes(`${path.slice(0, path.indexOf("/:"))}/\${`);
  const ends = [`${fixed}"`, `${fixed}\``, `"${fixed.slice(1)}"`];
  return ends.some((end) => written.includes(end));
}

test("what somebody decides is about what they saw: a try they did not see leaves it alone", async () => {
  await expect
    .poll(async () => (await site.db.pool.query("select from delivery where status = 'parked'")).rowCount, {
      timeout: 10_000,
    })
    .toBe(1);
  const xd = (...words: string[]) => site.xd(words);
  const { out } = await xd("exceptions");
  const [, key, tries] = /crossdock retry '(.+)' --tries (\d+)/.exec(out) ?? [];
  expect([key?.length, tries]).toEqual([expect.any(Number), "1"]);
  const stale = await xd("retry", key!, "--tries", "9", ...WHY);
  expect([stale.exit, stale.notes]).toEqual([
    EXIT.conflict,
    `crossdock: Nothing of ${key} waits for a person, or it was tried again since you looked.`,
  ]);
  expect((await xd("retry", key!, "--tries", "1", ...WHY)).exit).toBe(EXIT.done);
});
