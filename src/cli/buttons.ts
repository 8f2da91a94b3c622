/**
 * Presses the buttons of a running dock from another process: through its console, on this machine.
 *
 * The key stands in `run.json`, which only its owner can read. What the console refuses is told in its own words; the
 * exit code says which kind of no it was.
 */
import { userInfo } from "node:os";
import { stopWith } from "./exit.ts";
import type { Acting, Common } from "./options.ts";
import type { RunFile } from "./run-file.ts";
import { runningDock } from "./running.ts";
import type { Terminal } from "./terminal.ts";

/** What the console's API answers to a button. */
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

/** Calls the console's API of the running dock. Ends the command when it says no. */
export async function press(
  terminal: Terminal,
  options: Common & Acting,
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: Said,
): Promise<Said> {
  const run = runningDock(terminal, options);
  if (!run.console) stopWith("unreachable", "Crossdock is still starting. Try again in a moment.");
  return call(run, method, path, body, options);
}

/** The same for what may be missing: `otherwise` when no dock runs or its console does not answer. */
export async function pressOr<Fallback extends Said>(
  terminal: Terminal,
  options: Common,
  method: "GET",
  path: string,
  otherwise: Fallback,
): Promise<Said | Fallback> {
  try {
    return await press(terminal, options, method, path);
  } catch {
    return otherwise;
  }
}

async function call(
  run: RunFile,
  method: string,
  path: string,
  body: Said | undefined,
  acting: Acting,
): Promise<Said> {
  let response: Response;
  try {
    response = await fetch(new URL(path, run.console), {
      method,
      headers: {
        authorization: `Bearer ${run.consoleKey ?? ""}`,
        "x-crossdock-actor": encodeURIComponent(acting.as ?? userInfo().username),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
  } catch (cause) {
    return stopWith(
      "unreachable",
      `The console of the running dock does not answer at ${run.console}.`,
      cause,
    );
  }
  const text = await response.text();
  const said = text.startsWith("{") ? (JSON.parse(text) as Said) : {};
  if (response.ok) return said;
  const { detail, title, message } = said as { detail?: string; title?: string; message?: string };
  const how = BY_STATUS[response.status] ?? "unexpected";
  return stopWith(
    how,
    detail ?? message ?? title ?? `The console answered ${response.status} to ${method} ${path}.`,
  );
}
