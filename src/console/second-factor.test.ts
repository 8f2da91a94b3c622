/** The second factor over HTTP, on a real dock: getting one, signing in with it, losing it, and proving again who one is. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeOf, stepAt } from "../rights/one-time-codes.ts";
import { findPerson, makeLink } from "../rights/people.ts";
import type { RoleName } from "../rights/permissions.ts";
import { Sealing } from "../rights/sealing.ts";
import { takeCode } from "../rights/second-factor.ts";
import type { Dock } from "../runtime/dock.ts";
import { Unusable } from "../std/errors.ts";
import { Browser, PASSWORD, signInAs } from "../testing/console-browser.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { smallDock } from "../testing/small-dock.ts";
import { type OpenConsole, openConsole } from "./console.ts";

const LOCAL_KEY = "the key of this machine";
const KEYS = ["the sealing key of this test, long", "the one of last year, long enough"] as const;
let db: FreshDatabase;
let dock: Dock;
let open: OpenConsole;

beforeAll(async () => {
  db = await freshDatabase();
  ({ dock } = await smallDock(db.url));
  open = await openConsole({
    dock,
    port: 0,
    settings: {
      name: "Test dock",
      localKey: LOCAL_KEY,
      sealingKey: KEYS[1],
      secondFactor: ["controller", "administrator"],
    },
  });
});
afterAll(async () => {
  await open?.close();
  await dock?.stop();
  await db?.drop();
});

const signedIn = (id: string, ...roles: RoleName[]) => signInAs(open.url, db.pool, id, roles);
/** The app on somebody's telephone, with its clock off by half minutes. */
const shows = (secret: string, by = 0) => codeOf(secret, stepAt(Date.now() / 1_000) + by);
const stranger = () => new Browser(open.url);
const withCode = (person: string, code: string) =>
  stranger().request("POST", "/sign-in", { person, password: PASSWORD, code });
/** Time passes: the codes of before may be typed in again, and what was proven is long ago. */
const laterOn = async (person: string) => {
  await db.pool.query("update second_factor set last_step = 0 where person = $1", [person]);
  await db.pool.query(
    "update console_session set proven_at = clock_timestamp() - interval '6 minutes' where person = $1",
    [person],
  );
};
async function enrolled(who: Browser): Promise<{ secret: string; codes: readonly string[] }> {
  const { secret, uri } = (await who.request("POST", "/second-factor/begin")).body as Record<string, string>;
  expect(uri).toContain(`secret=${secret}&issuer=Test%20dock`);
  const said = await who.request("POST", "/second-factor/confirm", { code: shows(secret!) });
  expect(said.status).toBe(200);
  await who.session();
  return { secret: secret!, codes: said.body.recoveryCodes as string[] };
}
const audited = async (subject: string) =>
  (
    await db.pool.query<{ action: string }>("select action from audit where subject = $1 order by id", [
      `person:${subject}`,
    ])
  ).rows.map(({ action }) => action);

test("whose role asks for a second factor gets one at the next sign-in, before anything else is open", async () => {
  const kim = await signedIn("kim", "controller");
  expect(await kim.session()).toMatchObject({
    permissions: [],
    secondFactor: { owed: true, proof: "password" },
  });
  for (const path of ["/documents", "/approvals"]) {
    const { status, body } = await kim.request("GET", path);
    expect([status, body.title]).toEqual([403, "Second factor first"]);
  }
  const other = stranger();
  await other.signIn("kim", PASSWORD);
  const { secret } = (await kim.request("POST", "/second-factor/begin")).body as { secret: string };
  const wrong = await kim.request("POST", "/second-factor/confirm", { code: shows(secret, 9) });
  expect([wrong.status, (await kim.request("GET", "/documents")).status]).toEqual([403, 403]);

  const before = kim.cookie;
  const { codes } = await enrolled(kim);
  expect(codes).toHaveLength(10);
  expect(kim.cookie).not.toBe(before);
  expect(await kim.session()).toMatchObject({
    secondFactor: { owed: false, recoveryCodes: 10, proof: "code" },
  });
  expect((await kim.request("GET", "/documents")).status).toBe(200);
  // What was signed in before, with a password alone, is not any more.
  expect((await other.request("GET", "/session")).body).toMatchObject({ signedIn: false });
  expect((await kim.request("POST", "/second-factor/remove")).status).toBe(403);

  const { rows } = await db.pool.query("select * from second_factor join recovery_code using (person)");
  const kept = JSON.stringify(rows);
  for (const one of [secret, ...codes, ...codes.map((code) => code.replaceAll("-", ""))])
    expect(kept).not.toContain(one);
});

test("a code is good once, for one person, and guessing is slowed, noted and never tells about the password", async () => {
  const nina = await signedIn("nina", "viewer");
  const { secret, codes } = await enrolled(nina);
  const bare = await stranger().signIn("nina", PASSWORD);
  expect([bare.status, bare.body.needs, bare.cookie]).toEqual([401, "code", undefined]);
  const unknown = await stranger().request("POST", "/sign-in", {
    person: "nina",
    password: "x",
    code: shows(secret),
  });
  expect([unknown.status, unknown.body.needs]).toEqual([401, undefined]);

  // The code it was confirmed with is used up, and one that comes in six times at once lets one in.
  expect((await withCode("nina", shows(secret))).body.detail).toContain("used before");
  // Connections that are open already, so that they do meet.
  await Promise.all(Array.from({ length: 6 }, () => db.pool.query("select pg_sleep(0.1)")));
  const atOnce = Array.from({ length: 6 }, () =>
    takeCode(db.pool, new Sealing([KEYS[1]]), "nina", shows(secret, 1), { address: "::1" }),
  );
  expect((await Promise.all(atOnce)).toSorted()).toEqual(["right", "used", "used", "used", "used", "used"]);
  const [first = "", second = ""] = codes;
  const spaced = ` ${first.toLowerCase().replaceAll("-", " ")} `;
  expect((await withCode("nina", spaced)).status).toBe(200);
  expect((await withCode("nina", first)).status).toBe(401);

  await laterOn("nina");
  await db.pool.query("update second_factor set wrong = 4 where person = 'nina'");
  expect((await withCode("nina", shows(secret, 9))).status).toBe(401);
  const waits = await withCode("nina", shows(secret));
  expect([waits.status, waits.body.detail]).toEqual([429, expect.stringContaining("Wait 15 minutes")]);
  expect((await withCode("nina", second)).status).toBe(200);
  await db.pool.query(
    "update second_factor set wrong_at = clock_timestamp() - interval '16 minutes' where person = 'nina'",
  );
  expect((await withCode("nina", shows(secret))).status).toBe(200);
  const noted = new Set(await audited("nina"));
  for (const action of [
    "begin second factor",
    "confirm second factor",
    "wrong second factor",
    "second factor code used again",
    "use recovery code",
  ])
    expect(noted).toContain(action);
});

test("a new key seals what is signed in with next; without the old one nobody is let in around it", async () => {
  const rhea = await signedIn("rhea", "viewer");
  const { secret } = await enrolled(rhea);
  await laterOn("rhea");
  const sealed = async () =>
    (await db.pool.query("select sealed from second_factor where person = 'rhea'")).rows[0].sealed as string;
  const before = await sealed();
  const signInAt = async (sealingKey: readonly string[], by: number) => {
    const other = await openConsole({ dock, port: 0, settings: { sealingKey } });
    try {
      const body = { person: "rhea", password: PASSWORD, code: shows(secret, by) };
      return await new Browser(other.url).request("POST", "/sign-in", body);
    } finally {
      await other.close();
    }
  };
  const lost = await signInAt([KEYS[0]], -1);
  expect([lost.status, lost.body.detail]).toEqual([422, expect.stringContaining("Put that key back")]);
  expect(await sealed()).toBe(before);
  expect((await signInAt(KEYS, 0)).status).toBe(200);
  expect(await sealed()).not.toBe(before);
  expect((await signInAt([KEYS[0]], 1)).status).toBe(200);
  const without = openConsole({ dock, port: 0, settings: { secondFactor: ["controller"] } });
  await expect(without).rejects.toThrow(Unusable);
});

test("what decides about rights is asked for again after five minutes, with a code where there is one", async () => {
  const [anna, bert] = [await signedIn("anna", "administrator"), await signedIn("bert", "administrator")];
  const [{ secret }] = [await enrolled(anna), await enrolled(bert)];
  await signedIn("lara", "logistics");
  const { codes } = await enrolled(await signedIn("lena", "viewer"));
  await laterOn("anna");
  const acts = [
    ["/admin/people/lara/roles", { role: "viewer" }],
    ["/admin/people/lara/link", {}],
    ["/admin/people/lena/second-factor/reset", { reason: "Her telephone is gone." }],
    ["/admin/keys", { name: "shop", scopes: ["orders:write"] }],
    ["/second-factor/begin", {}],
    ["/second-factor/recovery-codes", {}],
    ["/password", { old: PASSWORD, password: "nine other lorries" }],
  ] as const;
  for (const [path, body] of acts) {
    const said = await anna.request("POST", path, body);
    expect([path, said.status, said.body.title, said.body.proof]).toEqual([
      path,
      403,
      "Prove it is you",
      "code",
    ]);
  }
  // Closing a door is not held up.
  expect((await anna.request("POST", "/admin/people/lara/disable")).status).toBe(200);
  expect((await anna.request("POST", "/prove", { password: PASSWORD })).status).toBe(403);
  expect((await anna.request("POST", "/prove", { code: shows(secret) })).status).toBe(200);

  // Whoever resets a second factor and has a password link could act as somebody else: it takes another administrator.
  expect((await anna.request("POST", "/admin/people/anna/second-factor/reset")).status).toBe(403);
  const asked = await anna.request("POST", "/admin/people/lena/second-factor/reset", {
    reason: "Her telephone is gone.",
  });
  expect([asked.status, asked.body.detail]).toEqual([202, expect.stringContaining("second factor of Lena")]);
  const decide = (who: Browser) =>
    who.request("POST", `/approvals/${asked.body.waiting}/decide`, { verdict: "approved" });
  expect((await decide(anna)).status).toBe(403);
  const token = await makeLink(
    db.pool,
    { kind: "invitation", person: "lena", lifetimeMs: 60_000 },
    { name: "test" },
  );
  const accept = (body: object) =>
    stranger().request("POST", "/links/accept", { token, password: "eight green lorries", ...body });
  expect((await accept({})).body).toMatchObject({ needs: "code" });
  expect((await accept({ code: "AAAA-BBBB-CCCC-DDDD" })).status).toBe(401);
  expect((await accept({ code: codes[0], password: "short" })).status).toBe(422);
  expect((await accept({ code: codes[0] })).status).toBe(200);

  expect((await decide(bert)).status).toBe(200);
  expect((await findPerson(db.pool, "lena"))?.secondFactorSince).toBe(null);
  expect(await audited("lena")).toContain("reset second factor");
  expect((await stranger().signIn("lena", "eight green lorries")).status).toBe(200);
});

test("guesses that come at once are counted, too", async () => {
  await signedIn("gus", "viewer");
  const tries = Array.from({ length: 25 }, () =>
    stranger().request("POST", "/sign-in", { person: "gus", password: "x" }),
  );
  const let_ = (await Promise.all(tries)).filter(({ status }) => status === 401);
  expect(let_.length).toBeLessThanOrEqual(11);
});
