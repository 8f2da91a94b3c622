/**
 * Where a worker runs, said so that a neighbour on the same machine can tell for certain that it is gone.
 *
 * What must stay true: "gone" is only ever said of a process of this very boot and process namespace whose number is free or
 * belongs to another process by now. Of everything else (another machine, another container, an operating system without
 * proc(5)) nothing is known, and its lease runs out by itself.
 */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** This process, in words other workers compare: host, boot, namespace, number, start time. Only the host off Linux. */
export function placeOf(pid: number = process.pid): string {
  if (pid !== process.pid) return place(pid);
  own ??= place(pid);
  return own;
}

/** Neither moves to another machine nor starts anew. */
let own: string | undefined;

function place(pid: number): string {
  const here = ground();
  const started = startOf(pid);
  return here === null || started === null ? hostname() : [hostname(), ...here, pid, started].join(" ");
}

/** Whether the process of a place has certainly ended. */
export function isGone(place: string): boolean {
  const here = ground();
  const [host, boot, namespace, pid, started] = place.split(" ");
  if (here === null || started === undefined) return false;
  if (host !== hostname() || boot !== here[0] || namespace !== here[1]) return false;
  if (isFree(Number(pid))) return true;
  // Where other users' processes are hidden (hidepid), one that lives has no start time to compare: nothing is known.
  const now = startOf(Number(pid));
  return now !== null && now !== started;
}

/** Whether the system has no process of this number, or one that has ended and not been collected yet. */
function isFree(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return startOf(pid) === ENDED;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

const ENDED = "ended";

/**
 * The running kernel and the process namespace (proc(5), pid_namespaces(7)), read once, as no process lives through a change of
 * either; null where the system does not say.
 */
function ground(): readonly [boot: string, namespace: string] | null {
  known ??= read();
  return known.ground;
}

let known: { readonly ground: readonly [boot: string, namespace: string] | null } | undefined;

function read(): NonNullable<typeof known> {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return { ground: [boot, readlinkSync("/proc/self/ns/pid")] };
  } catch {
    return { ground: null };
  }
}

/** The kernel's start time of a process (proc(5), stat field 22), `ENDED` for a zombie; null when it cannot be read. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may contain spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? ENDED : (fields[19] ?? null);
  } catch {
    return null;
  }
}
