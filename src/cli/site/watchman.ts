/**
 * Stops the embedded PostgreSQL when this process is gone without having said good-bye.
 *
 * PostgreSQL runs in a session of its own and would outlive a SIGKILL of ours. A shell that reads from a pipe only we hold
 * costs a megabyte and needs nothing installed: the embedded server exists for Linux and macOS only. After an orderly stop
 * there is no postmaster.pid any more, and nobody to signal.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";

/** SIGINT is PostgreSQL's fast shutdown: sessions end, everything is written down. */
const SCRIPT = 'cat >/dev/null; kill -INT "$(head -n 1 "$0")" 2>/dev/null';

/** `home` is the folder of the embedded server. Returns what sends the watchman home. */
export function watchOver(home: string): () => void {
  const shell = spawn("/bin/sh", ["-c", SCRIPT, join(home, "cluster", "postmaster.pid")], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  shell.on("error", () => {}); // Without a shell only the protection against a SIGKILL is missing.
  shell.stdin?.on("error", () => {});
  shell.unref();
  (shell.stdin as unknown as { unref?(): void } | null)?.unref?.();
  return () => void shell.kill("SIGKILL");
}
