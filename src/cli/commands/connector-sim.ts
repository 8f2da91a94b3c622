/**
 * `crossdock connectors sim`: the world of a connector as a small system to connect to by hand.
 *
 * It is the very world the conformance kit proves the connector in. What it is told to do wrong comes from the keyboard, a line at a
 * time, and hits the next posting only.
 */
import { createInterface } from "node:readline";
import { Command } from "commander";
import type { Spoiling, World } from "../../testing/conformance.ts";
import { connectorAt } from "../connector-folder.ts";
import { spanOf, withOutput } from "../options.ts";
import { pairs } from "../table.ts";
import { printJson, printJsonLine, type Terminal } from "../terminal.ts";

const SPOILINGS: readonly Spoiling[] = ["too large", "not JSON", "truncated", "a redirect", "an error 500"];

/** What one may type, and which ability of the world it takes. */
const WORDS = {
  lose: ["loseNextAnswer", "the next posting takes effect and is not answered"],
  spoil: ["spoilNextAnswer", `its answer comes spoilt: ${SPOILINGS.join(", ")}`],
  refuse: ["refuseNext", "the next posting is refused"],
  busy: ["busyNext", "the next posting is told to come back in so many milliseconds"],
  deny: ["denyNext", "the next posting is refused for its credentials"],
  arrive: ["arrive", "the n-th message is put where it is received"],
  down: ["goDown", "no line can be opened any more"],
  up: ["comeBack", "it can again"],
  effects: ["effects", "how often the n-th parcel really took effect"],
} as const satisfies Record<string, readonly [keyof World, string]>;
type Word = keyof typeof WORDS;

export const sim = (terminal: Terminal): Command =>
  withOutput(new Command("sim"))
    .description(
      "Run the small system a connector is proved against, to connect to by hand: type what it is to do wrong. Until Ctrl-C.",
    )
    .argument("<connector>", "its name in connectors/, or its folder")
    .option("--for <span>", 'end by itself after this long, such as "10m"')
    .action(async (named: string, { json, for: span }: { json?: boolean; for?: string }) => {
      const endsAfter = span === undefined ? undefined : spanOf(span, "--for");
      const { connector, openWorld } = await connectorAt(terminal, named);
      const world = await openWorld();
      const words = (Object.keys(WORDS) as Word[]).filter((each) => world[WORDS[each][0]] !== undefined);
      if (json)
        printJson(terminal, "connectors.sim", { connector: connector.name, config: world.config, words });
      else {
        terminal.out(`A small ${connector.name} runs. Connect to it with these settings:`);
        terminal.out(JSON.stringify(world.config, null, 2));
        terminal.note(`\nType what it is to do:`);
        for (const line of pairs(words.map((each) => [each, WORDS[each][1]]))) terminal.note(line);
      }
      const lines = createInterface({ input: process.stdin });
      const ended = Promise.withResolvers<void>();
      const stop = () => ended.resolve();
      process.once("SIGINT", stop);
      process.once("SIGTERM", stop);
      const timer = endsAfter === undefined ? undefined : setTimeout(stop, endsAfter);
      try {
        let before: Promise<void> = Promise.resolve();
        lines.on("line", (line) => {
          before = before.then(async () => {
            const said = await told(world, line);
            if (json) printJsonLine(terminal, "connectors.sim.told", { line, said });
            else terminal.out(said);
          });
        });
        await ended.promise;
        await before;
      } finally {
        clearTimeout(timer);
        process.off("SIGINT", stop);
        process.off("SIGTERM", stop);
        lines.close();
        await world.close();
      }
    });

/** Does what a line says, and answers what came of it. */
export async function told(world: World, line: string): Promise<string> {
  const [word = "", ...rest] = line.trim().split(/\s+/);
  if (word === "") return "";
  if (!Object.hasOwn(WORDS, word)) return `It knows ${Object.keys(WORDS).join(", ")}; not "${word}".`;
  const given = rest.join(" ");
  const number = Number(given || 1);
  if (world[WORDS[word as Word][0]] === undefined) return `This world cannot ${word}.`;
  if (["busy", "arrive", "effects"].includes(word) && !(Number.isInteger(number) && number > 0))
    return `${word} takes a whole number, not "${given}".`;
  switch (word as Word) {
    case "lose":
      await world.loseNextAnswer?.();
      break;
    case "spoil": {
      const how = SPOILINGS.find((each) => each === (given || "not JSON"));
      if (how === undefined) return `An answer can be ${SPOILINGS.join(", ")}; not "${given}".`;
      await world.spoilNextAnswer?.(how);
      break;
    }
    case "refuse":
      await world.refuseNext?.();
      break;
    case "busy":
      await world.busyNext?.(given === "" ? 5_000 : number);
      break;
    case "deny":
      await world.denyNext?.();
      break;
    case "arrive":
      return `Arrived: ${(await world.arrive?.(number))?.body ?? ""}`;
    case "down":
      await world.goDown();
      break;
    case "up":
      await world.comeBack();
      break;
    case "effects":
      return `Parcel ${number} took effect ${await world.effects(world.parcel(number))} times.`;
  }
  return `So be it: ${WORDS[word as Word][1]}.`;
}
