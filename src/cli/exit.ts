/**
 * How a command ends: the exit codes, and the error that carries one.
 *
 * Scripts rely on these numbers, so they are permanent. docs/reference/cli.md lists them and a test compares the two.
 */
import { createHash } from "node:crypto";
import { CrossdockError, type Facts, Unavailable, Unusable } from "../std/errors.ts";

/** Exit code → what it tells a script. */
export const EXIT = {
  done: 0,
  unexpected: 1,
  usage: 2,
  checkSaysNo: 3,
  notFound: 4,
  notAllowed: 5,
  conflict: 6,
  unreachable: 7,
  partly: 8,
  interrupted: 130,
} as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** What each code means, for people. */
export const EXIT_MEANING: Readonly<Record<keyof typeof EXIT, string>> = {
  done: "done, or in step",
  unexpected: "an unexpected error",
  usage: "wrong usage: an unknown command, option or value",
  checkSaysNo: "a check says no: problems found, differences found, audit chain broken",
  notFound: "not found",
  notAllowed: "not allowed, or approval required",
  conflict: "conflict: changed meanwhile, already done, or in use by somebody else",
  unreachable: "Crossdock, its database or a system cannot be reached",
  partly: "partly done",
  interrupted: "interrupted with Ctrl-C",
};

/** Ends a command with a sentence and an exit code. */
export class CommandStopped extends Unusable {
  readonly exit: Exit;

  constructor(exit: Exit, message: string, options: { facts?: Facts; cause?: unknown } = {}) {
    super(message, options);
    this.exit = exit;
  }
}

/** Ends the command. */
export function stopWith(how: keyof typeof EXIT, message: string, cause?: unknown): never {
  throw new CommandStopped(EXIT[how], message, { cause });
}

/** Runs `first` at the first Ctrl-C; the second one ends the process. Returns what takes it back. */
export function onInterrupt(first: () => void): () => void {
  let heard = 0;
  const hear = () => {
    heard += 1;
    if (heard === 1) first();
    else process.exit(EXIT.interrupted);
  };
  process.on("SIGINT", hear);
  return () => void process.off("SIGINT", hear);
}

/** The same place in the code gives the same id, so that two reports of one defect are known as one. */
function defectOf(error: unknown): string {
  const places = String((error as Error)?.stack ?? error)
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.replace(/.*[/\\]/, "").replace(/\)$/, ""))
    .slice(0, 4);
  return `E-${createHash("sha256").update(places.join("|")).digest("hex").slice(0, 6)}`;
}

const NETWORK = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EAI_AGAIN",
]);

/** What PostgreSQL says where a schema, a table or a column is not there. */
const NOT_OURS = new Set(["3F000", "42P01", "42703"]);

/** What a file system says where a place somebody named cannot be read or written. */
const NO_PLACE = new Set(["EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR", "EISDIR", "EEXIST", "ENOSPC"]);

/** The exit code and the sentence for whatever a command threw. */
export function endOf(error: unknown): { exit: Exit; says: string } {
  if (error instanceof CommandStopped) return { exit: error.exit, says: error.message };
  if (error instanceof Unavailable) return { exit: EXIT.unreachable, says: error.message };
  if (error instanceof Unusable) return { exit: EXIT.usage, says: error.message };
  const { code, message, path } = (error ?? {}) as { code?: string; message?: string; path?: unknown };
  if (code && NETWORK.has(code)) {
    return { exit: EXIT.unreachable, says: `The database or a server did not answer (${message || code}).` };
  }
  if (code && NO_PLACE.has(code) && typeof path === "string") {
    return {
      exit: EXIT.usage,
      says: `A file or folder cannot be used: ${message}. Name another place, or mend this one.`,
    };
  }
  if (code && NOT_OURS.has(code)) {
    return {
      exit: EXIT.usage,
      says: `This database is not that of this release: ${message}. Name another, or let crossdock start land its tables.`,
    };
  }
  if (error instanceof CrossdockError) return { exit: EXIT.unexpected, says: error.message };
  return {
    exit: EXIT.unexpected,
    says: `Something went wrong inside Crossdock (${defectOf(error)}): ${message || String(error)} Run it again with --debug to see where, and tell us the id.`,
  };
}
