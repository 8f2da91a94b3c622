/**
 * The fault switches of one system: which are on, whom they hit, and how often each has fired.
 *
 * What must stay true: a fault that fires is counted, a fault given `times` fires exactly so often, and counts stay
 * readable after the fault is spent or cleared. What a fault does is up to the part it hits (server, webhooks, drops).
 */

export const faultNames = [
  "down",
  "slow",
  "refuse",
  "error",
  "busy",
  "lose-answer",
  "hang",
  "duplicate-webhooks",
  "reorder",
  "hold-webhooks",
  "lose-webhooks",
] as const;

export type FaultName = (typeof faultNames)[number];

/** A switch as it was set, and what is left of it. */
export interface Fault {
  readonly fault: FaultName;
  /** How many hits are left; absent: until cleared. */
  times?: number;
  /** 0..1, the share of fitting requests it hits. */
  readonly probability: number;
  readonly ms?: number;
  /** Only writes or only reads; absent: what the fault hits by nature. */
  readonly on?: "writes" | "reads";
  /** Only requests whose path contains this. */
  readonly path?: string;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  readonly code?: string;
  readonly message?: string;
  /** For `slow`: wait before acting (a request that arrives late) or after (an answer that comes late). */
  readonly when?: "before" | "after";
}

export interface FaultList {
  readonly active: readonly Fault[];
  readonly fired: Readonly<Partial<Record<FaultName, number>>>;
}

/** What is known of a request when a fault is considered. */
export interface Target {
  readonly write: boolean;
  readonly path: string;
}

export class Faults {
  private readonly active = new Map<FaultName, Fault>();
  private readonly fired: Partial<Record<FaultName, number>> = {};

  /** Switches a fault on, in place of an earlier one of the same name. */
  set(fault: Fault): void {
    this.active.set(fault.fault, fault);
  }

  clear(name?: FaultName): void {
    if (name === undefined) this.active.clear();
    else this.active.delete(name);
  }

  list(): FaultList {
    return { active: [...this.active.values()], fired: { ...this.fired } };
  }

  /** Whether the fault is switched on, without firing it. */
  standing(name: FaultName): Fault | undefined {
    return this.active.get(name);
  }

  /** The fault, if it hits this target now; it is counted and one of its `times` is used up. */
  fire(name: FaultName, target?: Target): Fault | undefined {
    const fault = this.active.get(name);
    if (fault === undefined) return undefined;
    if (target !== undefined && !fits(fault, target)) return undefined;
    if (fault.probability < 1 && Math.random() >= fault.probability) return undefined;
    this.count(name);
    if (fault.times !== undefined) {
      fault.times -= 1;
      if (fault.times <= 0) this.active.delete(name);
    }
    return fault;
  }

  /** Counts a firing that happened without a request, such as a held webhook. */
  count(name: FaultName): void {
    this.fired[name] = (this.fired[name] ?? 0) + 1;
  }
}

function fits(fault: Fault, target: Target): boolean {
  if (fault.on === "writes" && !target.write) return false;
  if (fault.on === "reads" && target.write) return false;
  return fault.path === undefined || target.path.includes(fault.path);
}

/** Reads a switch from the body of `POST /systems/:name/faults`; throws a sentence when it makes no sense. */
export function readFault(body: Readonly<Record<string, unknown>>): Fault {
  const name = body.fault;
  if (!faultNames.includes(name as FaultName)) {
    throw new Error(`A fault is one of ${faultNames.join(", ")}; found ${JSON.stringify(name)}.`);
  }
  const number = (field: string, least: number, most: number): number | undefined => {
    const value = body[field];
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !(value >= least && value <= most)) {
      throw new Error(`${field} is a number from ${least} to ${most}; found ${JSON.stringify(value)}.`);
    }
    return value;
  };
  const text = (field: string): string | undefined => {
    const value = body[field];
    if (value !== undefined && typeof value !== "string") throw new Error(`${field} is text.`);
    return value;
  };
  const times = number("times", 1, 1_000_000);
  const ms = number("ms", 0, 3_600_000);
  const status = number("status", 400, 599);
  const retryAfterSeconds = number("retryAfterSeconds", 0, 86_400);
  const on = text("on");
  const when = text("when");
  const path = text("path");
  const code = text("code");
  const message = text("message");
  if (on !== undefined && on !== "writes" && on !== "reads") throw new Error('on is "writes" or "reads".');
  if (when !== undefined && when !== "before" && when !== "after")
    throw new Error('when is "before" or "after".');
  return {
    fault: name as FaultName,
    probability: number("probability", 0, 1) ?? 1,
    ...(times === undefined ? {} : { times }),
    ...(ms === undefined ? {} : { ms }),
    ...(status === undefined ? {} : { status }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(on === undefined ? {} : { on }),
    ...(when === undefined ? {} : { when }),
    ...(path === undefined ? {} : { path }),
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
  };
}
