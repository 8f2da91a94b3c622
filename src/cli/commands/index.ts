/** Every command, in the order the help shows them. A new command is a file beside this one and a line here. */
import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { check } from "./check.ts";
import { completion } from "./completion.ts";
import { contracts } from "./contracts.ts";
import { estate } from "./estate.ts";
import { process } from "./process.ts";
import { version } from "./version.ts";

export const commands: readonly ((terminal: Terminal) => Command)[] = [
  check,
  process,
  contracts,
  estate,
  completion,
  version,
];
