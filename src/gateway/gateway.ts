/**
 * HTTP for machines.
 *
 * What stays true: nothing of a request's body is read before its caller is known and allowed; nothing is answered with a
 * success that is not durable; every other answer is a problem details document that tells no internals. The gateway talks
 * to the engine through `Dock` only and writes no rows. Routes are records (route.ts); this file registers them and keeps
 * the rules they share.
 *
 * @covers SYS-42
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { type Logger, pino } from "pino";
import type { TSchema } from "typebox";
import { allCapabilities } from "../runtime/capabilities.ts";
import type { Dock } from "../runtime/dock.ts";
import { openSecret } from "../runtime/secrets.ts";
import { Unusable } from "../std/errors.ts";
import { isSecretReference } from "../std/secret.ts";
import { readJson } from "./body.ts";
import { Callers } from "./callers.ts";
import { checked } from "./check.ts";
import { type Admitted, essence, Guard, limitHeaders } from "./guard.ts";
import { inquiryRoutes } from "./inquiries.ts";
import { intakeRoutes, withOwnDoors } from "./intake.ts";
import { Metrics } from "./metrics.ts";
import { openapi } from "./openapi.ts";
import { operationRoutes } from "./operations.ts";
import { orderRoutes } from "./orders.ts";
import { asProblem, PROBLEMS, Problem, problemBody, problemHeaders } from "./problems.ts";
import type { Answer, Call, Route } from "./route.ts";
import { BODY_MAX_BYTES, CLOSE_WITHIN_MS, type GatewaySettings } from "./settings.ts";
import { statusRoutes } from "./status.ts";

export interface Gateway {
  /** Where it listens, e.g. `http://127.0.0.1:7300`. */
  readonly url: string;
  readonly app: FastifyInstance;
  readonly routes: readonly Route[];
  /** Takes nothing new, answers what is under way, and closes. */
  close(): Promise<void>;
}

const VERSION = "1.0.0";
/** A head that takes longer is not sent by a working client. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const HEAD_MAX_BYTES = 16_384;
const PEPPER_MIN = 16;
const IDEMPOTENCY_KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/**
 * Opens the gateway and resolves once it listens.
 *
 * @throws {Unusable} when the port is taken, or a capability names a flow or connection the dock does not have
 */
export async function openGateway(options: {
  readonly dock: Dock;
  readonly host?: string;
  readonly port: number;
  readonly settings: GatewaySettings;
}): Promise<Gateway> {
  const { dock, host = "127.0.0.1", port, settings } = options;
  const capabilities = withOwnDoors(dock, allCapabilities([settings.capabilities]));
  namesExist(dock, capabilities);
  const logger = settings.logger ?? pino({ name: "gateway" }, pino.destination(2));
  const pepper = isSecretReference(settings.pepper) ? openSecret(settings.pepper) : settings.pepper;
  if (pepper.length < PEPPER_MIN) {
    throw new Unusable(`The gateway's pepper has at least ${PEPPER_MIN} characters; this one has fewer.`);
  }

  const metrics = new Metrics(dock);
  const callers = new Callers(dock.pool, pepper, (line, facts) => logger.warn(facts, line));
  const guard = new Guard(dock, callers, settings);
  const around = { dock, metrics, guard, bodyMaxBytes: settings.bodyMaxBytes ?? BODY_MAX_BYTES };
  const routes: Route[] = [
    ...orderRoutes(capabilities, around),
    ...statusRoutes(dock),
    ...inquiryRoutes(capabilities, around),
    ...intakeRoutes(capabilities, around),
    ...operationRoutes(dock, metrics, () => document),
  ];
  const document = openapi(routes, VERSION);

  const app = server(settings, logger, metrics);
  for (const route of routes) register(app, route, guard, metrics);
  app.setNotFoundHandler((request) => {
    throw missing(routes, request);
  });
  app.addHook("onClose", () => callers.close());

  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    if ((cause as { code?: string }).code !== "EADDRINUSE") throw cause;
    throw new Unusable(
      `Port ${port} on ${host} is in use. Stop what listens there, or give the gateway another port with CROSSDOCK_GATEWAY_PORT.`,
      { cause },
    );
  }
  const { port: taken } = app.server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}`,
    app,
    routes,
    async close() {
      // A head or body that trickles in must not keep a worker from stopping.
      const patience = setTimeout(
        () => app.server.closeAllConnections(),
        settings.closeWithinMs ?? CLOSE_WITHIN_MS,
      );
      await app.close();
      clearTimeout(patience);
    },
  };
}

/** What is kept of a request between admission and answer. */
const ADMITTED = Symbol("admitted");
/** On requests that wait for "100 Continue". */
const WAITS = Symbol("waits");
interface Kept {
  [ADMITTED]?: Admitted;
  [WAITS]?: boolean;
}

function server(settings: GatewaySettings, logger: Logger, metrics: Metrics): FastifyInstance {
  const prefix = randomBytes(4).toString("hex");
  let count = 0;
  const app = Fastify({
    logger: false,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    bodyLimit: settings.bodyMaxBytes ?? BODY_MAX_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    trustProxy: settings.trustedProxies ? [...settings.trustedProxies] : false,
    genReqId: () => `${prefix}-${(++count).toString(36)}`,
    http: {
      maxHeaderSize: HEAD_MAX_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      // Node looks for late requests only this often; its default of 30 s would triple the timeouts.
      connectionsCheckingInterval: 500,
    },
    routerOptions: {
      maxParamLength: 300,
      onBadUrl: (_path: string, _request: IncomingMessage, response: ServerResponse) => {
        const problem = new Problem("bad-request", { detail: "The address is not well formed." });
        response.writeHead(400, problemHeaders(problem));
        response.end(JSON.stringify(problemBody(problem, `${prefix}-${(++count).toString(36)}`)));
      },
    },
    frameworkErrors: (error, request, reply) => void answerProblem(error, request, reply, logger, metrics),
    clientErrorHandler: (error: Error, socket: Socket) => refuseBadHead(error, socket, `${prefix}-head`),
  }) as unknown as FastifyInstance;
  // One thing more than is allowed, so that the guard sees it and says so.
  app.server.maxHeadersCount = 0;
  // A client that asks before it sends its body hears the guard's answer first; Node would say "go on" by itself.
  app.server.on("checkContinue", (request: IncomingMessage & Kept, response: ServerResponse) => {
    request[WAITS] = true;
    app.routing(request, response);
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => answerProblem(error, request, reply, logger, metrics));
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "none";
    metrics.requests.inc({ route, status: reply.statusCode });
    if (logger.isLevelEnabled("debug")) {
      const client = (request as Kept)[ADMITTED]?.caller?.name;
      const ms = Math.round(reply.elapsedTime * 10) / 10;
      logger.debug({ request: request.id, route, status: reply.statusCode, ms, client }, "Request answered.");
    }
    done();
  });
  return app;
}

function register(app: FastifyInstance, route: Route, guard: Guard, metrics: Metrics): void {
  const { body } = route;
  const timer = route.intake ? metrics.intakeSeconds.labels({ route: route.name }) : undefined;
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ":$1"),
    ...(body ? { bodyLimit: body.maxBytes } : {}),
    onRequest(request, reply, done) {
      const kept = request as Kept;
      const enter = (admitted: Admitted) => {
        kept[ADMITTED] = admitted;
        const { caller, charged } = admitted;
        if (caller && charged) reply.headers(limitHeaders(caller, charged));
        if ((request.raw as IncomingMessage & Kept)[WAITS]) reply.raw.writeContinue();
        done();
      };
      try {
        const admitted = guard.admit(route, request.raw, request.ip);
        if (admitted instanceof Promise) admitted.then(enter, done);
        else enter(admitted);
      } catch (error) {
        done(error as Error);
      }
    },
    async handler(request, reply) {
      const started = performance.now();
      const answer = await route.handle(callOf(route, request));
      timer?.observe((performance.now() - started) / 1_000);
      return send(reply, answer);
    },
  });
}

function callOf(route: Route, request: FastifyRequest): Call {
  const params = request.params as Record<string, string>;
  for (const [name, parameter] of Object.entries(route.params ?? {})) {
    checkedParameter(name, parameter.schema, params[name]);
  }
  const query = request.query as Record<string, string | undefined>;
  for (const [name, { schema, required }] of Object.entries(route.query ?? {})) {
    if (required || query[name] !== undefined) checkedParameter(name, schema, query[name]);
  }
  const idempotencyKey = route.idempotent ? idempotencyKeyOf(request) : "";
  const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const schema = route.body?.schema;
  return {
    caller: (request as Kept)[ADMITTED]?.caller ?? null,
    address: request.ip,
    params,
    query,
    headers: request.headers,
    raw,
    data: schema ? checked(schema, readJson(raw)) : undefined,
    mediaType: essence(request.headers["content-type"]) || undefined,
    idempotencyKey,
  };
}

function checkedParameter(name: string, schema: TSchema, value: unknown) {
  try {
    checked(schema, value);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem("bad-request", {
      detail:
        value === undefined
          ? `The parameter ${name} is missing.`
          : `The parameter ${name} is not as expected.`,
      field: name,
      expected: error.said.expected,
    });
  }
}

function idempotencyKeyOf(request: FastifyRequest): string {
  const key = request.headers["idempotency-key"];
  const doubled =
    typeof key === "string" &&
    key.includes(",") &&
    (request.raw.headersDistinct["idempotency-key"]?.length ?? 0) > 1;
  if (typeof key === "string" && !doubled && IDEMPOTENCY_KEY.test(key)) return key;
  throw new Problem("idempotency-key-missing", {
    field: "idempotency-key",
    expected: "one key of 1 to 255 printable characters",
  });
}

const EVERY_ANSWER = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

function send(reply: FastifyReply, { status, body, headers }: Answer): FastifyReply {
  reply.code(status).headers(EVERY_ANSWER).header("x-request-id", reply.request.id);
  if (headers) reply.headers(headers);
  return reply.send(body);
}

function answerProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  logger: Logger,
  metrics: Metrics,
): FastifyReply {
  const problem = asProblem(error);
  const { status } = PROBLEMS[problem.kind];
  metrics.problems.inc({ problem: problem.kind });
  const facts = {
    request: request.id,
    route: request.routeOptions?.url ?? "none",
    problem: problem.kind,
    client: (request as Kept)[ADMITTED]?.caller?.name,
    field: problem.said.field,
  };
  if (problem.kind === "defect") logger.error({ ...facts, err: error }, "Request failed by our own mistake.");
  else if (status >= 500)
    logger.warn(
      { ...facts, because: [(error as Error).message, problem.why].filter(Boolean).join(" ") },
      "Request not answered.",
    );
  // A flood of refusals must not become a flood of lines; the counter has them.
  else if (status === 429) logger.debug(facts, "Request refused.");
  else logger.info(facts, "Request refused.");
  // What was not read is not waited for: the connection ends with the answer.
  if (hasUnreadBody(request)) reply.header("connection", "close");
  return reply
    .code(status)
    .headers({ ...problemHeaders(problem), ...EVERY_ANSWER, "x-request-id": request.id })
    .send(Buffer.from(JSON.stringify(problemBody(problem, request.id))));
}

const hasUnreadBody = ({ raw }: FastifyRequest): boolean =>
  !raw.complete &&
  (raw.headers["content-length"] !== undefined || raw.headers["transfer-encoding"] !== undefined);

/** Node refused the head before there was a request: answer by hand and hang up. */
function refuseBadHead(error: Error, socket: Socket, id: string): void {
  if ((error as { code?: string }).code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = asProblem(error);
  const { status } = PROBLEMS[problem.kind];
  const body = JSON.stringify(problemBody(problem, id));
  const headers = {
    ...problemHeaders(problem),
    connection: "close",
    "content-length": Buffer.byteLength(body),
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} Refused\r\n${head.join("")}\r\n${body}`);
}

/** 404, or 405 with the methods the address does take. */
function missing(routes: readonly Route[], request: FastifyRequest): Problem {
  const path = request.url.split("?")[0]!;
  const allowed = routes.filter((route) => fits(route.path, path)).map(({ method }) => method);
  if (allowed.length === 0) return new Problem("not-found");
  return new Problem("method-not-allowed", {
    expected: allowed.join(" or "),
    headers: { allow: allowed.join(", ") },
  });
}

function fits(template: string, path: string): boolean {
  const [wanted, given] = [template.split("/"), path.split("/")];
  return (
    wanted.length === given.length &&
    wanted.every((part, at) => (part.startsWith("{") ? given[at] !== "" : part === given[at]))
  );
}

/** @throws {Unusable} for a capability that points at nothing: better now than at the first order */
function namesExist(dock: Dock, capabilities: GatewaySettings["capabilities"]): void {
  const { flows, connections } = dock.definitions;
  const { ordersFlow, changesFlow, cancellationsFlow, inquiries = [], reports = [] } = capabilities;
  const wanted = [ordersFlow, changesFlow, cancellationsFlow, ...(capabilities.eventFlows ?? [])].concat(
    Object.values(capabilities.webhooks ?? {}).map(({ flow }) => flow),
    reports.map(({ flow }) => flow),
  );
  for (const name of wanted) {
    if (name === undefined || flows.get(name)?.direction === "in") continue;
    throw new Unusable(
      `The gateway is told to use the inbound flow "${name}", but there is none of that name.`,
    );
  }
  for (const connection of inquiries.flatMap(({ asks }) => Object.keys(asks))) {
    if (connections.has(connection)) continue;
    throw new Unusable(
      `The gateway is told to ask the connection "${connection}", but there is none of that name.`,
    );
  }
}
