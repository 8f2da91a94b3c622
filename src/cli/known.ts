/**
 * What a reading command knows about the names it finds: the configuration the running dock was started with.
 *
 * Reading must never fail for want of it: without a configuration that loads, names stand as they were written.
 */
import { gather } from "../runtime/definitions.ts";
import { type Known, NOTHING_KNOWN } from "../trace/index.ts";
import { configurationFile, load } from "./load.ts";
import type { Common } from "./options.ts";
import { dataFolder, readRunFile } from "./run-file.ts";
import type { Terminal } from "./terminal.ts";

export async function knownHere(terminal: Terminal, options: Common): Promise<Known> {
  const run = readRunFile(dataFolder(terminal.folder, options.data, terminal.environment));
  const file = run?.configuration ?? configurationFile(terminal).file;
  try {
    const { configuration } = await load(terminal, file);
    return gather(configuration).definitions;
  } catch (error) {
    terminal.note(`Names are shown as stored: ${(error as Error).message}`);
    return NOTHING_KNOWN;
  }
}
