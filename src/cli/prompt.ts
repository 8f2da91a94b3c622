/**
 * Asks for a secret: from a terminal without showing it, from a pipe as its first line. Never from an option, because other
 * users of the machine can read those.
 */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { stopWith } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** Ends the command when there is nothing to read. */
export async function askSecret({ note }: Terminal, question: string): Promise<string> {
  const watched = process.stdin.isTTY === true;
  if (watched) note(question);
  // What is typed is echoed by readline into its output; this one swallows it.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal: watched });
  try {
    for await (const line of lines) {
      if (line !== "") return line;
    }
  } finally {
    lines.close();
  }
  return stopWith("usage", `Nothing came in. ${question}is read from the terminal or from standard input.`);
}
