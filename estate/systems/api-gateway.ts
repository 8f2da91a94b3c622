/**
 * The API gateway a company has in front of Crossdock: everything to `/crossdock/…` is passed on, with its own limit and its own errors.
 *
 * What must stay true: it passes on what it takes byte for byte, with the headers that matter; over its limit it answers by itself, and
 * Crossdock never hears of it; when Crossdock is away it says 502 in its own words.
 *
 * @covers SYS-42
 */
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Body, noSettings, problemDetails, Refusal } from "../kernel/call.ts";
import type { Tools, Trade } from "../kernel/station.ts";

const PREFIX = "/crossdock";

export function apigateway(tools: Tools): Trade {
  let server: Server | undefined;
  let perSecond = 1_000;
  let window = { second: 0, count: 0 };
  const counts = { passed: 0, limited: 0, away: 0 };

  function listening(): Server {
    return createServer((incoming, outgoing) => {
      const say = (status: number, code: string, headers: Record<string, string> = {}) =>
        outgoing.writeHead(status, { "content-type": "application/json", ...headers }).end(
          JSON.stringify({
            fault: { faultstring: code, detail: { errorcode: `policies.ratelimit.${code}` } },
          }),
        );
      const path = incoming.url ?? "/";
      if (!path.startsWith(`${PREFIX}/`)) return say(404, "UnknownProxy");
      const second = Math.floor(Date.now() / 1_000);
      window = window.second === second ? { second, count: window.count + 1 } : { second, count: 1 };
      if (window.count > perSecond) {
        counts.limited += 1;
        return say(429, "QuotaViolation", { "retry-after": "1" });
      }
      const { host: _, connection: __, ...headers } = incoming.headers;
      const passing = request(
        `${tools.estate.crossdock}${path.slice(PREFIX.length)}`,
        {
          method: incoming.method,
          headers: { ...headers, "x-forwarded-for": incoming.socket.remoteAddress ?? "" },
        },
        (answer) => {
          counts.passed += 1;
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      passing.on("error", () => {
        counts.away += 1;
        if (!outgoing.headersSent) say(502, "TargetAway");
        else outgoing.destroy();
      });
      incoming.pipe(passing);
    });
  }

  return {
    apply(entry) {
      if (entry.kind === "settings")
        perSecond = (entry.settings as { perSecond?: number }).perSecond ?? perSecond;
    },
    routes: [
      {
        method: "GET",
        path: /^\/proxy$/,
        handle: () => ({ status: 200, body: { url: urlOf(server) } }),
      },
    ],
    acts: { address: () => ({ url: urlOf(server) }) },
    settle(body: Body) {
      const { perSecond: wanted, ...rest } = body;
      noSettings(rest);
      if (!(Number.isInteger(wanted) && (wanted as number) >= 0)) {
        throw new Refusal(400, "INVALID_FIELD", "perSecond is a whole number.");
      }
      return { perSecond: wanted };
    },
    books: () => ({ perSecond, ...counts }),
    resume() {
      server = listening();
      server.listen(0, "127.0.0.1");
    },
    dialect: problemDetails,
    refusal: () => new Refusal(422, "REFUSED", "The gateway only passes on."),
    stop() {
      server?.close();
      server?.closeAllConnections();
    },
  };
}

const urlOf = (server: Server | undefined): string | null => {
  const address = server?.address() as AddressInfo | null | undefined;
  return address ? `http://127.0.0.1:${address.port}${PREFIX}` : null;
};
