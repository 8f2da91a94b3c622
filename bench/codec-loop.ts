/**
 * Measures one reader on one file, the same way for everybody: `node <file of the reader> <name> <input> <milliseconds>`.
 *
 * A reader gets the bytes as they came, and says how many things it read, so that nobody is fast by reading nothing. A
 * third of the time warms it up. Prints one line of JSON.
 */
import { readFileSync } from "node:fs";

export type Read = (body: Uint8Array) => number | Promise<number>;

/** Runs the reader that the arguments name. */
export async function measure(readers: Readonly<Record<string, Read>>): Promise<void> {
  const [name = "", input = "", forMs = "1000"] = process.argv.slice(2);
  const body = readFileSync(input);
  const read = readers[name];
  if (read === undefined) throw new Error(`There is no reader ${name}.`);
  const idleMb = megabytes();
  const things = await read(body);
  const peakMb = megabytes();
  const limit = Number(forMs);
  for (const until = performance.now() + limit / 3; performance.now() < until; ) await read(body);
  // Processor time, its collector's included: a machine busy with others stretches the clock, not that.
  const times: number[] = [];
  for (const until = performance.now() + limit; performance.now() < until || times.length < 3; ) {
    const from = process.cpuUsage();
    await read(body);
    const { user, system } = process.cpuUsage(from);
    times.push((user + system) / 1_000_000);
  }
  const middle = times.sort((one, other) => one - other)[Math.floor(times.length / 2)]!;
  const mbPerSecond = body.length / 1_048_576 / middle;
  console.log(JSON.stringify({ mbPerSecond, things, peakMb, grownMb: peakMb - idleMb }));
}

/** The most memory the process ever held. */
const megabytes = (): number => process.resourceUsage().maxRSS / 1_024;
