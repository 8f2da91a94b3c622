/**
 * `crossdock estate`: the simulated business systems of `crossdock dev`: take one down, lose its answers, have it act.
 *
 * Talks to the estate's own control plane. These are outside systems, so nothing here passes through Crossdock.
 */
import { Argument, Command } from "commander";
import { ask, press } from "../buttons.ts";
import { stopWith } from "../exit.ts";
import { type Common, withOutput } from "../options.ts";
import { runningDock } from "../running.ts";
import { SAMPLE_LINES } from "../site/demonstration.ts";
import { pairs, table } from "../table.ts";
import { printJson, type Terminal } from "../terminal.ts";
import { listed } from "../words.ts";
import { type StartOptions, startEstate } from "./estate-start.ts";

/** What a fault does, for people. */
export const FAULTS: Readonly<Record<string, string>> = {
  down: "the port is closed, connections are refused",
  slow: "answers late (--ms)",
  refuse: "says no for business reasons",
  error: "answers 500 before doing anything",
  busy: "answers 429 or 503 and asks to come back later",
  "lose-answer": "does it, then hangs up without answering",
  hang: "does it, and never answers",
  "duplicate-webhooks": "sends every webhook twice",
  reorder: "sends webhooks in the wrong order",
  "hold-webhooks": "keeps its webhooks back",
  "lose-webhooks": "never sends its webhooks, and does not know it",
};

/** What an act sends when nothing is said; any field can be said instead. */
const SAMPLES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "acme send-order": { lines: SAMPLE_LINES },
  "shop place-order": { lines: [{ sku: "SEAL-9", quantity: "4" }] },
};

interface Options extends Common, StartOptions {
  readonly control?: string;
  readonly times?: string;
  readonly probability?: string;
  readonly ms?: string;
}

export const estate = (terminal: Terminal): Command =>
  withOutput(new Command("estate"))
    .description("The simulated business systems: see them, break them, have them act.")
    .argument("[system]", "one of them, e.g. erp (without one: all and how they are), or start, or story")
    .addArgument(new Argument("[what]", "status, a fault, clear, act, set or books").default("status"))
    .argument("[details...]", "for act: its name and field=value; for set: field=value; for clear: one fault")
    .option("--times <n>", "the fault hits so many requests, then ends")
    .option("--probability <p>", "the fault hits a request with this probability, 0 to 1")
    .option("--ms <n>", "how long: the delay of slow, the length of down")
    .option("--data <folder>", "the data folder of the dock (default: the nearest .crossdock)")
    .option("--control <url>", "the control plane, when it is not the one of the running dock")
    .option("--port-base <n>", "start: the control plane's port, the systems follow (default: 7400; 0: any)")
    .option("--pace <pace>", "start: fast (20 ms) or demo (1 to 3 s) until something physical happens")
    .option("--crossdock <url>", "start: the gateway they tell (default: http://127.0.0.1:7300)")
    .option("--secrets <file>", "start: JSON with their tokens, webhook secrets and API keys")
    .option(
      "--estate-database <url>",
      "start: a PostgreSQL of its own for the application that is only a database",
    )
    .addHelpText(
      "after",
      [
        "",
        "Faults:",
        ...pairs(Object.entries(FAULTS)),
        "",
        "Examples:",
        "  crossdock estate start                           all of them by themselves, without a dock",
        "  crossdock estate start dynamics fusion           some of them",
        "  crossdock estate                                 all systems and how they are",
        "  crossdock estate wms down --ms 30000             the warehouse is away for half a minute",
        "  crossdock estate erp lose-answer --times 1       the ERP books the next document and loses the answer",
        "  crossdock estate erp clear                       all its faults end",
        "  crossdock estate acme act send-order             the partner drops an order into its mailbox",
        "  crossdock estate wms set split=2                 the warehouse ships in two parts",
        "  crossdock estate story                           stories that can be told, the acceptance scenarios among them",
        "  crossdock estate story scn-11                    tells one: goods and a service in one order",
      ].join("\n"),
    )
    .action(async (system: string | undefined, what: string, details: string[], options: Options) => {
      if (system === "start")
        return startEstate(terminal, what === "status" ? [] : [what, ...details], options);
      if (system === "story") return tell(terminal, what === "status" ? undefined : what, options);
      const control = options.control ?? runningDock(terminal, options).estate;
      if (!control)
        stopWith("notFound", "The running dock has no simulated systems (it was started with --no-estate).");
      const call = caller(control);
      if (system === undefined || system === "list") return all(terminal, call, options);
      const path = `/systems/${encodeURIComponent(system)}`;
      if (what === "status") {
        const { systems } = (await call("GET", "/systems")) as { systems: Record<string, object> };
        const faults = await call("GET", `${path}/faults`);
        return show(terminal, system, { ...systems[system], ...faults }, options);
      }
      if (what === "books") return terminal.out(JSON.stringify(await call("GET", `${path}/books`), null, 2));
      if (what === "act") {
        const [act, ...fields] = details;
        if (!act) stopWith("usage", `Say which act: crossdock estate ${system} act <name> [field=value …].`);
        const body = { ...SAMPLES[`${system} ${act}`], ...fieldsOf(fields) };
        return done(terminal, `${system}: ${act}`, await call("POST", `${path}/acts/${act}`, body), options);
      }
      if (what === "set") {
        return done(
          terminal,
          `${system} is set`,
          await call("POST", `${path}/settings`, fieldsOf(details)),
          options,
        );
      }
      if (what === "clear" || what === "up") {
        const one = what === "up" ? "down" : details[0];
        await call("DELETE", one ? `${path}/faults/${one}` : `${path}/faults`);
        return done(
          terminal,
          `${system}: ${one ? `${one} has ended` : "all faults have ended"}`,
          {},
          options,
        );
      }
      if (!Object.hasOwn(FAULTS, what)) {
        stopWith(
          "usage",
          `"${what}" is neither a fault nor status, clear, act, set or books. Faults: ${listed(Object.keys(FAULTS))}.`,
        );
      }
      const fault = {
        fault: what,
        ...numbers({ times: options.times, probability: options.probability, ms: options.ms }),
      };
      const said = await call("POST", `${path}/faults`, fault);
      return done(
        terminal,
        `${system}: ${what}, ${FAULTS[what]}. It ends with: crossdock estate ${system} clear`,
        said,
        options,
      );
    });

interface Told {
  readonly name: string;
  readonly title: string;
  readonly expect: string;
}

/** Lists the stories, or has the running dock's console tell one: it waits for milestones and goes on by itself. */
async function tell(terminal: Terminal, name: string | undefined, options: Options): Promise<void> {
  const known = await ask(terminal, options, "/api/demonstration");
  if (!known?.available) {
    return stopWith(
      "notFound",
      "No simulated systems run here, so no story can be told. Start: crossdock dev",
    );
  }
  const stories = known.stories as readonly Told[];
  if (name === undefined) {
    if (options.json) return printJson(terminal, "estate.stories", { stories });
    for (const line of pairs(stories.map((one) => [one.name, one.title]))) terminal.out(line);
    terminal.note("\nNext: crossdock estate story scn-11");
    return;
  }
  const story = stories.find((one) => one.name === name);
  if (!story) {
    return stopWith(
      "usage",
      `There is no story ${name}. Stories: ${listed(stories.map((one) => one.name))}.`,
    );
  }
  const said = await press(terminal, options, `/api/demonstration/stories/${encodeURIComponent(name)}`, {});
  const about = typeof said.order === "string" ? said.order : null;
  if (options.json) return printJson(terminal, "estate.story", { story, about });
  terminal.out(terminal.paint.bold(story.title));
  terminal.out(story.expect);
  if (about !== null) terminal.note(`\nNext: crossdock trace ${about}`);
}

type Call = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

/** Asks the control plane; what it refuses is told in its own words. */
const caller =
  (control: string): Call =>
  async (method, path, body) => {
    let response: Response;
    try {
      response = await fetch(`${control}${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
        signal: AbortSignal.timeout(10_000),
      });
    } catch (cause) {
      return stopWith(
        "unreachable",
        `The simulated estate does not answer at ${control}. Is "crossdock dev" running?`,
        cause,
      );
    }
    const text = await response.text();
    const said = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
    if (response.ok) return said;
    const { message, detail, error } = said as {
      message?: string;
      detail?: string;
      error?: { message?: string } | string;
    };
    const why =
      message ??
      detail ??
      (typeof error === "string" ? error : error?.message) ??
      `It answered ${response.status}.`;
    return stopWith(response.status === 404 ? "notFound" : "usage", why);
  };

interface SystemState {
  readonly name: string;
  readonly port?: number;
  readonly up?: boolean;
  readonly served?: number;
  readonly webhooksWaiting?: number;
  readonly faults?: unknown;
}

async function all(terminal: Terminal, call: Call, { json }: Options): Promise<void> {
  const { systems } = (await call("GET", "/systems")) as {
    systems: Record<string, Omit<SystemState, "name">>;
  };
  const rows = Object.entries(systems).map(([name, state]) => ({ name, ...state }));
  if (json) return printJson(terminal, "estate", { systems: rows });
  const { paint } = terminal;
  const lines = table<SystemState>(
    [
      { title: "SYSTEM", value: ({ name }) => name },
      { title: "PORT", value: ({ port }) => String(port ?? ""), align: "right" },
      {
        title: "STATE",
        value: ({ up }) => (up === false ? "✕ down" : "✔ up"),
        paint: (text, { up }) => (up === false ? paint.bad(text) : paint.good(text)),
      },
      { title: "SERVED", value: ({ served }) => String(served ?? ""), align: "right" },
      {
        title: "WEBHOOKS WAITING",
        value: ({ webhooksWaiting }) => String(webhooksWaiting ?? ""),
        align: "right",
      },
    ],
    rows,
    { columns: terminal.columns, heading: paint.dim },
  );
  for (const line of lines) terminal.out(line);
  terminal.note("\nNext: crossdock estate wms down --ms 20000    (all faults: crossdock estate --help)");
}

function show(terminal: Terminal, system: string, state: Record<string, unknown>, { json }: Options): void {
  if (json) {
    printJson(terminal, "estate.system", { system, ...state });
    return;
  }
  terminal.out(terminal.paint.bold(system));
  const entries = Object.entries(state).map(
    ([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)] as const,
  );
  for (const line of pairs(entries)) terminal.out(line);
}

function done(terminal: Terminal, sentence: string, said: Record<string, unknown>, { json }: Options): void {
  if (json) {
    printJson(terminal, "estate.done", { said });
    return;
  }
  terminal.out(`${sentence}.`);
  const facts = Object.entries(said).filter(([, value]) => typeof value !== "object");
  for (const line of pairs(facts.map(([name, value]) => [name, String(value)]))) terminal.out(line);
}

/** `field=value` words (values are JSON where they read as JSON, else text), or one JSON object. */
export function fieldsOf(words: readonly string[]): Record<string, unknown> {
  if (words.length === 1 && words[0]!.startsWith("{")) {
    try {
      return JSON.parse(words[0]!);
    } catch {
      return stopWith("usage", "That is not JSON. Write field=value, or one JSON object in quotes.");
    }
  }
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf("=");
      if (at < 1) stopWith("usage", `"${word}" is not field=value.`);
      return [word.slice(0, at), meant(word.slice(at + 1))];
    }),
  );
}

/** A decimal stays text: prices and quantities are never floats, not even on their way to a simulator. */
function meant(text: string): unknown {
  if (/^-?\d+\.\d+$/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function numbers(given: Readonly<Record<string, string | undefined>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, text]) => {
      if (text === undefined) return [];
      const number = Number(text);
      if (!Number.isFinite(number) || number < 0)
        stopWith("usage", `--${name} takes a number, not "${text}".`);
      return [[name, number]];
    }),
  );
}
