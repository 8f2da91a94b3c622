/**
 * What a command may do to the screen.
 *
 * Data goes to stdout, progress and remarks to stderr, so a pipe carries data only. Colours and redrawing are for
 * terminals; a pipe, NO_COLOR, --no-color and TERM=dumb get plain text. Control characters that came in with foreign
 * data never reach the terminal.
 */

import { createInterface } from "node:readline/promises";
import { stripVTControlCharacters } from "node:util";

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
  accent(text: string): string;
}

export interface Terminal {
  /** Writes one line (or several) of data to stdout. */
  out(text: string): void;
  /** Writes one line of progress or remark to stderr. */
  note(text: string): void;
  /** Draws the last line of stderr again, for progress; null where nobody watches it. */
  readonly redraw: ((text: string) => void) | null;
  /** Asks whoever sits there and reads a line; null where nobody does, so every question has an option too. */
  readonly question: ((question: string) => Promise<string>) | null;
  readonly paint: Paint;
  /** Whether a person is watching stdout. */
  readonly live: boolean;
  readonly columns: number;
  /** The environment and the folder the command runs in. */
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
}

const PLAIN: Paint = (() => {
  const same = (text: string) => text;
  return { bold: same, dim: same, good: same, warn: same, bad: same, accent: same };
})();

const wrap = (open: number, close: number) => (text: string) =>
  text === "" ? text : `\u001b[${open}m${text}\u001b[${close}m`;

/** SGR codes, ECMA-48: bold, faint, and the four basic colours every terminal has. */
const COLOURED: Paint = {
  bold: wrap(1, 22),
  dim: wrap(2, 22),
  good: wrap(32, 39),
  warn: wrap(33, 39),
  bad: wrap(31, 39),
  accent: wrap(36, 39),
};

export const paintFor = (coloured: boolean): Paint => (coloured ? COLOURED : PLAIN);

/** Whether colours are wanted: on a terminal that can, unless somebody said no (https://no-color.org). */
export function wantsColour(
  stream: { isTTY?: boolean },
  environment: NodeJS.ProcessEnv,
  args: readonly string[],
) {
  if (args.includes("--no-color") || environment.NO_COLOR) return false;
  return Boolean(stream.isTTY) && environment.TERM !== "dumb";
}

export function processTerminal(args: readonly string[] = process.argv): Terminal {
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    redraw:
      process.stderr.isTTY && process.env.TERM !== "dumb"
        ? (text) => void process.stderr.write(`\r\u001b[K${text}`)
        : null,
    question: process.stdin.isTTY && process.stderr.isTTY ? readAnswer : null,
    paint: paintFor(wantsColour(process.stdout, process.env, args)),
    live: Boolean(process.stdout.isTTY),
    // A pipe has no width: nothing is cut for a program that reads along.
    columns: process.stdout.columns ?? Number.POSITIVE_INFINITY,
    environment: process.env,
    folder: process.cwd(),
  };
}

/** One line from the person at the terminal; the question stands on stderr, so that a pipe carries data only. */
async function readAnswer(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // readline takes Ctrl-C to itself while it reads: whoever presses it wants to leave.
  lines.once("SIGINT", () => {
    process.stderr.write("\n");
    process.exit(130);
  });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}

/** Removes escape sequences and control characters, so that a message body cannot drive somebody's terminal. */
export const harmless = (text: string): string =>
  stripVTControlCharacters(text).replace(/[^\P{Cc}\t\n]/gu, "");

/** Prints what a program reads: one JSON document that names its own shape and version. */
export function printJson(terminal: Terminal, schema: string, body: Readonly<Record<string, unknown>>): void {
  terminal.out(JSON.stringify({ schema: `xd.${schema}/1`, version: 1, ...body }, null, 2));
}

/** The same for streams: one document a line. */
export function printJsonLine(
  terminal: Terminal,
  schema: string,
  body: Readonly<Record<string, unknown>>,
): void {
  terminal.out(JSON.stringify({ schema: `xd.${schema}/1`, version: 1, ...body }));
}
