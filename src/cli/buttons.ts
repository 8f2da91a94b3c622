/**
 * Presses the buttons of a running dock from another process: through its console, on this machine.
 *
 * A command proves itself with the key of `run.json`, which only the dock's own user can read, and names the person by the
 * operating system's user; it may do what a person may, except be the second one. What the console refuses is told in its own words; the exit code says which kind of no it was.
 */
import { PERSON_HEADER } from "../console/gate.ts";
import { stopWith } from "./exit.ts";
import { type Common, person } from "./options.ts";
import { runningDock } from "./running.ts";
import type { Terminal } from "./terminal.ts";

/** What the console's API answers. */
export type Said = Readonly<Record<string, unknown>>;

const BY_STATUS: Readonly<Record<number, Parameters<typeof stopWith>[0]>> = {
  400: "usage",
  401: "notAllowed",
  403: "notAllowed",
  404: "notFound",
  409: "conflict",
  422: "usage",
  503: "unreachable",
};

/** Presses a button of the running dock. Ends the command when the console says no. */
export async function press(terminal: Terminal, options: Common, path: string, body: Said): Promise<Said> {
  return call(consoleOf(terminal, options), "POST", path, body);
}

/** Reads something only a running dock knows, or undefined when none runs here. */
export async function ask(terminal: Terminal, options: Common, path: string): Promise<Said | undefined> {
  if (options.databaseUrl) return undefined;
  try {
    return await call(consoleOf(terminal, options), "GET", path);
  } catch {
    return undefined;
  }
}

/** Where the console is, and what we prove ourselves with. */
interface Place {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

function consoleOf(terminal: Terminal, options: Common): Place {
  const { console: url, localKey = "" } = runningDock(terminal, options);
  if (!url) return stopWith("unreachable", "Crossdock is still starting. Try again in a moment.");
  const headers = {
    authorization: `Bearer ${localKey}`,
    [PERSON_HEADER]: encodeURIComponent(person({}).name),
  };
  return { url, headers };
}

async function call(
  { url, headers }: Place,
  method: "GET" | "POST",
  path: string,
  body?: Said,
): Promise<Said> {
  let response: Response;
  try {
    response = await fetch(new URL(path, url), {
      method,
      headers: { ...headers, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(15_000),
    });
  } catch (cause) {
    return stopWith("unreachable", `The console of the running dock does not answer at ${url}.`, cause);
  }
  const text = await response.text();
  const said = text.startsWith("{") ? (JSON.parse(text) as Said) : {};
  if (response.ok) return said;
  const { detail, title } = said as { detail?: string; title?: string };
  const how = BY_STATUS[response.status] ?? "unexpected";
  return stopWith(how, detail ?? title ?? `The console answered ${response.status} to ${method} ${path}.`);
}
