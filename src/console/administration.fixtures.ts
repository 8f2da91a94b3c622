/**
 * The administration over HTTP, on the site that is open when its tests run: letting people in, emergency access, keys and sessions,
 * and what an auditor reads.
 */
import { expect, test } from "vitest";
import { makeLink } from "../rights/people.ts";
import { type Answered, Browser, PASSWORD, signInAs } from "../testing/console-browser.ts";
import type { FreshDatabase } from "../testing/database.ts";
import { verifyAudit } from "../trace/audit.ts";
import type { OpenConsole } from "./console.ts";

export const LOCAL_KEY = "the key of this machine";
export const AT_THE_MACHINE = { authorization: `Bearer ${LOCAL_KEY}`, "x-crossdock-person": "root" };
export const path = (key: string, button: string) => `/deliveries/${key}/${button}`;
export const decide = (who: Browser, id: unknown, verdict: string, comment?: string) =>
  who.request("POST", `/approvals/${id}/decide`, { verdict, ...(comment ? { comment } : {}) });
export const short = ({ status, body }: Answered) => [status, body.title ?? body.done];

interface Site {
  readonly db: FreshDatabase;
  readonly open: OpenConsole;
  /** Works in logistics. */
  readonly lars: Browser;
  /** Controllers. */
  readonly kim: Browser;
  readonly chris: Browser;
  /** Keys of deliveries of which nobody knows whether they were booked; whoever uses one takes it. */
  readonly unclear: string[];
}

/** Registers them. */
export function administration(site: () => Site): void {
  test("letting somebody in, or in again, takes a second person: no administrator makes the colleague who agrees with them", async () => {
    const { db, open, lars, kim } = site();
    const first = await signInAs(open.url, db.pool, "ada", ["administrator"]);
    await db.pool.query("update person set disabled_at = clock_timestamp() where id = 'adam'");
    expect((await first.request("POST", "/admin/people", { person: "Nora", name: "Nora N." })).body).toEqual({
      done: true,
      person: "nora",
    });
    expect((await first.request("POST", "/admin/people", { person: "nora", name: "Nora" })).status).toBe(409);
    const give = (who: Browser, id: string, role: object) =>
      who.request("POST", `/admin/people/${id}/roles`, role);
    expect(short(await give(first, "nora", { role: "king" }))).toEqual([422, "That cannot be done"]);
    expect(short(await give(first, "nora", { role: "logistics", plants: ["*"] }))).toEqual([
      422,
      "That cannot be done",
    ]);
    expect(short(await give(first, "ada", { role: "controller" }))).toEqual([403, "Not allowed"]);
    const invite = (id: string) => first.request("POST", `/admin/people/${id}/link`);
    // As long as somebody is nobody, they are invited by one; and nobody else administers, who could agree to a small role.
    expect((await invite("nora")).body.link).toContain("/welcome#");
    expect(short(await give(first, "nora", { role: "viewer" }))).toEqual([200, true]);
    // Where nobody could agree, whoever would agree with others is made at the machine, whose owner owns the database, and not by the
    // one who would be agreed with.
    await db.pool.query("update role_grant set role = 'gone' where role = 'controller'");
    const alone = await give(first, "nora", { role: "controller" });
    expect([alone.status, alone.body.detail]).toEqual([
      422,
      expect.stringContaining("here is no other administrator or controller who could agree"),
    ]);
    await first.request("POST", "/admin/people", { person: "paul", name: "Paul" });
    const machine = await new Browser(open.url).request(
      "POST",
      "/admin/people/paul/roles",
      { role: "controller" },
      AT_THE_MACHINE,
    );
    // To the owner of the machine, ada is another who administers, and agrees.
    expect([machine.status, (await decide(first, machine.body.waiting, "approved")).status]).toEqual([
      202, 200,
    ]);
    await db.pool.query("update role_grant set role = 'controller' where role = 'gone'");
    // Who is to agree with others is agreed to by a controller, where no other administrator is. So is the way in as one.
    const second = await give(first, "nora", { role: "administrator" });
    expect([second.status, second.body.detail]).toEqual([202, expect.stringContaining("the second person")]);
    expect(short(await decide(kim, second.body.waiting, "approved"))).toEqual([200, true]);
    const again = await invite("nora");
    expect([again.status, again.body.link]).toEqual([202, undefined]);
    expect((await invite("kim")).status).toBe(202);
    expect(short(await decide(first, again.body.waiting, "approved"))).toEqual([403, "Not allowed"]);
    const { link } = (await decide(kim, again.body.waiting, "approved")).body as { link: string };
    const token = new URL(link).hash.slice(1);
    const nora = new Browser(open.url);
    expect((await nora.request("POST", "/links/accept", { token, password: PASSWORD })).status).toBe(200);
    await nora.session();
    const asked = await give(first, "lars", {
      role: "finance",
      entities: ["FR01"],
      reason: "Helps at month end.",
    });
    expect([asked.status, asked.body.detail]).toEqual([
      202,
      expect.stringContaining("Give Lars (lars) the role finance for FR01."),
    ]);
    expect(short(await decide(first, asked.body.waiting, "approved"))).toEqual([403, "Not allowed"]);
    expect(short(await decide(nora, asked.body.waiting, "approved"))).toEqual([200, true]);
    const { roles } = (await lars.session()) as { roles: object[] };
    expect(roles).toEqual([
      { role: "logistics", domains: null, plants: null, entities: null },
      { role: "finance", domains: null, plants: null, entities: ["FR01"] },
    ]);

    type People = { people: { id: string; roles: { id: string; role: string }[] }[] };
    const people = (await first.request("GET", "/admin/people")).body as unknown as People;
    const finance = people.people
      .find(({ id }) => id === "lars")!
      .roles.find(({ role }) => role === "finance")!;
    expect(short(await first.request("POST", `/admin/people/lars/roles/${finance.id}/take`))).toEqual([
      200,
      true,
    ]);
    expect(short(await first.request("POST", `/admin/people/nora/disable`))).toEqual([200, true]);
    expect((await nora.request("GET", "/approvals")).status).toBe(401);
  });

  test("in an emergency somebody on call may do what an operator may: for an hour, for a reason that everybody reads", async () => {
    const { db, open, lars, chris, unclear } = site();
    const olaf = await signInAs(open.url, db.pool, "olaf", ["emergency"]);
    const begin = (who: Browser, reason: string) => who.request("POST", "/emergency/begin", { reason });
    const seen = async (who: Browser) =>
      (
        (await who.request("GET", "/emergency")).body.open as { id: string; person: string; reason: string }[]
      ).map(({ person, reason }) => [person, reason]);
    const reason = "The warehouse stands still and nobody answers.";
    expect((await olaf.request("GET", "/exceptions")).status).toBe(403);
    expect([(await begin(olaf, "Quick!")).status, (await begin(lars, reason)).status]).toEqual([400, 403]);
    expect(
      (await new Browser(open.url).request("POST", "/emergency/begin", { reason }, AT_THE_MACHINE)).status,
    ).toBe(403);
    await db.pool.query(
      "update console_session set proven_at = proven_at - interval '1 hour' where person = 'olaf'",
    );
    expect(short(await begin(olaf, reason))).toEqual([403, "Prove it is you"]);
    await olaf.request("POST", "/prove", { password: PASSWORD });
    expect(short(await begin(olaf, reason))).toEqual([200, true]);
    expect(short(await begin(olaf, reason))).toEqual([409, "Changed meanwhile"]);

    expect([await seen(lars), await seen(chris)]).toEqual([[["olaf", reason]], [["olaf", reason]]]);
    expect((await olaf.session()).permissions).toEqual(
      expect.arrayContaining(["view", "decide", "steer systems"]),
    );
    expect((await olaf.session()).permissions).not.toContain("approve");
    const note = `/documents/${encodeURIComponent("order/SO-1")}/tend`;
    expect(short(await olaf.request("POST", note, { note: "It stands at the gate." }))).toEqual([200, true]);
    // What takes two takes two.
    const key = unclear.pop()!;
    expect((await olaf.request("POST", path(key, "settle"), { booked: "1" })).status).toBe(202);
    const { rows } = await db.pool.query(
      "select action, reason from audit where actor = 'olaf' and action in ('begin emergency access', 'note on document') order by id",
    );
    expect(rows).toEqual([
      { action: "begin emergency access", reason },
      { action: "note on document", reason: "With emergency access." },
    ]);

    const [{ id }] = (await lars.request("GET", "/emergency")).body.open as [{ id: string }];
    expect((await lars.request("POST", `/emergency/${id}/end`)).status).toBe(403);
    expect(short(await olaf.request("POST", `/emergency/${id}/end`))).toEqual([200, true]);
    expect((await olaf.request("GET", "/exceptions")).status).toBe(403);
    expect(short(await begin(olaf, reason))).toEqual([200, true]);
    await db.pool.query("update emergency_access set ends_at = clock_timestamp() where ended_at is null");
    expect([await seen(lars), (await olaf.request("GET", "/exceptions")).status]).toEqual([[], 403]);
  });

  test("an administrator makes and ends keys and sessions, and reads the configuration without a secret", async () => {
    const { db, open } = site();
    const admin = await signInAs(open.url, db.pool, "alba", ["administrator"]);
    const made = await admin.request("POST", "/admin/keys", {
      name: "web-shop",
      scopes: ["orders:write"],
      days: 30,
    });
    expect(made.body.key).toMatch(/^xdk_live_/);
    const { keys } = (await admin.request("GET", "/admin/keys")).body as { keys: object[] };
    expect(keys).toEqual([expect.objectContaining({ name: "web-shop", revokedAt: null })]);
    expect(JSON.stringify(keys)).not.toContain((made.body.key as string).slice(22, 60));
    expect(short(await admin.request("POST", `/admin/keys/${made.body.id}/revoke`))).toEqual([200, true]);
    expect(short(await admin.request("POST", `/admin/keys/${made.body.id}/revoke`))).toEqual([
      409,
      "Changed meanwhile",
    ]);

    type Sessions = { sessions: { id: string; person: string }[] };
    const victim = await signInAs(open.url, db.pool, "vic", ["viewer"]);
    const { sessions } = (await admin.request("GET", "/admin/sessions")).body as unknown as Sessions;
    const his = sessions.find(({ person }) => person === "vic")!;
    expect(short(await admin.request("POST", `/admin/sessions/${his.id}/end`))).toEqual([200, true]);
    expect((await victim.request("GET", "/documents")).status).toBe(401);
    expect((await admin.request("GET", "/admin/settings")).body).toMatchObject({
      settings: [
        { name: "name", value: "Test" },
        { name: "workers", value: "2" },
      ],
      connections: expect.arrayContaining([
        { name: "erp", title: "ERP", owner: "erp team", connector: "pretended-erp" },
      ]),
    });
  });

  test("an auditor reads who did what a page at a time, verifies it, and exports it without a formula", async () => {
    const { db, open } = site();
    const olga = await signInAs(open.url, db.pool, "olga", ["auditor"]);
    await makeLink(db.pool, { kind: "setup", lifetimeMs: 1_000 }, { name: "=HYPERLINK(1)", reason: "-2+3" });
    type Page = { lines: { id: string; actor: string; action: string }[]; next: string | null };
    const page = async (query: string) =>
      (await olga.request("GET", `/audit${query}`)).body as unknown as Page;
    const first = await page("");
    expect([first.lines.length, first.next]).toEqual([50, first.lines[49]!.id]);
    const second = await page(`?before=${first.next}`);
    expect(Number(second.lines[0]!.id)).toBe(Number(first.next) - 1);
    const hers = await page("?person=olga&action=sign%20in");
    expect(hers.lines.map(({ actor, action }) => [actor, action])).toEqual([["olga", "sign in"]]);
    expect((await olga.request("GET", "/audit?before=1%27")).status).toBe(400);
    expect((await olga.request("POST", "/audit/verify")).body).toMatchObject({ broken: null });

    const { text } = await olga.request("POST", "/audit/export", { action: "make setup link" });
    expect(text).toContain('"\'=HYPERLINK(1)"');
    expect(text).toContain('"\'-2+3"');
    expect((await page("?person=olga&action=export%20audit")).lines).toHaveLength(1);
    await db.pool.query("update audit set reason = 'another' where id = 5");
    expect((await olga.request("POST", "/audit/verify")).body).toMatchObject({ broken: { id: "5" } });
    expect((await verifyAudit(db.pool)).broken?.id).toBe("5");
  });
}
