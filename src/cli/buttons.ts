/**
 * Presses the buttons of a running dock from another process: through its console, on this machine.
 *
 * A command proves itself with the key of `run.json`, which only the dock's own user can read, and names the person by the
 * operating system's user; it may do what a person may, except be the second one. What the console refuses is told in its own words; the exit code says which kind of no it was.
 */
import { extname } from "node:path";
import { PERSON_HEADER } from "../console/gate.ts";
import { TOKEN_HEADER } from "../console/guard.ts";
import { SHEET_FILES, type SheetFile } from "../console/sheet-files.ts";
import { CommandStopped, EXIT, stopWith } from "./exit.ts";
import { type Acting, type Common, person } from "./options.ts";
import { askSecret } from "./prompt.ts";
import { runningDock } from "./running.ts";
import { printJson, type Terminal } from "./terminal.ts";

/** How long the console may take to answer, unless it has to ask others first. */
const ANSWER_MS = 15_000;
/** The same for a file of many rows. */
const FILE_MS = 120_000;

/** What the console's API answers. */
export type Said = Readonly<Record<string, unknown>>;

const BY_STATUS: Readonly<Record<number, Parameters<typeof stopWith>[0]>> = {
  400: "usage",
  401: "notAllowed",
  403: "notAllowed",
  404: "notFound",
  409: "conflict",
  410: "conflict",
  422: "usage",
  429: "notAllowed",
  503: "unreachable",
};

/** Presses a button of the running dock. Ends the command when the console says no, and before it is pressed with `--dry-run`. */
export async function press(
  terminal: Terminal,
  options: Common & Pick<Acting, "dryRun">,
  path: string,
  body: Said,
  withinMs = ANSWER_MS,
): Promise<Said> {
  const place = consoleOf(terminal, options);
  if (options.dryRun) {
    if (options.json) printJson(terminal, "dry-run", { asks: { path, body } });
    else terminal.out(`Would ask the console: POST ${path} ${JSON.stringify(body)}`);
    throw new CommandStopped(EXIT.done, "Nothing was done.");
  }
  return call(place, "POST", path, body, { withinMs });
}

/** What the console gives as a file; asked by a POST where there is a body. Ends the command when it says no. */
export async function fetched(
  terminal: Terminal,
  options: Common,
  path: string,
  body?: Said,
): Promise<Buffer> {
  onlyRunning(options);
  const { url, headers } = consoleOf(terminal, options);
  const method = body ? "POST" : "GET";
  const response = await answerOf(url, path, {
    method,
    headers,
    withinMs: FILE_MS,
    ...(body ? { body } : {}),
  });
  if (!response.ok) return refusedBy(response, await saidBy(response), method, path);
  return Buffer.from(await response.arrayBuffer());
}

/** The kind of file a path asks for by its ending. Ends the command when that is none of those there are. */
export function sheetFileOf(path: string): SheetFile {
  const ending = extname(path).slice(1).toLowerCase();
  return (
    SHEET_FILES.find((file) => file === ending) ??
    stopWith("usage", `--to takes a file that ends with .${SHEET_FILES.join(" or .")}, not "${path}".`)
  );
}

/** Presses a button as whoever is signed in. */
export type PressAs = (path: string, body: Said) => Promise<Said>;

/**
 * Signs somebody in for what a key of the machine may not do, and out again. Asks for the password and, where there is a second
 * factor, for its code.
 */
export async function signedInAs<Result>(
  terminal: Terminal,
  options: Common,
  who: string,
  work: (press: PressAs) => Promise<Result>,
): Promise<Result> {
  const { url } = consoleOf(terminal, options);
  let cookie = "";
  const keep = (response: Response) => {
    cookie = response.headers.getSetCookie().at(-1)?.split(";")[0] ?? cookie;
  };
  const password = await askSecret(terminal, `Password of ${who}: `);
  const signIn = (code?: string) =>
    answerOf(url, "/api/sign-in", {
      method: "POST",
      headers: {},
      body: { person: who, password, ...(code === undefined ? {} : { code }) },
    });
  let response = await signIn();
  let said = await saidBy(response);
  if (said.needs === "code") {
    response = await signIn(await askSecret(terminal, `Code of ${who}'s second factor: `));
    said = await saidBy(response);
  }
  if (!response.ok) return refusedBy(response, said, "POST", "/api/sign-in");
  keep(response);
  // What was pressed may begin a new session, with a token of its own.
  const as = async (): Promise<Place> => {
    const { token } = await call({ url, headers: { cookie } }, "GET", "/api/session");
    return { url, headers: { cookie, [TOKEN_HEADER]: String(token) } };
  };
  try {
    return await work(async (path, body) => call(await as(), "POST", path, body, { look: keep }));
  } finally {
    // What was asked has its answer; a session that is not ended here ends by itself when nobody uses it.
    await as()
      .then((place) => call(place, "POST", "/api/sign-out", {}))
      .catch(() => undefined);
  }
}

const saidBy = async (response: Response): Promise<Said> => {
  const text = await response.text();
  return text.startsWith("{") ? (JSON.parse(text) as Said) : {};
};

/** Reads something only a running dock knows. Ends the command when none runs here, or it says no. */
export async function read<Answer = Said>(
  terminal: Terminal,
  options: Common,
  path: string,
): Promise<Answer> {
  onlyRunning(options);
  return (await call(consoleOf(terminal, options), "GET", path)) as Answer;
}

function onlyRunning({ databaseUrl }: Common): void {
  if (databaseUrl)
    stopWith(
      "usage",
      "Only a running dock knows this: leave --database-url out, or name the dock's folder with --data.",
    );
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
  { look, withinMs = ANSWER_MS }: { look?: (response: Response) => void; withinMs?: number } = {},
): Promise<Said> {
  const response = await answerOf(url, path, { method, headers, withinMs, ...(body ? { body } : {}) });
  look?.(response);
  const said = await saidBy(response);
  if (typeof said.waiting === "string") {
    stopWith(
      "notAllowed",
      `${String(said.detail)} It is request ${said.waiting}: crossdock approvals show ${said.waiting}`,
    );
  }
  return response.ok ? said : refusedBy(response, said, method, path);
}

async function answerOf(
  url: string,
  path: string,
  {
    method,
    headers,
    body,
    withinMs = ANSWER_MS,
  }: {
    readonly method: "GET" | "POST";
    readonly headers: Place["headers"];
    readonly body?: Said;
    readonly withinMs?: number;
  },
): Promise<Response> {
  try {
    return await fetch(new URL(path, url), {
      method,
      headers: { ...headers, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(withinMs),
    });
  } catch (cause) {
    return stopWith(
      "unreachable",
      `The console of the running dock does not answer at ${url}. See its log, or start it again: crossdock status tells.`,
      cause,
    );
  }
}

/** Ends the command with the console's own words. */
function refusedBy(response: Response, said: Said, method: string, path: string): never {
  const { detail, title } = said as { detail?: string; title?: string };
  const how = BY_STATUS[response.status] ?? "unexpected";
  return stopWith(how, detail ?? title ?? `The console answered ${response.status} to ${method} ${path}.`);
}
