/** Tries the shared HTTP line and the reading of answers where connectors do not reach: bounds, encodings, digits, times. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { firstDifference, readJson } from "./answer.ts";
import { checkedUrl, mayDial } from "./egress.ts";
import { type Call, type HttpClient, httpClient } from "./http-client.ts";
import { judge, retryAfterMs } from "./outcome.ts";

const posting: Call = {
  method: "POST",
  path: "/x",
  body: "{}",
  moves: true,
  about: "a posting",
  facts: { key: "k" },
};
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function lineTo(
  answer: Parameters<typeof createServer>[1],
  settings: Partial<Parameters<typeof httpClient>[0]> = {},
): Promise<HttpClient> {
  const server: Server = createServer(answer ?? (() => {}));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const line = httpClient({
    url: `http://127.0.0.1:${port}`,
    connections: 2,
    timeoutMs: 2_000,
    answerBytesMax: 3_000_000,
    ...settings,
  });
  closers.push(async () => {
    await line.close();
    server.closeAllConnections();
    server.close();
  });
  return line;
}

test("a compressed answer is read, and one that swells a thousandfold is doubt", async () => {
  const bodies = [gzipSync("x".repeat(500_000)), gzipSync(Buffer.alloc(2_000_000))];
  const line = await lineTo((_, response) => {
    response.writeHead(200, { "content-encoding": "gzip" });
    response.end(bodies.shift());
  });
  expect((await line.call(posting)).body.length).toBe(500_000);
  await expect(line.call(posting)).rejects.toMatchObject({
    name: "InDoubt",
    facts: { key: "k", problem: "answer too large or damaged when inflated" },
  });
});

test("an answer in two encodings is doubt and is never unpacked", async () => {
  const line = await lineTo((_, response) => {
    response.writeHead(200, { "content-encoding": "gzip, gzip" });
    response.end(gzipSync(gzipSync("{}")));
  });
  await expect(line.call(posting)).rejects.toMatchObject({
    facts: { key: "k", problem: "unknown content encoding" },
  });
});

test("an endless trickle ends when the time is over", async () => {
  const line = await lineTo(
    (_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(drip));
    },
    { timeoutMs: 200 },
  );
  await expect(line.call(posting)).rejects.toMatchObject({ name: "InDoubt", facts: { problem: "timeout" } });
});

test("a call that never got a socket was not sent, and is not sent afterwards", async () => {
  const reached: string[] = [];
  const line = await lineTo(
    ({ url = "" }, response) => {
      reached.push(url);
      if (url !== "/first") response.end();
    },
    { connections: 1, timeoutMs: 1_000 },
  );
  const first = line.call({ ...posting, path: "/first", deadlineMs: 120 });
  const second = line.call({ ...posting, path: "/second", deadlineMs: 60 });
  const third = line.call({ ...posting, path: "/third" });
  await expect(second).rejects.toMatchObject({ name: "Unavailable", facts: { problem: "timeout" } });
  await expect(first).rejects.toMatchObject({ name: "InDoubt" });
  await third;
  expect(reached).toEqual(["/first", "/third"]);
});

test("a question without an answer is only unavailable: nothing can have changed", async () => {
  const line = await lineTo(() => {}, { timeoutMs: 50 });
  await expect(line.call({ ...posting, moves: false })).rejects.toMatchObject({ name: "Unavailable" });
});

test("closing cuts off a call in flight, and its caller learns of the doubt", async () => {
  const { promise: arrived, resolve } = Promise.withResolvers<void>();
  const line = await lineTo(() => resolve());
  const call = line.call(posting);
  const fate = expect(call).rejects.toMatchObject({ name: "InDoubt" });
  await arrived;
  await line.close();
  await fate;
});

test("what an answer means follows from its status, and doubt is never certainty", () => {
  const now = new Date("2026-11-21T00:00:00Z");
  const fate = (status: number, body = "", headers: Record<string, string> = {}) => {
    try {
      judge({ status, headers, body: Buffer.from(body) }, posting, now);
      return "taken";
    } catch (error) {
      return (error as Error).name;
    }
  };
  const later = { "retry-after": "5" };
  expect(
    Object.fromEntries(
      [200, 201, 204, 206, 302, 400, 401, 404, 408, 409, 422, 429, 500, 502, 503, 504].map((s) => [
        s,
        fate(s),
      ]),
    ),
  ).toEqual({
    200: "taken",
    201: "taken",
    204: "taken",
    206: "InDoubt",
    302: "InDoubt",
    400: "Refused",
    401: "Unavailable",
    404: "Refused",
    408: "InDoubt",
    409: "Refused",
    422: "Refused",
    429: "Unavailable",
    500: "InDoubt",
    502: "InDoubt",
    503: "InDoubt",
    504: "InDoubt",
  });
  expect([fate(503, "", later), fate(409, "", later), fate(200, "<html>")]).toEqual([
    "Unavailable",
    "InDoubt",
    "InDoubt",
  ]);
});

test("Retry-After is read as seconds or a date, and never believed beyond an hour", () => {
  const now = new Date("2026-11-21T00:00:00Z");
  const after = (text?: string) =>
    retryAfterMs(
      { status: 429, headers: text === undefined ? {} : { "retry-after": text }, body: Buffer.alloc(0) },
      now,
    );
  expect([
    after("5"),
    after("Sat, 21 Nov 2026 00:00:30 GMT"),
    after("Fri, 20 Nov 2026 00:00:30 GMT"),
    after("99999999"),
    after("soon"),
    after(),
  ]).toEqual([5_000, 30_000, 0, 3_600_000, undefined, undefined]);
});

test("no digit of an answer is lost", () => {
  expect(readJson('{"a":10.00,"b":12345678901234567890,"c":7,"d":"1.50","e":[0.1],"f":1e3,"g":-0}')).toEqual({
    a: "10.00",
    b: "12345678901234567890",
    c: 7,
    d: "1.50",
    e: ["0.1"],
    f: "1e3",
    g: -0,
  });
});

test("what we sent must stand there unchanged, and the other side may add to it", () => {
  const sent = { amount: "10.0", account: "0047", note: null, lines: [{ sku: "P", quantity: 2 }] };
  const found = { amount: "10.00", account: "0047", number: "4711", lines: [{ sku: "P", quantity: "2" }] };
  expect(firstDifference(sent, found)).toBeUndefined();
  expect(firstDifference(sent, { ...found, amount: "10.01" })).toBe("amount");
  expect(firstDifference(sent, { ...found, account: "47" })).toBe("account");
  expect(firstDifference(sent, { ...found, lines: [{ sku: "Q", quantity: 2 }] })).toBe("lines.0.sku");
  expect(firstDifference(sent, { ...found, lines: [] })).toBe("lines");
});

test("a url that reaches where no business system is, or hides something, is refused", () => {
  const refused = [
    "http://169.254.169.254/",
    "http://[::ffff:169.254.169.254]/",
    "http://2852039166/",
    "http://0xA9FEA9FE/",
    "http://0251.0376.0251.0376/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://[fe80::1]/",
    "http://224.0.0.1/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::a9fe:a9fe]/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[2001:0:1::5601:5601]/",
    "http://[fd00:ec2::254]/",
    "http://[fd20:ce::254]/",
    "http://allowed@evil/",
    "https://user:word@erp.example.com/",
    "gopher://erp.example.com/",
    "file:///etc/passwd",
    "erp.example.com",
  ];
  for (const url of refused) expect(() => checkedUrl(url), url).toThrow("cannot be used");
  const allowed = [
    "http://127.0.0.1:7404/x",
    "http://[::1]/",
    "https://erp.example.com/sap",
    "http://10.1.2.3/",
    "http://[fd00:ec2::1]/",
    "http://[2001:db8::1]/",
  ];
  for (const url of allowed) expect(() => checkedUrl(url), url).not.toThrow();
});

test("a name that resolves to this machine or to a metadata service is not dialled, whatever else it resolves to", () => {
  expect([
    mayDial("erp.example.com", ["10.1.2.3", "192.0.2.7"]),
    mayDial("localhost", ["127.0.0.1", "::1"]),
    mayDial("erp.example.com", ["127.0.0.1"]),
    mayDial("erp.example.com", ["10.1.2.3", "::1"]),
    mayDial("erp.example.com", ["10.1.2.3", "169.254.169.254"]),
    mayDial("erp.example.com", ["::ffff:10.1.2.3"]),
    mayDial("erp.example.com", []),
  ]).toEqual([true, true, false, false, false, false, false]);
});

test("a server is reached by the name localhost as well", async () => {
  const server = createServer((_, response) => response.end("{}"));
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  const line = httpClient({
    url: `http://localhost:${port}`,
    connections: 1,
    timeoutMs: 2_000,
    answerBytesMax: 100,
  });
  expect((await line.call(posting)).status).toBe(200);
  await line.close();
  server.close();
});

test("a call that could be written only after its moment is not written, and so is no doubt", async () => {
  let came = 0;
  const line = await lineTo((_, response) => {
    came += 1;
    response.end("{}");
  });
  await expect(line.call({ ...posting, writtenBefore: performance.now() - 1 })).rejects.toMatchObject({
    name: "Unavailable",
    facts: { key: "k", problem: "too late to be sent" },
  });
  expect(came).toBe(0);
  expect((await line.call({ ...posting, writtenBefore: performance.now() + 5_000 })).status).toBe(200);
  expect(came).toBe(1);
});
