/**
 * Looks whether the ports we want are free, before anything is started.
 *
 * A port in use is told as a sentence that names the port, what we wanted it for, who holds it and what to do; never as
 * EADDRINUSE half way through a start.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { stopWith } from "../exit.ts";

export interface WantedPort {
  readonly host: string;
  readonly port: number;
  /** "the gateway", "the estate's WMS". */
  readonly what: string;
}

/** Ends the command when one of the ports is taken; `remedy` completes the sentence. */
export async function ensureFree(wanted: readonly WantedPort[], remedy: string): Promise<void> {
  const outcomes = await Promise.all(wanted.map(failureToListen));
  for (const [index, code] of outcomes.entries()) {
    if (code === undefined) continue;
    const { host, port, what } = wanted[index]!;
    if (code === "EADDRINUSE") {
      const holder = holderOf(port);
      const who = holder ? ` by process ${holder.pid} (${holder.program})` : "";
      stopWith("conflict", `Port ${port}, wanted for ${what}, is in use${who}. ${remedy}`);
    }
    stopWith("usage", `${what} cannot listen on ${host}:${port} (${code}). ${remedy}`);
  }
}

function failureToListen({ host, port }: WantedPort): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** Who listens on a TCP port, where the operating system tells us: Linux, by proc(5). */
export function holderOf(port: number): { pid: number; program: string } | undefined {
  try {
    const inodes = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => listeners(file, port)));
    if (inodes.size === 0) return undefined;
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      if (holds(pid, inodes)) return { pid: Number(pid), program: programOf(pid) };
    }
  } catch {
    // Not Linux, or not allowed to look.
  }
  return undefined;
}

/** Socket inodes that listen (state 0A) on the port; the columns of /proc/net/tcp. */
function listeners(file: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${hex}`) && fields[3] === "0A")
    .map((fields) => fields[9] ?? "");
}

function holds(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      const target = readlinkSync(`/proc/${pid}/fd/${fd}`);
      return target.startsWith("socket:[") && inodes.has(target.slice(8, -1));
    });
  } catch {
    return false; // It ended meanwhile, or belongs to somebody else.
  }
}

function programOf(pid: string): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
  const text = words.map((word) => word.slice(word.lastIndexOf("/") + 1)).join(" ");
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
