/** A browser for tests of the console's API: it keeps one cookie and one token, as a page does, and asks over real HTTP. */
import type { Pool } from "pg";
import { addPerson, findPerson, giveRole, setPassword } from "../rights/people.ts";
import { EVERYWHERE, type RoleName, type Scope } from "../rights/permissions.ts";

export interface Answered {
  readonly status: number;
  /** What was answered, when it was JSON. */
  readonly body: Record<string, unknown>;
  readonly text: string;
  readonly cookie: string | undefined;
}

/** Everybody's password in tests. */
export const PASSWORD = "seven quiet forklifts";
const TEST = { name: "test" };

export class Browser {
  cookie = "";
  token = "";
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async request(
    method: "GET" | "POST",
    path: string,
    body: object = {},
    headers: Record<string, string> = {},
  ): Promise<Answered> {
    const response = await fetch(new URL(`/api${path}`, this.#url), {
      method,
      redirect: "manual",
      headers: {
        ...(this.cookie ? { cookie: this.cookie } : {}),
        ...(method === "POST" ? { "content-type": "application/json" } : {}),
        ...(this.token ? { "x-crossdock-token": this.token } : {}),
        ...headers,
      },
      ...(method === "POST" ? { body: JSON.stringify(body) } : {}),
    });
    const given = response.headers.getSetCookie().at(-1);
    if (given) this.cookie = given.split(";")[0]!;
    const text = await response.text();
    const said = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: response.status, body: said, text, cookie: given };
  }

  /** Reads who is signed in, and the token that comes with changes. */
  async session(): Promise<Record<string, unknown>> {
    const { body } = await this.request("GET", "/session");
    this.token = typeof body.token === "string" ? body.token : "";
    return body;
  }

  async signIn(person: string, password: string): Promise<Answered> {
    const answer = await this.request("POST", "/sign-in", { person, password });
    await this.session();
    return answer;
  }
}

/** Adds somebody with roles and a password, and signs them in. */
export async function signInAs(
  url: string,
  pool: Pool,
  id: string,
  roles: readonly RoleName[],
  scope: Scope = EVERYWHERE,
): Promise<Browser> {
  await addPerson(pool, { id, name: `${id.charAt(0).toUpperCase()}${id.slice(1)}` }, TEST);
  for (const role of roles) await giveRole(pool, id, { role, ...scope }, TEST);
  await setPassword(pool, (await findPerson(pool, id))!, PASSWORD, TEST);
  const browser = new Browser(url);
  const { status } = await browser.signIn(id, PASSWORD);
  if (status !== 200) throw new Error(`${id} was not signed in: ${status}.`);
  return browser;
}
