/**
 * Asks for a secret: from a terminal without showing it, from a pipe as its next line. Never from an option, because other
 * users of the machine can read those.
 */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { stopWith } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** What a pipe brought besides the lines that were asked for. */
let rest = "";

/** Asks for one line; asked again, a pipe answers with its next. Ends the command when there is nothing to read. */
export async function askSecret({ note }: Terminal, question: string): Promise<string> {
  const line = process.stdin.isTTY === true ? await typed(note, question) : await nextPiped();
  if (line !== null) return line;
  return stopWith("usage", `Nothing came in. ${question}is read from the terminal or from standard input.`);
}

async function typed(note: Terminal["note"], question: string): Promise<string | null> {
  note(question);
  // What is typed is echoed by readline into its output; this one swallows it.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  try {
    for await (const line of lines) if (line !== "") return line;
    return null;
  } finally {
    lines.close();
  }
}

async function nextPiped(): Promise<string | null> {
  process.stdin.setEncoding("utf8");
  for (;;) {
    const end = rest.indexOf("\n");
    const chunk = end < 0 ? await nextChunk() : "";
    if (end < 0 && chunk !== null) {
      rest += chunk;
      continue;
    }
    const line = end < 0 ? rest : rest.slice(0, end);
    rest = end < 0 ? "" : rest.slice(end + 1);
    if (line.trim() !== "") return line.replace(/\r$/, "");
    if (end < 0) return null;
  }
}

/** The next piece of standard input, or null at its end. It is held up in between, or it would keep the command from ending. */
const nextChunk = (): Promise<string | null> =>
  new Promise((resolve) => {
    const { stdin } = process;
    if (stdin.readableEnded) return resolve(null);
    const done = (chunk: string | null) => {
      stdin.off("data", done).off("end", atEnd).pause();
      resolve(chunk);
    };
    const atEnd = () => done(null);
    stdin.on("data", done).on("end", atEnd).resume();
  });
