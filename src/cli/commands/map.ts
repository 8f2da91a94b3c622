/** `crossdock map`: a flow tried on a file or on something recorded; what comes of it, and the mapping row behind each field. */
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { Command } from "commander";
import type { SideRow } from "../../runtime/field-rows.ts";
import type { FlowTrial } from "../../runtime/flow-trial.ts";
import { press, read } from "../buttons.ts";
import { CommandStopped, EXIT, stopWith } from "../exit.ts";
import { type Common, withDock } from "../options.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted } from "../words.ts";

interface Options extends Common {
  readonly arrival?: string;
  readonly event?: string;
}
interface FlowLine {
  readonly name: string;
  readonly title: string;
  readonly direction: "in" | "out";
  readonly format: string;
}

export const map = (terminal: Terminal): Command =>
  withDock(new Command("map"))
    .description(
      "Try a flow on a document: what comes of it, and the mapping row behind each field. Nothing is kept or sent. Without a flow: list them.",
    )
    .argument("[flow]", "the flow to try")
    .argument(
      "[file]",
      "what it takes: a document as it arrives, or the data of a message as JSON; - reads standard input",
    )
    .option("--arrival <id>", "the bytes of this arrival instead")
    .option("--event <position>", "this message of the journal instead; crossdock events lists them")
    .action(async (flow: string | undefined, file: string | undefined, options: Options) => {
      if (flow === undefined) return listed(terminal, options);
      const given = [file, options.arrival, options.event].filter((one) => one !== undefined);
      if (given.length !== 1) stopWith("usage", "Say one thing to try it on: a file, --arrival or --event.");
      const body =
        options.arrival !== undefined
          ? { arrival: options.arrival }
          : options.event !== undefined
            ? { event: options.event }
            : { text: await content(file!) };
      const path = `/api/flows/${encodeURIComponent(flow)}/try`;
      const tried = (await press(terminal, options, path, body)) as unknown as FlowTrial;
      if (options.json) printJson(terminal, "map", { ...tried });
      else shown(terminal, tried);
      if (tried.refused.length > 0) throw new CommandStopped(EXIT.checkSaysNo, "");
    });

async function listed(terminal: Terminal, options: Options): Promise<void> {
  const { flows } = (await read(terminal, options, "/api/flows")) as unknown as {
    flows: readonly FlowLine[];
  };
  if (options.json) return printJson(terminal, "map.flows", { flows });
  const { paint, columns } = terminal;
  const lines = table<FlowLine>(
    [
      { title: "FLOW", value: ({ name }) => name },
      { title: "WAY", value: ({ direction }) => direction },
      { title: "FORMAT", value: ({ format }) => format },
      { title: "CARRIES", value: ({ title }) => title, shrinks: true },
    ],
    flows,
    { columns, heading: paint.dim },
  );
  for (const line of lines) terminal.out(line);
  terminal.note("\nNext: crossdock map <flow> <file>");
}

async function content(file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    return stopWith("usage", `The file ${file} cannot be read: ${(cause as Error).message}.`, cause);
  }
}

function shown(terminal: Terminal, tried: FlowTrial): void {
  const { paint, columns } = terminal;
  for (const { part, reason, facts } of tried.refused) {
    terminal.out(paint.bad(`✕ Part ${part}: ${harmless(reason)}`));
    for (const { name, value } of facts) terminal.out(paint.dim(`    ${name}: ${harmless(value)}`));
  }
  for (const { part, because } of tried.passedOver)
    terminal.out(paint.warn(`– Part ${part} is passed over: ${harmless(because)}`));
  const isOut = tried.direction === "out";
  for (const { contract, version, isAnswer, rows } of tried.outcomes) {
    terminal.out(
      `${paint.good("✔")} ${paint.bold(`${contract} v${version}`)}${isAnswer ? ", the answer to the sender" : ""}`,
    );
    const lines = table<SideRow>(
      [
        { title: "FIELD", value: ({ path }) => path ?? "" },
        { title: "VALUE", value: ({ value }) => harmless(value ?? ""), shrinks: true },
        {
          title: isOut ? "IN THE DOCUMENT" : "FROM",
          value: (row) => harmless((isOut ? row.sent : row.arrived)?.place ?? ""),
        },
        { title: "BY", value: (row) => (isOut ? row.ruleOut : row.ruleIn), shrinks: true },
      ],
      rows,
      { columns, indent: "  ", heading: paint.dim },
    );
    for (const line of lines) terminal.out(line);
  }
  for (const { label, what, value, found } of tried.lookedUp)
    terminal.out(
      paint.dim(`  ${label}: ${what} ${harmless(value)} → ${found === null ? "not known" : harmless(found)}`),
    );
  if (tried.document) {
    terminal.out(paint.dim(`\n${tried.document.mediaType}`));
    terminal.out(harmless(tried.document.text));
  }
  if (tried.hides) terminal.note("What the contract hides of a recorded input is not shown.");
  terminal.note(`${counted(tried.outcomes.length, "message")}; nothing was kept or sent.`);
}
