/**
 * The systems at the other end, as a process of their own: each keeps its books in a file, a line before every answer.
 *
 *     node tests/chaos/systems.ts <folder>
 *
 * They share no code with the product. Where the folder holds a token for a system (`token-<system>`), it serves nobody
 * without it, and counts whom it turned away in `denied`. What they can do about a second sending follows from their name in `SYSTEMS`: know
 * our key, be written by our id, be searched by our reference, or nothing at all. They are always honest and always
 * there; bad days are made by the proxy before them. Says `{"port":…}` when it listens.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";

type Repeat = "key" | "upsert" | "searchable" | "none";

/** System → what it can do about a second sending. */
const SYSTEMS: Readonly<Record<string, Repeat>> = {
  credit: "key",
  erp: "searchable",
  wms: "key",
  crm: "upsert",
  shop: "key",
  ledger: "none",
  board: "key",
};

/** One line of the books. `key`: what the caller called it; `at`: milliseconds since 1970. */
interface Booked {
  readonly target: string;
  readonly repeat: Repeat;
  readonly key: string;
  readonly contract: string;
  readonly subject: string;
  readonly body: string;
  readonly at: number;
}

const [folder = "."] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const file = join(folder, "books.ndjson");
const byKey = new Map<string, Booked[]>();
for (const line of existsSync(file) ? readFileSync(file, "utf8").split("\n") : [])
  if (line !== "") remember(JSON.parse(line));

function remember(line: Booked): void {
  const id = `${line.target} ${line.key}`;
  byKey.set(id, [...(byKey.get(id) ?? []), line]);
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function take(system: string, contract: string, subject: string, key: string, body: string): Answer {
  const repeat = SYSTEMS[system] as Repeat;
  const id = `${system} ${key}`;
  const [known] = byKey.get(id) ?? [];
  if (known && (repeat === "key" || repeat === "upsert")) {
    if (known.body === body) return { status: 200, body: { id: numberOf(known) } };
    if (repeat === "key") return { status: 409, body: { code: "key-reused" } };
  }
  const line: Booked = { target: system, repeat, key, contract, subject, body, at: Date.now() };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
  remember(line);
  return { status: 201, body: { id: numberOf(line) } };
}

const numberOf = ({ target, key }: Booked): string => `${target}-${key.slice(0, 12)}`;

/** Credit follows from the last digit of the amount, so that asking twice gives one answer. */
function credit(body: string): Answer {
  const digit = Number((JSON.parse(body) as { amount: string }).amount.at(-1));
  return { status: 200, body: { verdict: digit === 9 ? "no" : digit >= 7 ? "review" : "yes" } };
}

/** The reference the connector wrote in, and the document as it was before. */
function unreferenced(text: string): { key: string; body: string } {
  const { reference, ...document } = JSON.parse(text) as { reference: string };
  return { key: reference, body: JSON.stringify(document) };
}

function answer(method: string, url: URL, key: string | undefined, text: string): Answer {
  const [system = "", contract = "", subject = ""] = url.pathname.slice(1).split("/").map(decodeURIComponent);
  if (contract === "health") return { status: 200, body: {} };
  if (system === "credit") return credit(text);
  const repeat = SYSTEMS[system];
  if (!repeat) return { status: 404, body: { code: "no-such-system" } };
  if (method === "GET" && repeat === "searchable") {
    const hits = byKey.get(`${system} ${url.searchParams.get("reference")}`) ?? [];
    return {
      status: 200,
      body: { items: hits.map((line) => ({ id: numberOf(line), ...JSON.parse(line.body) })) },
    };
  }
  if (method === "GET") {
    // What became of a key (/outcomes/{key}), or a document by our id.
    const [known] = byKey.get(`${system} ${subject}`) ?? [];
    if (!known) return { status: 404, body: {} };
    return { status: 200, body: { id: numberOf(known), ...JSON.parse(known.body) } };
  }
  // The shop refuses some items until somebody has mended something.
  if (system === "shop" && text.includes('"X-') && !existsSync(join(folder, "cured")))
    return { status: 422, body: { code: "no-such-item" } };
  if (repeat === "upsert") return take(system, contract, subject, subject, text);
  if (repeat === "searchable" || repeat === "none") {
    const said = unreferenced(text);
    return take(system, contract, subject, said.key, said.body);
  }
  return take(system, contract, subject, key ?? "", text);
}

/** Whether somebody comes with the token of the system they come to, where it has one. */
function known(request: IncomingMessage): boolean {
  const system = (request.url ?? "").split("/")[1] ?? "";
  const token = join(folder, `token-${system}`);
  if (!existsSync(token) || request.headers.authorization === `Bearer ${readFileSync(token, "utf8")}`)
    return true;
  appendFileSync(join(folder, "denied"), ".");
  return false;
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request: IncomingMessage, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const url = new URL(request.url ?? "/", "http://systems");
    const key = request.headers["idempotency-key"] as string | undefined;
    const text = Buffer.concat(pieces).toString();
    const { status, body } = known(request)
      ? answer(request.method ?? "GET", url, key, text)
      : { status: 401, body: { code: "who-are-you" } };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
});
server.listen(0, "127.0.0.1", () => {
  process.send?.({ port: (server.address() as { port: number }).port });
});
process.once("disconnect", () => process.exit(0));
