/**
 * One system's HTTP port, and everything that can go wrong with it.
 *
 * It reads a request whole, lets the fault switches have their say, has the system act, writes the books and only then
 * answers. `down` is real: the port is closed and open connections are cut, so callers see ECONNREFUSED. What must stay
 * true: an answer that is lost or hung was committed first, and one that is an `error`, `busy` or `refuse` never was.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Answer, type Body, type Call, Refusal, type Route } from "./call.ts";
import type { Faults } from "./faults.ts";
import type { Limits } from "./limits.ts";
import type { Sessions } from "./sessions.ts";

export interface Desk {
  readonly routes: readonly Route[];
  readonly faults: Faults;
  /** The bearer token callers must show; absent: anyone may call. */
  readonly token: string | undefined;
  /** Tokens of those who signed in, where the product has a sign-in. */
  readonly sessions: Sessions | undefined;
  readonly limits: Limits | undefined;
  /** Turns a refusal into the system's own error body. */
  readonly dialect: (refusal: Refusal) => Answer;
  /** What a business refusal by fault switch looks like here. */
  readonly refusal: () => Refusal;
  /** Writes the books. */
  readonly flush: () => void;
}

export interface Port {
  readonly number: () => number;
  readonly open: () => Promise<void>;
  /** Closes the port and cuts every connection. */
  readonly close: () => Promise<void>;
  readonly served: () => number;
}

const BODY_LIMIT = 4 * 1024 * 1024;

export function openPort(desk: Desk, wanted: number): Port {
  let server: Server | undefined;
  let number = wanted;
  let served = 0;

  const send = (response: ServerResponse, answer: Answer): void => {
    if (response.destroyed || response.writableEnded) return;
    const empty = answer.body === undefined;
    const body = empty ? "" : typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status, {
      ...(empty ? {} : { "content-type": "application/json" }),
      "content-length": Buffer.byteLength(body),
      ...answer.headers,
    });
    response.end(body);
  };

  const act = (request: IncomingMessage, path: string, query: URLSearchParams, raw: string): Answer => {
    try {
      const { authorization } = request.headers;
      const admitted =
        desk.token === undefined ||
        authorization === `Bearer ${desk.token}` ||
        desk.sessions?.admits(authorization) === true;
      for (const route of desk.routes) {
        if (!admitted && !route.open) continue;
        if (route.method !== request.method) continue;
        const match = route.path.exec(path);
        if (match === null) continue;
        const call: Call = {
          method: route.method,
          path,
          params: match.groups ?? {},
          query,
          headers: request.headers,
          body: route.open ? {} : parse(raw),
          raw,
        };
        return route.handle(call);
      }
      if (!admitted) throw new Refusal(401, "UNAUTHORIZED", "The bearer token is missing or wrong.");
      throw new Refusal(404, "NOT_FOUND", `There is no ${request.method} ${path} here.`);
    } catch (problem) {
      if (problem instanceof Refusal) return desk.dialect(problem);
      console.error(problem);
      return { status: 500, body: { error: { code: "INTERNAL", message: String(problem) } } };
    } finally {
      desk.flush();
    }
  };

  const serve = (request: IncomingMessage, response: ServerResponse, raw: string): void => {
    const [rawPath = "/", search = ""] = splitUrl(request.url ?? "/");
    let path: string;
    try {
      path = decodeURIComponent(rawPath);
    } catch {
      send(response, {
        status: 400,
        body: { error: { code: "BAD_URL", message: "The path is not well encoded." } },
      });
      return;
    }
    served += 1;
    if (path === "/health") {
      const ill = [desk.faults.standing("error"), desk.faults.standing("busy")].find(
        (fault) => fault !== undefined && fault.times === undefined && fault.probability === 1,
      );
      send(
        response,
        ill === undefined
          ? { status: 200, body: { status: "up" } }
          : { status: 503, body: { status: "ill" } },
      );
      return;
    }
    // Who signs in writes nothing, so faults of writes and limits of calls are none of its business.
    const signsIn = desk.routes.some((route) => route.open && route.path.test(path));
    const write = request.method !== "GET" && request.method !== "HEAD" && !signsIn;
    const target = { write, path: rawPath };
    const finish = () => {
      const error = desk.faults.fire("error", target);
      if (error !== undefined) {
        const message = error.message ?? "An unexpected error happened.";
        return send(response, {
          ...desk.dialect(new Refusal(500, error.code ?? "UNEXPECTED", message)),
          status: error.status ?? 500,
        });
      }
      const busy = desk.faults.fire("busy", target);
      if (busy !== undefined) {
        const said = desk.dialect(
          new Refusal(
            busy.status ?? 429,
            busy.code ?? "TOO_BUSY",
            busy.message ?? "Too many requests, come back later.",
          ),
        );
        return send(response, {
          ...said,
          headers: { ...said.headers, "retry-after": String(busy.retryAfterSeconds ?? 1) },
        });
      }
      const refuse = write ? desk.faults.fire("refuse", target) : undefined;
      if (refuse !== undefined) {
        const usual = desk.refusal();
        return send(
          response,
          desk.dialect(
            new Refusal(
              refuse.status ?? usual.status,
              refuse.code ?? usual.code,
              refuse.message ?? usual.message,
              usual.facts,
            ),
          ),
        );
      }
      const entered = signsIn ? undefined : desk.limits?.enter(Date.now());
      if (entered !== undefined && "refused" in entered) return send(response, entered.refused);
      const answer = act(request, path, new URLSearchParams(search), raw);
      const committed = answer.status < 400;
      if (write && committed && desk.faults.fire("lose-answer", target) !== undefined) {
        if (entered !== undefined) desk.limits?.done();
        request.socket.destroy();
        return;
      }
      if (write && committed && desk.faults.fire("hang", target) !== undefined) {
        if (entered !== undefined) desk.limits?.done();
        return;
      }
      const lateMs = late !== undefined && late.when !== "before" ? (late.ms ?? 1000) : 0;
      const workMs = entered?.workMs ?? 0;
      const told = () => {
        if (entered !== undefined) desk.limits?.done();
        send(response, answer);
      };
      if (lateMs + workMs > 0) setTimeout(told, lateMs + workMs);
      else told();
    };
    const late = desk.faults.fire("slow", target);
    if (late?.when === "before") setTimeout(finish, late.ms ?? 1000);
    else finish();
  };

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > BODY_LIMIT) {
        send(response, {
          status: 413,
          body: { error: { code: "TOO_LARGE", message: "A body has at most 4 MB." } },
        });
        request.destroy();
        return;
      }
      chunks.push(chunk);
    });
    request.on("end", () => {
      if (size <= BODY_LIMIT)
        serve(
          request,
          response,
          chunks.length === 1 ? chunks[0]!.toString() : Buffer.concat(chunks).toString(),
        );
    });
    request.on("error", () => request.socket.destroy());
  };

  return {
    number: () => number,
    served: () => served,
    open: () =>
      new Promise((resolve, reject) => {
        const opening = createServer({ keepAliveTimeout: 30_000, noDelay: true }, listener);
        opening.once("error", reject);
        opening.listen(number, "127.0.0.1", () => {
          number = (opening.address() as AddressInfo).port;
          opening.off("error", reject);
          server = opening;
          resolve();
        });
      }),
    close: () =>
      new Promise((resolve) => {
        if (server === undefined) return resolve();
        server.close(() => resolve());
        server.closeAllConnections();
        server = undefined;
      }),
  };
}

function splitUrl(url: string): [string, string] {
  const mark = url.indexOf("?");
  return mark === -1 ? [url, ""] : [url.slice(0, mark), url.slice(mark + 1)];
}

function parse(raw: string): Body {
  if (raw === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    throw new Refusal(400, "INVALID_JSON", "The body is not JSON.");
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Refusal(400, "INVALID_JSON", "The body must be a JSON object.");
  }
  return value as Body;
}
