/**
 * A TCP proxy with bad weather: what stands between two programs when the network has a bad day.
 *
 * It delays, narrows, resets, loses answers after they were given, and holds a connection half-open: bytes are taken and
 * go nowhere, and nobody is told. It counts what it did, because a fault that never happened proves nothing. It understands
 * nothing of what it carries; who does (`postgres-wire.ts`) may look at what goes up and say what becomes of it.
 */
import { createServer, connect as dial, type Server, type Socket } from "node:net";

/** Shares are of the pieces that pass; everything is 0 or false in good weather. */
export interface Weather {
  /** Added to every piece, in each direction. */
  delayMs: number;
  /** 0 is as fast as it goes. */
  bytesPerSecond: number;
  /** Of answers: the other side has acted, and the caller sees a reset. */
  loseAnswer: number;
  /** Of answers: the other side has acted, and the caller hears nothing, for ever. */
  swallowAnswer: number;
  /** Of pieces on their way up: both ends see a reset, and the piece did not arrive. */
  reset: number;
  /** Of requests: turned away with 429 or 503 before the other side hears of them. */
  busy: number;
  /** Of answers: the other side has acted, and the caller is told 500. */
  fail: number;
  /** Of answers: the caller gets half of it. */
  cutShort: number;
  /** Of requests: the other side hears of it when the caller has long given up. */
  late: number;
  /** Connections are taken, and what is said on them goes nowhere. */
  halfOpen: boolean;
  /** Nobody listens. */
  down: boolean;
}

export const fair = (): Weather => ({
  delayMs: 0,
  bytesPerSecond: 0,
  loseAnswer: 0,
  swallowAnswer: 0,
  reset: 0,
  busy: 0,
  fail: 0,
  cutShort: 0,
  late: 0,
  halfOpen: false,
  down: false,
});

/** When a late request arrives: after its caller's patience, and before the end of what its system says it may take. */
const LATE_MS = 2_500;
const REQUEST = /^(GET|POST|PUT|PATCH) /;
/** How a system says that it is busy: for how many seconds, until when, or without a word about it. */
const BUSY = [
  () => "HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\n",
  () => `HTTP/1.1 503 Service Unavailable\r\nretry-after: ${new Date(Date.now() + 1_000).toUTCString()}\r\n`,
  () => "HTTP/1.1 503 Service Unavailable\r\n",
];
const FAILED = "HTTP/1.1 500 Internal Server Error\r\n";
const EMPTY = "content-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";

/** What is to become of a piece on its way up. `lose the answer`: it arrives, and nothing comes back. */
export type Fate = "pass" | "cut" | "lose the answer";

export interface WireOptions {
  readonly name: string;
  /** Where it leads: a port of this machine, or a socket. */
  readonly to: { readonly port: number } | { readonly path: string };
  /** One for every connection; told every piece that goes up. */
  readonly watch?: () => (piece: Buffer) => Fate;
  readonly chance: () => number;
}

export class Wire {
  readonly name: string;
  readonly weather: Weather = fair();
  /** Faults by kind, with how often each happened. */
  readonly fired = new Map<string, number>();
  readonly #options: WireOptions;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #most = 0;

  static async open(options: WireOptions): Promise<Wire> {
    const wire = new Wire(options);
    await new Promise<void>((resolve, reject) => {
      wire.#server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    return wire;
  }

  private constructor(options: WireOptions) {
    this.name = options.name;
    this.#options = options;
    this.#server = createServer({ noDelay: true }, (socket) => this.#carry(socket));
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** The most connections that were open at once. */
  get most(): number {
    return this.#most;
  }

  /** Resets every connection there is. */
  cut(): void {
    for (const pair of this.#pairs) {
      this.#fire("connection reset");
      end(pair);
    }
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) end(pair);
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #fire(fault: string): void {
    this.fired.set(fault, (this.fired.get(fault) ?? 0) + 1);
  }

  #carry(near: Socket): void {
    if (this.weather.down) {
      this.#fire("connection refused");
      near.on("error", () => {}).resetAndDestroy();
      return;
    }
    const { to, chance } = this.#options;
    const far = "port" in to ? dial({ port: to.port, host: "127.0.0.1", noDelay: true }) : dial(to.path);
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    this.#most = Math.max(this.#most, this.#pairs.size);
    // The other side acts on what has left, though its caller is gone.
    let late = false;
    const over = () => {
      if (!this.#pairs.delete(pair)) return;
      near.destroy();
      if (late) setTimeout(() => far.destroy(), 2 * LATE_MS).unref();
      else far.destroy();
    };
    for (const socket of pair) socket.on("error", over).on("close", over);

    const watch = this.#options.watch?.();
    const [up, down] = [this.#lane(near, far), this.#lane(far, near)];
    // What is true of this connection: an answer is awaited, or nothing will ever come back.
    let asked = false;
    let mute = false;
    let dead = false;
    const instead = (fault: string, answer: string | Buffer) => {
      this.#fire(fault);
      dead = true;
      near.end(answer, () => far.destroy());
    };
    near.on("data", (piece) => {
      if (this.weather.halfOpen && !dead) {
        dead = true;
        this.#fire("connection half-open");
      }
      if (dead) return;
      const fate = watch?.(piece) ?? "pass";
      if (fate === "cut" || chance() < this.weather.reset) {
        this.#fire(fate === "cut" ? "connection lost before COMMIT" : "connection reset");
        return end(pair);
      }
      if (fate === "lose the answer") {
        this.#fire("answer to COMMIT lost");
        mute = true;
      }
      const asks = REQUEST.test(piece.toString("latin1", 0, 8));
      if (asks && chance() < this.weather.busy)
        return instead("turned away as busy", `${BUSY[Math.floor(chance() * BUSY.length)]?.()}${EMPTY}`);
      if (asks && chance() < this.weather.late) {
        this.#fire("request late");
        late = true;
      }
      asked = true;
      up(piece, late ? LATE_MS : 0);
    });
    far.on("data", (piece) => {
      if (dead) return;
      if (mute) return end(pair);
      if (this.weather.halfOpen) {
        dead = true;
        this.#fire("connection half-open");
        return;
      }
      if (asked && chance() < this.weather.loseAnswer) {
        this.#fire("answer lost");
        return end(pair);
      }
      if (asked && chance() < this.weather.swallowAnswer) {
        this.#fire("answer swallowed");
        dead = true;
        return;
      }
      if (asked && chance() < this.weather.fail)
        return instead("answered 500 after it acted", `${FAILED}${EMPTY}`);
      if (asked && chance() < this.weather.cutShort)
        return instead("answer cut short", piece.subarray(0, piece.length - 9));
      asked = false;
      down(piece);
    });
    near.on("end", () => late || far.end());
    far.on("end", () => near.end());
  }

  /** Carries pieces one way, in their order, as slowly as the weather says. */
  #lane(from: Socket, to: Socket): (piece: Buffer, lateMs?: number) => void {
    let freeAt = 0;
    return (piece, lateMs = 0) => {
      const { bytesPerSecond } = this.weather;
      const delayMs = this.weather.delayMs + lateMs;
      if (delayMs === 0 && bytesPerSecond === 0 && freeAt === 0) {
        if (to.writable && !to.write(piece)) {
          from.pause();
          to.once("drain", () => from.resume());
        }
        return;
      }
      if (this.weather.delayMs > 0) this.#fire("piece delayed");
      if (bytesPerSecond > 0) this.#fire("piece narrowed");
      const now = performance.now();
      const takes = bytesPerSecond > 0 ? (piece.length / bytesPerSecond) * 1_000 : 0;
      freeAt = Math.max(freeAt, now) + takes;
      const due = Math.max(freeAt, now + delayMs);
      // A later piece never overtakes: timers of equal or later time fire in their order.
      setTimeout(() => {
        if (to.writable) to.write(piece);
      }, due - now);
      freeAt = Math.max(freeAt, due);
    };
  }
}

/** Both ends see a reset; on a socket of this machine, which knows none, the end of the connection. */
const end = ([near, far]: readonly [Socket, Socket]): void => {
  near.resetAndDestroy();
  if (far.remoteAddress === undefined) far.destroy();
  else far.resetAndDestroy();
};
