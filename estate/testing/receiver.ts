/**
 * What the estate's tests stand on: a started estate with a listener in Crossdock's place, and small ways to call it.
 *
 * What must stay true: the listener checks every webhook signature by itself, so a wrongly signed one is an error and
 * not a silent pass. It is used by tests only.
 */
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StartEstate, type StartedEstate, type SystemName, startEstate } from "../client.ts";

const SECRET = `whsec_${Buffer.from("a secret for the tests of the estate").toString("base64")}`;
const TOKEN = "token-of-the-tests";

/** One request as it reached the listener. */
export interface Heard {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into bodies of many shapes.
  readonly body: any;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of many shapes.
  readonly body: any;
}

/** Listens in Crossdock's place, keeps what it hears and answers as told. */
export async function openListener() {
  const heard: Heard[] = [];
  const wrong: string[] = [];
  let answer: (request: Heard) => { status: number; body?: unknown } = () => ({ status: 202 });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const path = request.url ?? "";
    if (path.startsWith("/v1/webhooks/")) {
      const signed = `${request.headers["webhook-id"]}.${request.headers["webhook-timestamp"]}.${text}`;
      const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
      const right = `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
      if (request.headers["webhook-signature"] !== right) wrong.push(text);
    }
    const one = { path, headers: request.headers, body: JSON.parse(text) };
    heard.push(one);
    const said = answer(one);
    response.writeHead(said.status, { "content-type": "application/json" });
    response.end(JSON.stringify(said.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    /** Bodies of webhooks whose signature was not right. */
    wrong,
    /** Bodies of the events of a type, in order of arrival. */
    events: (type: string) => heard.filter(({ body }) => body.type === type).map(({ body }) => body),
    respond(how: typeof answer) {
      answer = how;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An estate of some systems at fast pace on a folder of its own, with the listener as its Crossdock. */
export async function openTestEstate(systems: readonly SystemName[]) {
  const data = mkdtempSync(join(tmpdir(), "estate-"));
  const listener = await openListener();
  const names = ["wms", "tms", "payments"] as const;
  const options: StartEstate = {
    data,
    systems,
    pace: "fast",
    crossdock: listener.url,
    secrets: {
      webhooks: Object.fromEntries(names.map((name) => [name, SECRET])),
      apiKeys: { shop: "key-of-the-shop" },
      tokens: Object.fromEntries(systems.map((name) => [name, TOKEN])),
    },
  };
  let running: StartedEstate = await startEstate(options);

  return {
    data,
    listener,
    get estate() {
      return running;
    },
    /** Calls a system; no answer is a rejected promise. */
    async call(
      system: SystemName,
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
      timeoutMs = 5000,
    ): Promise<Answered> {
      const response = await fetch(`${running.url[system]}${path}`, {
        method,
        signal: AbortSignal.timeout(timeoutMs),
        headers: { authorization: `Bearer ${TOKEN}`, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text === "" ? null : JSON.parse(text),
      };
    },
    /** Ends the process cleanly or with SIGKILL and starts it on the same books. */
    async restart(how: "stop" | "kill" = "stop") {
      await running[how]();
      running = await startEstate(options);
    },
    async close() {
      await running.stop();
      await listener.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

export type TestEstate = Awaited<ReturnType<typeof openTestEstate>>;

/** Waits until `look` gives something other than undefined, null or false; rejects after ten seconds saying `what`. */
export async function until<Value>(
  what: string,
  look: () => Value | undefined | null | false | Promise<Value | undefined | null | false>,
): Promise<Value> {
  const end = Date.now() + 10_000;
  while (Date.now() < end) {
    const value = await look();
    if (value !== undefined && value !== null && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Waited 10 s in vain: ${what}.`);
}

/** Whether a call failed because nothing listens on the port. */
export async function refusedConnection(call: Promise<unknown>): Promise<boolean> {
  const problem = await call.then(
    () => undefined,
    (error: { cause?: { code?: string } }) => error,
  );
  return problem?.cause?.code === "ECONNREFUSED";
}
