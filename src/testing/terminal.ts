/**
 * A terminal that remembers what was said to it, for tests of the command line.
 *
 * Plain and 110 columns wide unless asked otherwise; commands run in this process, as `run` of the command line runs them.
 */
import { run } from "../cli/main.ts";
import { paintFor, type Terminal } from "../cli/terminal.ts";

export interface RememberingTerminal extends Terminal {
  /** What went to stdout, as one text. */
  readonly said: () => string;
  /** What went to stderr, as one text. */
  readonly remarked: () => string;
}

export function rememberingTerminal(
  options: {
    coloured?: boolean;
    columns?: number;
    folder?: string;
    environment?: NodeJS.ProcessEnv;
    /** What somebody at the terminal answers, in turn; without it nobody sits there. */
    answers?: string[];
  } = {},
): RememberingTerminal {
  const said: string[] = [];
  const remarked: string[] = [];
  return {
    out: (text) => void said.push(text),
    note: (text) => void remarked.push(text),
    redraw: null,
    question: options.answers
      ? async (question) => {
          remarked.push(question);
          return options.answers?.shift() ?? "";
        }
      : null,
    paint: paintFor(options.coloured ?? false),
    live: false,
    columns: options.columns ?? 110,
    environment: options.environment ?? {},
    folder: options.folder ?? "/",
    said: () => said.join("\n"),
    remarked: () => remarked.join("\n"),
  };
}

/** Runs one command line and returns everything it did. */
export async function crossdock(
  args: readonly string[],
  options: Parameters<typeof rememberingTerminal>[0] = {},
): Promise<{ exit: number; out: string; notes: string }> {
  const terminal = rememberingTerminal(options);
  const exit = await run(args, terminal);
  return { exit, out: terminal.said(), notes: terminal.remarked() };
}
