/**
 * One lean line to one HTTP server: a keep-alive pool, one call, one bounded answer.
 *
 * The one thing that must stay true: a failure is called `Unavailable` only when no byte of the body was written. Whatever
 * goes wrong after the first byte leaves a posting `InDoubt`, because the other side may have acted on it. What an answer
 * *means* is judged in `outcome.ts`; this file only brings it home, within limits on size, inflated size and time. It
 * follows no redirect, retries nothing, and puts neither payloads nor headers into errors.
 *
 * It speaks to undici's `dispatch` and gathers the answer without streams: 20–24 µs of CPU a call where fetch costs 289.
 */
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { type Dispatcher, Pool } from "undici";
import type { Bytes } from "../std/bytes.ts";
import { type Facts, InDoubt, Unavailable } from "../std/errors.ts";
import { checkedUrl, lookup } from "./egress.ts";

export interface HttpSettings {
  /** Scheme, host, port and base path. */
  readonly url: string;
  /** Calls in flight at once; each has a socket of its own. */
  readonly connections: number;
  /** All the time one call has, from asking for a socket to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Largest answer, counted after inflating. */
  readonly answerBytesMax: number;
}

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the base path; may carry a query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Bytes | string;
  /** True when the call may change something at the target; then doubt is `InDoubt`, else only `Unavailable`. */
  readonly moves: boolean;
  /** Completes "No answer came to …": what was sent, in business words. */
  readonly about: string;
  /** Goes into the facts of every error. */
  readonly facts: Facts;
  readonly deadlineMs?: number;
  /** By `performance.now()`: not written later than this; see `Parcel`. */
  readonly writtenBefore?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface HttpClient {
  /** @throws {Unavailable} nothing was written, or nothing could have changed; {InDoubt} everything else */
  call(call: Call): Promise<Answer>;
  close(): Promise<void>;
}

/** Why no complete answer is in hand. `code` is a word for the facts, never text from the other side. */
class Broken {
  readonly code: string;
  readonly written: boolean;
  constructor(code: string, written: boolean) {
    this.code = code;
    this.written = written;
  }
}

const INFLATE = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) };
/** Up to here any ratio is fine; above it an answer may not grow more than a hundredfold. */
const INFLATED_FREELY_BYTES = 1_000_000;
const INFLATED_RATIO_MAX = 100;

/** Opens nothing yet: sockets are made by the first calls. */
export function httpClient(settings: HttpSettings): HttpClient {
  const base = checkedUrl(settings.url);
  const prefix = base.pathname.replace(/\/$/, "");
  const pool = new Pool(base.origin, {
    connections: settings.connections,
    pipelining: 1,
    allowH2: false,
    connect: { lookup, timeout: Math.min(settings.timeoutMs, 10_000) },
    headersTimeout: settings.timeoutMs,
    bodyTimeout: settings.timeoutMs,
  });

  const call = async (request: Call): Promise<Answer> => {
    try {
      return await inflated(await exchange(pool, prefix, request, settings), settings.answerBytesMax);
    } catch (error) {
      if (error instanceof Broken) throw named(error, request);
      throw error;
    }
  };

  // Calls still in flight at closing are cut off: their callers see doubt, never silence.
  return { call, close: () => pool.destroy() };
}

function named({ code, written }: Broken, { about, facts, moves }: Call): Unavailable | InDoubt {
  const told = { facts: { ...facts, problem: code } };
  if (!written) return new Unavailable(`The other side could not be reached for ${about}.`, told);
  if (!moves) return new Unavailable(`No usable answer came to ${about}.`, told);
  return new InDoubt(`No usable answer came to ${about}, so it may or may not have taken effect.`, told);
}

function exchange(pool: Pool, prefix: string, request: Call, settings: HttpSettings): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { promise, settle } = gather(settings.answerBytesMax, request.writtenBefore);
    const limitMs = Math.max(1, Math.min(settings.timeoutMs, request.deadlineMs ?? settings.timeoutMs));
    const clock = setTimeout(() => settle.cut("timeout"), limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(clock));
    try {
      pool.dispatch(
        {
          path: prefix + request.path,
          method: request.method,
          headers: request.headers ?? {},
          body: request.body ?? null,
        },
        settle.handler,
      );
    } catch {
      // Undici refuses a malformed header or path before it touches a socket.
      settle.cut("malformed request");
    }
  });
}

/** Gathers one answer. `written` turns true when undici begins to write, which is the last moment a failure is harmless. */
function gather(bytesMax: number, writtenBefore = Number.POSITIVE_INFINITY) {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const chunks: Buffer[] = [];
  let size = 0;
  let written = false;
  let ended = false;
  let status = 0;
  let headers: Answer["headers"] = {};
  let controller: Dispatcher.DispatchController | undefined;

  const cut = (code: string): void => {
    if (ended) return;
    ended = true;
    reject(new Broken(code, written));
    controller?.abort(new Error(code));
  };

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(given) {
      controller = given;
      // The time ran out while the call still waited for a socket: it is called off before a byte is written.
      if (ended) return given.abort(new Error("called off"));
      // Asked here and not by a timer: a process that wakes from a stop writes to its socket before it looks at its timers.
      if (performance.now() > writtenBefore) return cut("too late to be sent");
      written = true;
    },
    onResponseStart(_, statusCode, given) {
      if (statusCode < 200) return;
      status = statusCode;
      headers = given;
      if (Number(given["content-length"] ?? 0) > bytesMax) cut("answer too large");
    },
    onResponseData(_, chunk) {
      size += chunk.length;
      if (size > bytesMax) return cut("answer too large");
      chunks.push(chunk);
    },
    onResponseEnd() {
      if (ended) return;
      ended = true;
      const only = chunks[0];
      resolve({ status, headers, body: only && chunks.length === 1 ? only : Buffer.concat(chunks, size) });
    },
    onResponseError(_, error) {
      cut(codeOf(error));
    },
  };
  return { promise, settle: { handler, cut } };
}

async function inflated(answer: Answer, bytesMax: number): Promise<Answer> {
  const encoding = String(answer.headers["content-encoding"] ?? "identity").toLowerCase();
  if (encoding === "identity" || answer.body.length === 0) return answer;
  if (encoding !== "gzip" && encoding !== "deflate" && encoding !== "br") {
    throw new Broken("unknown content encoding", true);
  }
  const ratioMax = Math.max(INFLATED_FREELY_BYTES, answer.body.length * INFLATED_RATIO_MAX);
  const body = await INFLATE[encoding](answer.body, {
    maxOutputLength: Math.min(bytesMax, ratioMax),
  }).catch(() => {
    throw new Broken("answer too large or damaged when inflated", true);
  });
  return { ...answer, body };
}

/** The system's name for what went wrong, e.g. `ECONNREFUSED`: a constant, so nothing of the conversation can be in it. */
function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : error.name;
}
