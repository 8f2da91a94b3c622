/**
 * A PostgreSQL of a row's own, to be killed, or to be left without a byte of room.
 *
 * It is the product's embedded server, so that what starts it again after a crash is what starts it in production. A small
 * disk is a file system in memory, which only root may mount.
 */
import { execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { startEmbedded } from "../../src/std/embedded-postgres.ts";
import { migrate } from "../../src/std/migrate.ts";
import { openPool } from "../../src/std/sql.ts";

export interface OwnDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  /** SIGKILL: for the server, or for one of its backends. False when there was nobody to kill. */
  kill(whole: boolean): boolean;
  /** SIGSTOP, as a machine that stands still: for the server and everything it started. What is returned lets it go on. */
  pause(): () => void;
  /** Lets the next flush of whoever serves somebody now fail with EIO; resolves with whether one did, and PostgreSQL ended itself for it. */
  failFlush(): Promise<boolean>;
  /** Fills the disk; what is returned makes room again. Only where the disk is small. */
  fill?(): () => void;
  drop(): Promise<void>;
}

/** Room for a fresh cluster, its log and a little more. */
const SMALL_DISK_MB = 320;

/** How long PostgreSQL may take to flush something and to end for it. */
const FLUSH_WITHIN_MS = 10_000;

/** Why a small disk cannot be had here; null when it can. */
export const noSmallDisk = (): string | null =>
  process.platform !== "linux"
    ? "a small disk is mounted on Linux only"
    : process.getuid?.() !== 0
      ? "only root may mount a small disk"
      : null;

export async function openDatabase(kind: "plain" | "small disk"): Promise<OwnDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "crossdock-chaos-database-"));
  const disk = kind === "small disk" ? join(folder, "disk") : folder;
  if (kind === "small disk") {
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SMALL_DISK_MB}m,mode=0755`, "tmpfs", disk]);
  }
  execFileSync("chmod", ["0755", folder]);
  const unmount = () => {
    if (kind === "small disk") execFileSync("umount", ["-l", disk]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const server = await startEmbedded({ dataDir: join(disk, "postgres") });
    const pool = openPool(server.connectionString, { max: 8, name: "chaos" });
    await migrate(pool);
    const filler = join(disk, "filler");
    const postmaster = () =>
      Number(readFileSync(join(server.home, "cluster", "postmaster.pid"), "utf8").split("\n")[0]);
    return {
      url: server.connectionString,
      pool,
      kill(whole) {
        const victim = whole ? postmaster() : backendOf(postmaster());
        return victim !== undefined && process.kill(victim, "SIGKILL");
      },
      pause() {
        const all = [postmaster(), ...childrenOf(postmaster()).map(({ pid }) => pid)];
        const tell = (signal: NodeJS.Signals) => {
          for (const pid of all) {
            try {
              process.kill(pid, signal);
            } catch {
              // It has ended meanwhile.
            }
          }
        };
        tell("SIGSTOP");
        return () => tell("SIGCONT");
      },
      async failFlush() {
        // Only who is there now: whoever comes after them to recover must be able to flush.
        const pids = childrenOf(postmaster()).flatMap(({ pid }) => ["-p", String(pid)]);
        const inject = [
          "-qq",
          "-e",
          "trace=fdatasync,fsync",
          "-e",
          "inject=fdatasync,fsync:error=EIO:when=1",
        ];
        const strace = spawn("strace", [...inject, ...pids], { stdio: ["ignore", "ignore", "pipe"] });
        let said = "";
        strace.stderr.on("data", (piece: Buffer) => {
          said += piece;
        });
        // It ends when all of them have ended, which is what PostgreSQL does about it.
        const patience = setTimeout(() => strace.kill("SIGKILL"), FLUSH_WITHIN_MS);
        const ended = await new Promise<string>((resolve) => {
          strace.once("error", ({ message }) => resolve(`strace cannot be run: ${message}`));
          strace.once("exit", (_, signal) => resolve(signal ?? "by itself"));
        });
        clearTimeout(patience);
        if (ended.startsWith("strace")) throw new Error(`${ended}. This row needs it.`);
        return ended === "by itself" && said.includes("INJECTED");
      },
      ...(kind === "small disk" && {
        fill() {
          const file = openSync(filler, "w");
          const piece = Buffer.alloc(1_048_576);
          for (let size = piece.length; size >= 512; ) {
            try {
              writeSync(file, piece, 0, size);
            } catch {
              size = Math.floor(size / 2);
            }
          }
          closeSync(file);
          return () => unlinkSync(filler);
        },
      }),
      async drop() {
        await pool.end();
        await server.stop();
        rmSync(server.home, { recursive: true, force: true });
        unmount();
      },
    };
  } catch (error) {
    unmount();
    throw error;
  }
}

function childrenOf(parent: number): { pid: number; title: string }[] {
  const listed = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(parent)], { encoding: "utf8" });
  return listed
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => ({ pid: Number(line.trim().split(/\s+/)[0]), title: line }));
}

/** A backend that serves somebody: one of the postmaster's children whose title says for whom. */
const backendOf = (postmaster: number): number | undefined =>
  childrenOf(postmaster).find(({ title }) => /postgres: crossdock crossdock/.test(title))?.pid;
