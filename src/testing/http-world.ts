/**
 * A small real HTTP server to build conformance worlds on: it acts, answers, and misbehaves on purpose.
 *
 * What an effect is belongs to the world that uses it. This file owns only the wire: faults hit the next request that could
 * change something (not GET), and `act` has run in full before an answer is lost or spoilt.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Spoiling } from "./conformance.ts";

export interface WorldRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface WorldAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; text is sent as it is. */
  readonly body?: unknown;
}

type Fault =
  | { readonly kind: "lose" }
  | { readonly kind: "spoil"; readonly how: Spoiling }
  | { readonly kind: "answer"; readonly answer: WorldAnswer };

export interface HttpWorld {
  /** `http://127.0.0.1:port`; the port stays the same when it comes back. */
  readonly url: string;
  loseNextAnswer(): void;
  spoilNextAnswer(how: Spoiling): void;
  /** The next posting gets this answer, and `act` is not called. */
  answerNext(answer: WorldAnswer): void;
  busyNext(retryAfterMs: number): void;
  denyNext(): void;
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** Larger than any bound a world's settings should set, and small enough to send quickly: 2 MB. */
const TOO_LARGE = JSON.stringify({ id: "1", padding: "x".repeat(2_000_000) });

export async function httpWorld(act: (request: WorldRequest) => WorldAnswer): Promise<HttpWorld> {
  const faults: Fault[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    void readText(request).then((text) => {
      const url = new URL(request.url ?? "/", "http://world");
      const { method = "GET", headers } = request;
      const fault = method === "GET" ? undefined : faults.shift();
      if (fault?.kind === "answer") return send(response, fault.answer);
      const answer = act({ method, path: url.pathname, query: url.searchParams, headers, text });
      if (fault?.kind === "lose") return response.socket?.destroy();
      if (fault?.kind === "spoil") return spoil(response, fault.how);
      return send(response, answer);
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });

  let port = 0;
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve());
    });
  const stop = () =>
    new Promise<void>((resolve) => {
      if (!server.listening) return resolve();
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await listen();
  port = (server.address() as AddressInfo).port;

  return {
    url: `http://127.0.0.1:${port}`,
    loseNextAnswer: () => void faults.push({ kind: "lose" }),
    spoilNextAnswer: (how) => void faults.push({ kind: "spoil", how }),
    answerNext: (answer) => void faults.push({ kind: "answer", answer }),
    busyNext: (ms) =>
      void faults.push({
        kind: "answer",
        answer: { status: 429, headers: { "retry-after": String(ms / 1_000) } },
      }),
    denyNext: () => void faults.push({ kind: "answer", answer: { status: 401 } }),
    goDown: stop,
    comeBack: listen,
    close: stop,
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, { status, headers, body }: WorldAnswer): void {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(status === 204 ? undefined : text);
}

function spoil(response: ServerResponse, how: Spoiling): void {
  switch (how) {
    case "too large":
      response.writeHead(201, { "content-type": "application/json" });
      response.end(TOO_LARGE);
      return;
    case "not JSON":
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<html>Welcome to the hotel's network</html>");
      return;
    case "truncated":
      response.writeHead(201, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"id":"47');
      // The bytes must be on their way before the line breaks, else this would be a lost answer.
      setImmediate(() => response.socket?.destroy());
      return;
    case "a redirect":
      response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" });
      response.end();
      return;
    case "an error 500":
      response.writeHead(500, { "content-type": "application/json" });
      response.end('{"title":"It failed"}');
      return;
  }
}
