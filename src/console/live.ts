/**
 * Tells open pages that something changed: server-sent events, at most one a second.
 *
 * An event says which documents changed, never what they say now; the page reads again what it shows. A beat every few
 * seconds lets the page know that silence means "nothing happened" and not "nobody is listening". What other workers
 * commit is noticed by a slow look at the journal's last position.
 */
import type { ServerResponse } from "node:http";
import type { Db } from "../trace/rows.ts";

/** One event as the page gets it. `documents` is null when more changed than is worth naming. */
export interface Changed {
  readonly documents: readonly string[] | null;
}

const COALESCE_MS = 1_000;
const BEAT_MS = 5_000;
const LOOK_MS = 3_000;
const NAMED_MAX = 200;
/** A browser opens one a page; a hundred open pages on one machine are a mistake. */
export const STREAMS_MAX = 100;
/** A page that does not read for this long has more to catch up with than a new connection costs. */
const UNREAD_BYTES_MAX = 256 * 1_024;

/** How often it is asked whether whoever listens still may. */
const ASK_AGAIN_MS = 45_000;

/** Whoever listens. */
export interface Listener {
  /** Whether they may know every document that changes; others learn only that something did. */
  readonly namesAll: boolean;
  /** Asked now and then; false, or an error, ends the stream. */
  isStillAllowed(): Promise<boolean>;
}

/** Reading a sequence needs no index. */
export const LAST_POSITION = `select last_value::text as position from event_position`;

export class Live {
  readonly #streams = new Map<ServerResponse, Listener>();
  readonly #db: Db;
  readonly #unsubscribe: () => void;
  #changed = new Set<string>();
  #many = false;
  #flush: NodeJS.Timeout | null = null;
  #lastSent = 0;
  #changedAt = 0;
  #position: string | null = null;
  readonly #beat: NodeJS.Timeout;
  readonly #look: NodeJS.Timeout;
  readonly #ask: NodeJS.Timeout;

  constructor(
    db: Db,
    onCommit: (listener: (correlations: readonly string[]) => void) => () => void,
    askAgainMs = ASK_AGAIN_MS,
  ) {
    this.#db = db;
    this.#unsubscribe = onCommit((correlations) => this.#note(correlations));
    this.#beat = setInterval(() => this.#send("beat", { at: new Date().toISOString() }), BEAT_MS);
    this.#look = setInterval(() => void this.#lookAround(), LOOK_MS);
    this.#ask = setInterval(() => void this.#askAgain(), askAgainMs);
    this.#ask.unref();
    this.#beat.unref();
    this.#look.unref();
  }

  /** Takes over a response and keeps it open; false when too many are open already. */
  open(response: ServerResponse, headers: Readonly<Record<string, string>>, listener: Listener): boolean {
    if (this.#streams.size >= STREAMS_MAX) return false;
    response.writeHead(200, {
      ...headers,
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    response.write(`retry: 2000\nevent: beat\ndata: ${JSON.stringify({ at: new Date().toISOString() })}\n\n`);
    this.#streams.set(response, listener);
    response.on("close", () => this.#streams.delete(response));
    return true;
  }

  /** Whether everything that was noted has been told. */
  get isQuiet(): boolean {
    return this.#flush === null && this.#changed.size === 0;
  }

  close(): void {
    this.#unsubscribe();
    clearInterval(this.#beat);
    clearInterval(this.#look);
    if (this.#flush) clearTimeout(this.#flush);
    clearInterval(this.#ask);
    for (const stream of this.#streams.keys()) stream.end();
  }

  /** Ends the streams of those who signed out, or whose rights changed: a new one begins with what they may do now. */
  async #askAgain(): Promise<void> {
    for (const [stream, { isStillAllowed }] of this.#streams) {
      const allowed = await isStillAllowed().catch(() => false);
      if (!allowed) stream.end();
    }
  }

  /** When something changed for the last time, as `Date.now` says it. */
  get changedAt(): number {
    return this.#changedAt;
  }

  #note(correlations: readonly string[] | null): void {
    this.#changedAt = Date.now();
    if (correlations === null) this.#many = true;
    else for (const correlation of correlations) this.#changed.add(correlation);
    if (this.#changed.size > NAMED_MAX) this.#many = true;
    if (this.#flush) return;
    const wait = Math.max(0, this.#lastSent + COALESCE_MS - Date.now());
    this.#flush = setTimeout(() => this.#flushNow(), wait);
    this.#flush.unref();
  }

  #flushNow(): void {
    this.#flush = null;
    this.#lastSent = Date.now();
    const changed: Changed = { documents: this.#many ? null : [...this.#changed] };
    this.#changed = new Set();
    this.#many = false;
    this.#send("changed", changed, { documents: null } satisfies Changed);
  }

  /** `vague` is what those get who may not know every document. */
  #send(event: string, data: object, vague: object = data): void {
    const [full, bare] = [data, vague].map((each) => `event: ${event}\ndata: ${JSON.stringify(each)}\n\n`);
    for (const [stream, { namesAll }] of this.#streams) {
      if (stream.writableLength > UNREAD_BYTES_MAX) stream.destroy();
      else stream.write(namesAll ? full : bare);
    }
  }

  /** Notices what other workers wrote. A database that does not answer shows as pages that stop changing. */
  async #lookAround(): Promise<void> {
    if (this.#streams.size === 0) return;
    try {
      const { rows } = await this.#db.query<{ position: string }>(LAST_POSITION, []);
      const position = rows[0]?.position ?? null;
      if (this.#position !== null && position !== this.#position) this.#note(null);
      this.#position = position;
    } catch {
      this.#position = null;
    }
  }
}
