/**
 * Presses the buttons of a running dock from another process: through its console, on this machine.
 *
 * The console trusts this machine and names the person by the operating system's user; a change carries the token of its
 * session, as a page's does. What the console refuses is told in its own words; the exit code says which kind of no it was.
 */
import { stopWith } from "./exit.ts";
import type { Common } from "./options.ts";
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
  const console = consoleOf(terminal, options);
  const { token, tokenHeader } = (await call(console, "GET", "/api/session")) as {
    token: string;
    tokenHeader: string;
  };
  return call(console, "POST", path, { body, headers: { [tokenHeader]: token } });
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

function consoleOf(terminal: Terminal, options: Common): string {
  const run = runningDock(terminal, options);
  return run.console || stopWith("unreachable", "Crossdock is still starting. Try again in a moment.");
}

async function call(
  console: string,
  method: "GET" | "POST",
  path: string,
  more: { body?: Said; headers?: Record<string, string> } = {},
): Promise<Said> {
  let response: Response;
  try {
    response = await fetch(new URL(path, console), {
      method,
      headers: { ...more.headers, ...(more.body ? { "content-type": "application/json" } : {}) },
      ...(more.body ? { body: JSON.stringify(more.body) } : {}),
      signal: AbortSignal.timeout(15_000),
    });
  } catch (cause) {
    return stopWith("unreachable", `The console of the running dock does not answer at ${console}.`, cause);
  }
  const text = await response.text();
  const said = text.startsWith("{") ? (JSON.parse(text) as Said) : {};
  if (response.ok) return said;
  const { detail, title } = said as { detail?: string; title?: string };
  const how = BY_STATUS[response.status] ?? "unexpected";
  return stopWith(how, detail ?? title ?? `The console answered ${response.status} to ${method} ${path}.`);
}
