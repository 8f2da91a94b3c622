/**
 * The console: HTTP for people, and the web application that talks to it.
 *
 * It reads through the trace and presses the dock's buttons; it writes no row of its own. Whatever can be pressed here
 * is audited by the dock with the name of who pressed it.
 */
import { randomBytes } from "node:crypto";
import Fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { isRole, ROLES } from "../rights/permissions.ts";
import { noteRelease, type Release } from "../rights/releases.ts";
import { Sealing } from "../rights/sealing.ts";
import type { Dock } from "../runtime/dock.ts";
import type { Runbook } from "../runtime/runbooks.ts";
import { openSecret } from "../runtime/secrets.ts";
import { CrossdockError, Unusable } from "../std/errors.ts";
import { isSecretReference } from "../std/secret.ts";
import { accountOf } from "./account.ts";
import { adminApi } from "./admin-api.ts";
import { api } from "./api.ts";
import { approvalsApi } from "./approvals-api.ts";
import { auditApi } from "./audit-api.ts";
import { clockApi } from "./clock-api.ts";
import { cookieName } from "./cookie.ts";
import { demonstrationApi } from "./demonstration-api.ts";
import { emergencyApi } from "./emergency-api.ts";
import { type DeclaredRoute, gate } from "./gate.ts";
import { HEADERS, publicAddress, refusal } from "./guard.ts";
import { Live } from "./live.ts";
import { Runbooks } from "./runbooks.ts";
import { runbooksApi } from "./runbooks-api.ts";
import { signIn } from "./sign-in.ts";
import type { SignOnSettings } from "./single-sign-on/routes.ts";
import { webApplication } from "./web-application.ts";

export interface ConsoleSettings {
  /** What people call this dock. Default "Crossdock". */
  readonly name?: string;
  /**
   * Nobody signs in: whoever reaches the console acts under this name, with every right. For tests and tools of one person on
   * one machine; without it, people sign in.
   */
  readonly actor?: string;
  /** The https address people open, when a proxy stands before the console. Without one it serves this machine only. */
  readonly publicUrl?: string;
  /** What the command line of this machine proves itself with. */
  readonly localKey?: string;
  /** Identity providers people may sign in with. */
  readonly providers?: readonly SignOnSettings[];
  /** Where it is noted why a single sign-on, or a story or a drill of the demonstration, did not work. */
  readonly log?: (sentence: string, facts: Record<string, string>) => void;
  /** What people's secrets are sealed with, or references to it; the first seals, all open. Without one nobody has a second factor. */
  readonly sealingKey?: string | readonly string[];
  /** Roles whose holders need a second factor when they sign in with a password. */
  readonly secondFactor?: readonly string[];
  /** What is deployed, and who developed what it changes. */
  readonly release?: Release;
  /** Mixed into the kept hash of API keys; without it the console makes none. */
  readonly pepper?: string;
  /** The configuration as it was read, for administrators to look at. Never a secret. */
  readonly told?: Readonly<Record<string, unknown>>;
  /** What people do when a system is in trouble. */
  readonly runbooks?: readonly Runbook[];
  /** The control plane of simulated systems that run beside the dock. Without it there is no demonstration. */
  readonly estate?: string;
  /** Where the built web application is. Default: beside this build. */
  readonly folder?: string;
}

export interface OpenConsole {
  /** `http://127.0.0.1:7301/` */
  readonly url: string;
  readonly port: number;
  /** Every address of the API with what it asks for. */
  readonly routes: readonly DeclaredRoute[];
  close(): Promise<void>;
}

/**
 * Opens the console and resolves once it listens. `port` 0 takes any free one.
 *
 * @throws {Unusable} when the host is not this machine and no https address is said, or the port is taken
 */
export async function openConsole({
  dock,
  host = "127.0.0.1",
  port = 7301,
  settings = {},
}: {
  readonly dock: Dock;
  readonly host?: string;
  readonly port?: number;
  readonly settings?: ConsoleSettings;
}): Promise<OpenConsole> {
  const outside = publicAddress(host, settings.publicUrl);
  if (settings.actor !== undefined && (outside !== null || settings.localKey !== undefined)) {
    throw new Unusable("A console where nobody signs in is for this machine only, and needs no key.");
  }
  const { sealing, secondFactorFor } = secondFactorOf(settings);
  if (settings.release) await noteRelease(dock.pool, settings.release);
  const live = new Live(dock.pool, (listener) => dock.onCommit(listener));
  const app = Fastify({
    logger: false,
    // Nothing a person sends here is larger than a comment.
    bodyLimit: 64 * 1_024,
    routerOptions: { maxParamLength: 1_000 },
    // A field nobody knows is a mistake of the caller and not passed over in silence; nothing is bent into shape either:
    // coercion would read an empty document number as null, which means "it was not booked, send it again".
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
    forceCloseConnections: true,
    // Behind a proxy on this machine, throttling and audits go by the address the proxy saw.
    trustProxy: outside === null ? false : "loopback",
  });

  app.addHook("onRequest", async (request, reply) => {
    reply.headers(HEADERS);
    if (outside !== null) reply.header("strict-transport-security", "max-age=31536000");
    const because = refusal(request, outside);
    if (because) return reply.code(403).send({ title: "Not allowed", detail: because });
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const { status, title } = answerTo(error);
    reply.code(status).send({ title, detail: sayable(error, status) });
  });

  const name = settings.name ?? "Crossdock";
  const log = settings.log ?? (() => undefined);
  const approvedKey = randomBytes(32).toString("base64url");
  let routes: readonly DeclaredRoute[] = [];
  await app.register(
    async (inside) => {
      routes = gate(inside, {
        pool: dock.pool,
        localKey: settings.localKey ?? null,
        everybody:
          settings.actor === undefined
            ? null
            : { actor: settings.actor, pressToken: randomBytes(32).toString("base64url") },
        approvedKey,
        secondFactorFor,
        cookie: (request) => cookieName(request, outside),
      });
      await inside.register(signIn, {
        pool: dock.pool,
        name,
        worker: dock.worker,
        outside,
        providers: settings.providers ?? [],
        sealing,
        secondFactorFor,
        log,
      });
      const account = accountOf(dock.pool);
      await inside.register(api, { dock, live, account });
      await inside.register(approvalsApi, { pool: dock.pool, approvedKey });
      await inside.register(auditApi, { pool: dock.pool });
      await inside.register(emergencyApi, { pool: dock.pool, log });
      await inside.register(adminApi, {
        dock,
        pepper: settings.pepper ?? null,
        told: settings.told ?? {},
        outside,
      });
      const estate = settings.estate ?? null;
      const runbooks = new Runbooks(dock, settings.runbooks ?? [], estate !== null, account);
      await inside.register(runbooksApi, { runbooks });
      await inside.register(clockApi, { dock });
      await inside.register(demonstrationApi, { dock, estate, runbooks, log });
    },
    { prefix: "/api" },
  );
  await webApplication(app, settings.folder);

  try {
    await app.listen({ host, port });
  } catch (cause) {
    live.close();
    const taken = (cause as NodeJS.ErrnoException).code === "EADDRINUSE";
    throw new Unusable(
      taken
        ? `The console cannot open: port ${port} is in use. Stop what uses it, or choose another with CROSSDOCK_CONSOLE_PORT.`
        : `The console cannot open on ${host}:${port}: ${(cause as Error).message}.`,
      { facts: { port }, cause },
    );
  }
  return {
    ...place(app, host),
    routes,
    async close() {
      live.close();
      await app.close();
    },
  };
}

/** @throws {Unusable} when a role is none, or second factors are asked for where they cannot be kept */
function secondFactorOf({ sealingKey, secondFactor = [] }: ConsoleSettings) {
  const keys = [sealingKey ?? []].flat().map((key) => (isSecretReference(key) ? openSecret(key) : key));
  const [first, ...others] = keys;
  const unknown = secondFactor.find((role) => !isRole(role));
  if (unknown !== undefined) {
    throw new Unusable(
      `console.secondFactor names "${unknown}", which is no role. There are: ${Object.keys(ROLES).join(", ")}.`,
    );
  }
  if (first === undefined && secondFactor.length > 0) {
    throw new Unusable(
      "console.secondFactor asks for second factors, which need console.sealingKey to be kept.",
    );
  }
  return {
    sealing: first === undefined ? null : new Sealing([first, ...others]),
    secondFactorFor: secondFactor.filter(isRole),
  };
}

function place(app: FastifyInstance, host: string): { url: string; port: number } {
  const address = app.server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { port, url: `http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}/` };
}

function answerTo(error: FastifyError | CrossdockError): { status: number; title: string } {
  if (error instanceof CrossdockError) {
    if (error.next === "retry") return { status: 503, title: "Not now" };
    if (error.next === "halt") return { status: 500, title: "Something went wrong here" };
    return { status: 422, title: "That cannot be done" };
  }
  // SQLSTATE of a text PostgreSQL has no characters for: a NUL in what was looked for.
  if (error.code === "22021") return { status: 400, title: "That request cannot be read" };
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;
  return status < 500
    ? { status, title: "That request cannot be read" }
    : { status: 500, title: "Something went wrong here" };
}

/** What a person may read of an error: our own sentences, and what fastify says about a request's shape. */
function sayable(error: Error, status: number): string {
  if ((error as { code?: string }).code === "22021")
    return "It holds a NUL character (U+0000), which no text of ours can have. Leave it out.";
  if (error instanceof CrossdockError || status < 500) return error.message;
  return "The page could not be read. Orders keep flowing; try again, or use the command line: xd status.";
}
