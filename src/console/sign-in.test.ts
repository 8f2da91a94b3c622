/** Signing in over HTTP, on a real dock: links, passwords, cookies, throttling, seeing as somebody, and every route's permission. */
import { createServer, get as httpGet, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addPerson, makeLink, setDisabled } from "../rights/people.ts";
import { EVERYWHERE, PERMISSIONS, type Permission, ROLES, type RoleName } from "../rights/permissions.ts";
import type { Dock } from "../runtime/dock.ts";
import { Unusable } from "../std/errors.ts";
import { Browser, PASSWORD, signInAs } from "../testing/console-browser.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { smallDock } from "../testing/small-dock.ts";
import { verifyAudit } from "../trace/audit.ts";
import { type OpenConsole, openConsole } from "./console.ts";
import { Live } from "./live.ts";

const TEST = { name: "test" };
const LOCAL_KEY = "the key of this machine";
let db: FreshDatabase;
let dock: Dock;
let open: OpenConsole;
let small: Awaited<ReturnType<typeof smallDock>>;

beforeAll(async () => {
  db = await freshDatabase();
  small = await smallDock(db.url);
  dock = small.dock;
  open = await openConsole({ dock, port: 0, settings: { localKey: LOCAL_KEY } });
  await small.order(1);
});
afterAll(async () => {
  await open?.close();
  await dock?.stop();
  await db?.drop();
});

const signedIn = (id: string, role: RoleName, scope = EVERYWHERE) =>
  signInAs(open.url, db.pool, id, [role], scope);
const stranger = () => new Browser(open.url);

test("the first start's link makes one administrator, once", async () => {
  const outsider = stranger();
  expect(await outsider.session()).toMatchObject({ signedIn: false, needsSetup: true });
  const token = await makeLink(db.pool, { kind: "setup", lifetimeMs: 60_000 }, TEST);
  expect((await outsider.request("POST", "/links/open", { token })).body).toEqual({
    kind: "setup",
    person: null,
    people: [],
  });
  const first = { token, person: "Ada@Example.com ", name: "Ada", password: PASSWORD };
  expect((await outsider.request("POST", "/links/set-up", { ...first, password: "short" })).status).toBe(422);
  const { status, cookie } = await outsider.request("POST", "/links/set-up", first);
  expect([status, cookie]).toEqual([
    200,
    expect.stringMatching(new RegExp(`^xd-${open.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Lax$`)),
  ]);
  expect(await outsider.session()).toMatchObject({
    signedIn: true,
    actor: "ada@example.com",
    permissions: [
      "view",
      "see systems",
      "view bodies",
      "tend",
      "steer systems",
      "see people",
      "administer",
      "see as",
    ],
  });
  const second = await stranger().request("POST", "/links/set-up", { ...first, person: "eve" });
  expect([second.status, second.body.title]).toEqual([410, "No longer good"]);
  expect(await stranger().session()).toMatchObject({ signedIn: false, needsSetup: false });
  // A link that was made before somebody else became the administrator, and lies in a log since.
  const left = await makeLink(db.pool, { kind: "setup", lifetimeMs: 60_000 }, TEST);
  const late = await stranger().request("POST", "/links/set-up", { ...first, token: left, person: "eve" });
  expect([late.status, late.body.title]).toEqual([410, "No longer good"]);
});

test("a wrong name and a wrong password are answered alike, and guessing is slowed", async () => {
  await signedIn("maria", "viewer");
  const wrong = await stranger().signIn("maria", "seven quiet forklift");
  const nobody = await stranger().signIn("nobody", PASSWORD);
  expect([wrong.status, nobody.status]).toEqual([401, 401]);
  expect(nobody.body).toEqual(wrong.body);
  const answers = new Set<number>();
  for (let guess = 0; guess < 12; guess++) answers.add((await stranger().signIn("guessed", "x")).status);
  expect([...answers]).toEqual([401, 429]);
});

test("a session ends with signing out, with its person, and by its own time; a page that only refreshes does not prolong it", async () => {
  const lars = await signedIn("lars", "logistics");
  const stolen = stranger();
  stolen.cookie = lars.cookie;
  expect((await stolen.request("GET", "/documents")).status).toBe(200);
  expect((await lars.request("POST", "/sign-out")).cookie).toContain("Max-Age=0");
  expect((await stolen.request("GET", "/documents")).status).toBe(401);

  expect((await lars.signIn("lars", PASSWORD)).status).toBe(200);
  await db.pool.query(
    "update console_session set seen_at = clock_timestamp() - interval '29 minutes' where person = 'lars' and ended_at is null",
  );
  expect((await lars.request("GET", "/documents", undefined, { "x-crossdock-by-itself": "1" })).status).toBe(
    200,
  );
  // Every page keeps this stream open, and a browser sends no header of ours with it.
  const listening = await fetch(new URL("/api/live", open.url), { headers: { cookie: lars.cookie } });
  expect(listening.status).toBe(200);
  await listening.body?.cancel();
  await db.pool.query(
    "update console_session set seen_at = seen_at - interval '2 minutes' where person = 'lars' and ended_at is null",
  );
  expect((await lars.request("GET", "/documents")).status).toBe(401);

  await lars.signIn("lars", PASSWORD);
  await db.pool.query("update console_session set ends_at = clock_timestamp() where person = 'lars'");
  expect((await lars.request("GET", "/documents")).status).toBe(401);

  await lars.signIn("lars", PASSWORD);
  await setDisabled(db.pool, "lars", true, TEST);
  expect((await lars.request("GET", "/documents")).status).toBe(401);
  expect((await stranger().signIn("lars", PASSWORD)).status).toBe(401);
});

test("a cookie that was there before a sign-in opens nothing afterwards", async () => {
  const fixed = await signedIn("fritz", "viewer");
  const before = fixed.cookie;
  await fixed.signIn("fritz", PASSWORD);
  expect(fixed.cookie).not.toBe(before);
  const old = stranger();
  old.cookie = before;
  expect((await old.request("GET", "/documents")).status).toBe(401);
});

test("the database holds nothing that signs anybody in", async () => {
  const { rows } = await db.pool.query<{ token_hash: Buffer; password: string | null }>(
    "select token_hash, password from console_session join person on person.id = person",
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const { token_hash, password } of rows) {
    const thief = stranger();
    thief.cookie = `xd-${open.port}=${token_hash.toString("base64url")}`;
    expect((await thief.request("GET", "/documents")).status).toBe(401);
    expect(password).toMatch(/^\$argon2id\$/);
  }
});

test("a change needs the token of the session it comes with; another session's is worth nothing", async () => {
  const kim = await signedIn("kim", "controller");
  const press = (headers: Record<string, string>) =>
    kim.request("POST", "/deliveries/x/try-again", {}, headers);
  const other = await signedIn("kai", "controller");
  expect((await press({ "x-crossdock-token": "" })).status).toBe(403);
  expect((await press({ "x-crossdock-token": other.token })).status).toBe(403);
  expect((await press({ "content-type": "text/plain" })).status).toBe(403);
  expect((await press({ origin: "https://evil.example" })).status).toBe(403);
  expect((await press({})).status).toBe(409);
});

test("an administrator sees the console as somebody else, changes nothing meanwhile, and it is in the audit", async () => {
  const admin = await signedIn("adam", "administrator");
  expect((await admin.request("GET", "/documents")).status).toBe(403);
  expect(
    (await admin.request("POST", "/see-as", { person: "kim", reason: "She sees no button." })).status,
  ).toBe(200);
  expect(await admin.session()).toMatchObject({
    actor: "adam",
    seeingAs: { id: "kim", name: "Kim" },
    permissions: ROLES.controller.may.toSorted(byPlace),
  });
  expect((await admin.request("GET", "/documents")).status).toBe(200);
  const pressed = await admin.request("POST", "/deliveries/x/try-again");
  expect([pressed.status, pressed.body.detail]).toEqual([
    403,
    "You look at the console as Kim sees it; nothing can be changed meanwhile.",
  ]);
  expect((await admin.request("POST", "/see-as", { person: null })).status).toBe(200);
  expect((await admin.request("GET", "/documents")).status).toBe(403);
  const { rows } = await db.pool.query(
    "select actor, action, subject, reason from audit where action like '%see%as' or action like '%seeing as' order by id",
  );
  expect(rows).toEqual([
    { actor: "adam", action: "see as", subject: "person:kim", reason: "She sees no button." },
    { actor: "adam", action: "stop seeing as", subject: "person:kim", reason: null },
  ]);
  const viewer = await signedIn("vera", "viewer");
  expect((await viewer.request("POST", "/see-as", { person: "kim" })).status).toBe(403);
});

/** Called for while something is set aside at the ERP. */
const byPlace = (left: Permission, right: Permission) =>
  Object.keys(PERMISSIONS).indexOf(left) - Object.keys(PERMISSIONS).indexOf(right);

test("every route says who may use it, and turns everybody else away", async () => {
  expect(open.routes.length).toBeGreaterThan(20);
  expect(open.routes.filter(({ access }) => access === null)).toEqual([]);
  const outsider = stranger();
  const nobody = await signedIn("nil", "viewer");
  await db.pool.query("delete from role_grant where person = 'nil'");
  const roles = Object.keys(ROLES) as RoleName[];
  const people = new Map<RoleName, Browser>();
  for (const role of roles) people.set(role, await signedIn(`walks-${role}`, role));

  for (const { method, path, access } of open.routes) {
    const { may } = access!;
    if (may === "anyone" || path === "/api/live") continue;
    const url = path.slice("/api".length).replaceAll(/:\w+/g, "1");
    const ask = (browser: Browser) => browser.request(method as "GET", url);
    expect([path, (await ask(outsider)).status]).toEqual([path, 401]);
    if (may === "signed in") continue;
    const refused = await ask(nobody);
    expect([path, refused.status, refused.body.detail]).toEqual([
      path,
      403,
      expect.stringContaining(`You need the permission “${may}”`),
    ]);
    const answers = await Promise.all(
      roles.map(async (role) => (await ask(people.get(role)!)).status === 403),
    );
    const barred = roles.map((role) => !(ROLES[role].may as readonly string[]).includes(may));
    expect([path, answers]).toEqual([path, barred]);
  }
});

test("the command line proves itself with the key of this machine and a name; it is never the second person", async () => {
  const ask = (headers: Record<string, string>) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      httpGet({ host: "127.0.0.1", port: open.port, path: "/api/session", headers }, (response) => {
        let body = "";
        response.on("data", (chunk) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      }).on("error", reject);
    });
  const key = { authorization: `Bearer ${LOCAL_KEY}` };
  const known = JSON.parse((await ask({ ...key, "x-crossdock-person": "ren%C3%A9" })).body);
  expect(known).toMatchObject({ signedIn: true, actor: "rené", token: null });
  expect(known.permissions).not.toContain("approve");
  expect(known.permissions).toContain("decide");
  for (const headers of [
    key,
    { ...key, "x-crossdock-person": "%" },
    { ...key, "x-crossdock-person": "a\tb" },
    { authorization: "Bearer guess", "x-crossdock-person": "maria" },
  ]) {
    expect(JSON.parse((await ask(headers as Record<string, string>)).body).signedIn).toBe(false);
  }
});

test("an open stream needs somebody who may see, names documents to those who may see all, and ends when they may no longer", async () => {
  expect((await stranger().request("GET", "/live")).status).toBe(401);
  let tell: (correlations: readonly string[]) => void = () => {};
  let allowed = true;
  const live = new Live(
    db.pool,
    (listener) => {
      tell = listener;
      return () => {};
    },
    100,
  );
  const server = createServer((request, response) => {
    const isStillAllowed = async () => allowed;
    live.open(response, {}, { namesAll: request.url === "/all", isStillAllowed });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [all, some] = await Promise.all([fetch(`${url}/all`), fetch(`${url}/some`)]);
  tell(["order/SO-7"]);
  await expect.poll(() => (live.isQuiet ? "sent" : "waiting")).toBe("sent");
  allowed = false;
  const [heard, vague] = await Promise.all([all.text(), some.text()]);
  expect(heard).toContain('{"documents":["order/SO-7"]}');
  expect(vague).toContain('{"documents":null}');
  expect(vague).not.toContain("SO-7");
  live.close();
  server.close();
});

test("passwords never travel in the clear: elsewhere than on this machine the console wants https", async () => {
  await expect(openConsole({ dock, host: "0.0.0.0", port: 0 })).rejects.toThrow(Unusable);
  for (const publicUrl of ["http://dock.example/", "dock.example", "https://dock.example/console"])
    await expect(openConsole({ dock, port: 0, settings: { publicUrl } })).rejects.toThrow("https");
  const outside = await openConsole({ dock, port: 0, settings: { publicUrl: "https://dock.example" } });
  const headers = {
    host: "dock.example",
    origin: "https://dock.example",
    "content-type": "application/json",
  };
  try {
    const answer = await new Promise<{ cookie: string; hsts: string }>((resolve, reject) => {
      const call = httpRequest(
        { host: "127.0.0.1", port: outside.port, path: "/api/sign-in", method: "POST", headers },
        (response) => {
          response.resume();
          resolve({
            cookie: response.headers["set-cookie"]?.[0] ?? "",
            hsts: response.headers["strict-transport-security"] ?? "",
          });
        },
      );
      call.on("error", reject);
      call.end(JSON.stringify({ person: "maria", password: PASSWORD }));
    });
    expect(answer.cookie).toMatch(/^__Host-xd=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    expect(answer.hsts).toBe("max-age=31536000");
  } finally {
    await outside.close();
  }
});

test("the people of a demonstration come in by its link alone, and never where strangers could call", async () => {
  await addPerson(db.pool, { id: "demo-dora", name: "Dora", demonstration: true }, TEST);
  const token = await makeLink(db.pool, { kind: "demonstration", lifetimeMs: 60_000 }, TEST);
  const link = { token, person: "demo-dora" };
  const [once, twice] = [stranger(), stranger()];
  expect((await once.request("POST", "/links/demonstration", link)).status).toBe(200);
  expect((await twice.request("POST", "/links/demonstration", link)).status).toBe(200);
  expect((await stranger().request("POST", "/links/demonstration", { ...link, person: "kim" })).status).toBe(
    410,
  );
  expect((await stranger().signIn("demo-dora", "")).status).toBe(400);
  const outside = await openConsole({ dock, port: 0, settings: { publicUrl: "https://dock.example" } });
  try {
    const refused = await fetch(new URL("/api/links/demonstration", outside.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(link),
    });
    expect(refused.status).toBe(410);
  } finally {
    await outside.close();
  }
});

test("everything about people stands in the audit, without a secret, and the chain holds", async () => {
  const { rows } = await db.pool.query<{ action: string; facts: string }>("select action, facts from audit");
  const actions = new Set(rows.map(({ action }) => action));
  for (const action of [
    "add person",
    "give role",
    "set password",
    "sign in",
    "sign out",
    "make setup link",
    "disable person",
  ])
    expect(actions).toContain(action);
  expect(JSON.stringify(rows)).not.toContain(PASSWORD);
  expect(JSON.stringify(rows)).not.toContain("argon2");
  expect((await verifyAudit(db.pool)).broken).toBeNull();
});
