/**
 * `npm run samples -- <folder> [--json]`: reads every file of a folder with the codec its content asks for.
 *
 * It serves folders it has never seen, also with files in gzip and zip. Each file is read in a worker under a time and a memory bound, so a file that
 * hangs or exhausts a codec is counted as crashed and the next one is read. Adding a codec is adding its probe to
 * `samples-worker.ts`.
 */
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { type Member, membersOf } from "./packed.ts";

export interface SampleResult {
  /** Relative to the folder, with forward slashes. */
  readonly file: string;
  /** Null where no codec recognises the content. */
  readonly codec: string | null;
  readonly outcome: "parsed" | "refused" | "crashed" | "unknown";
  readonly documents: number;
  readonly line: number | null;
  readonly reason: string | null;
  readonly ms: number;
  readonly kinds: Readonly<Record<string, number>>;
}

/** What a worker is asked and answers. */
export interface SampleQuestion {
  readonly path: string;
  readonly member?: Member;
}
export type SampleAnswer = Omit<SampleResult, "file" | "ms">;
/** What a worker says once its codecs are loaded. */
export type SampleReady = "ready";

/** Thirty seconds and one for each megabyte: a codec that reads less than 1 MB a second is broken too. */
const boundMs = (bytes: number): number => 30_000 + Math.ceil(bytes / 1_048_576) * 1_000;
const MEMORY_MB = 1_024;
/** What a worker may take before its first file: a machine that is busy with others starts one slowly. */
const START_MS = 120_000;

/** Reads every file under a folder, in the order of their names. */
export async function* readSamples(folder: string): AsyncGenerator<SampleResult, void, undefined> {
  const reader = new Reader();
  try {
    for (const file of filesUnder(folder)) {
      const full = path.resolve(folder, file);
      const members = membersOf(full);
      if (members === undefined) yield await reader.read(file, { path: full });
      for (const member of members ?? [])
        yield await reader.read(`${file}/${member.name}`, { path: full, member });
    }
  } finally {
    await reader.close();
  }
}

function* filesUnder(folder: string, inside = ""): Generator<string> {
  const entries = readdirSync(path.join(folder, inside), { withFileTypes: true });
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const file = inside === "" ? entry.name : `${inside}/${entry.name}`;
    // A linked folder may lead in a circle; what it holds is a sample of somewhere else.
    if (entry.isDirectory()) yield* filesUnder(folder, file);
    else if (entry.isFile()) yield file;
  }
}

/** One worker at a time, replaced when it fails. */
class Reader {
  #worker: Worker | undefined;
  #settle: ((answer: SampleAnswer) => void) | undefined;
  #ready = false;
  #started: () => void = () => {};

  async read(file: string, question: SampleQuestion): Promise<SampleResult> {
    const from = performance.now();
    const answer = await this.#ask(question, boundMs(statSync(question.path).size));
    return { file, ...answer, ms: Math.round((performance.now() - from) * 10) / 10 };
  }

  #ask(question: SampleQuestion, withinMs: number): Promise<SampleAnswer> {
    const worker = this.#worker ?? this.#hire();
    return new Promise((settle) => {
      const within = (ms: number) =>
        setTimeout(() => this.#dismiss(`It took longer than ${ms / 1_000} s.`), ms);
      let timer = within(this.#ready ? withinMs : START_MS);
      this.#started = () => {
        this.#ready = true;
        clearTimeout(timer);
        timer = within(withinMs);
      };
      this.#settle = (answer) => {
        clearTimeout(timer);
        this.#settle = undefined;
        settle(answer);
      };
      worker.postMessage(question);
    });
  }

  #hire(): Worker {
    const worker = new Worker(new URL("./samples-worker.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    this.#ready = false;
    worker.on("message", (told: SampleAnswer | SampleReady) =>
      told === "ready" ? this.#started() : this.#settle?.(told),
    );
    // A worker that was dismissed may still tell of its end; only the one in service is listened to.
    worker.on("error", (error) => {
      if (worker === this.#worker) this.#dismiss(error instanceof Error ? error.message : String(error));
    });
    worker.on("exit", () => {
      if (worker === this.#worker) this.#dismiss("The reader ended.");
    });
    this.#worker = worker;
    return worker;
  }

  #dismiss(reason: string): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
    this.#settle?.(crashed(reason));
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

const crashed = (reason: string): SampleAnswer => ({
  codec: null,
  outcome: "crashed",
  documents: 0,
  line: null,
  reason,
  kinds: {},
});

const OUTCOMES = ["parsed", "refused", "crashed", "unknown"] as const;

/** The report for people: each refusal with its place, then counts for each set of samples and each kind of document. */
class Report {
  readonly #sets = new Map<string, Record<string, number>>();
  readonly #kinds = new Map<string, number>();
  readonly #from = performance.now();
  #slowest: SampleResult | undefined;

  add(result: SampleResult): void {
    const [first = "", ...rest] = result.file.split("/");
    const set = rest.length === 0 ? "." : first;
    const counts = this.#sets.get(set) ?? {};
    counts[result.outcome] = (counts[result.outcome] ?? 0) + 1;
    counts.documents = (counts.documents ?? 0) + result.documents;
    this.#sets.set(set, counts);
    for (const [kind, count] of Object.entries(result.kinds)) {
      const name = `${result.codec} ${kind}`;
      this.#kinds.set(name, (this.#kinds.get(name) ?? 0) + count);
    }
    if (result.ms > (this.#slowest?.ms ?? -1)) this.#slowest = result;
    if (result.outcome === "refused" || result.outcome === "crashed") {
      const place = result.line === null ? "" : `:${result.line}`;
      console.log(`${result.outcome.padEnd(8)} ${result.file}${place}  ${result.reason}`);
    }
  }

  print(): void {
    const row = (name: string, cells: readonly unknown[]) =>
      console.log(name.padEnd(34) + cells.map((cell) => String(cell).padStart(10)).join(""));
    console.log("");
    row("set", [...OUTCOMES, "documents"]);
    const total: Record<string, number> = {};
    for (const [set, counts] of this.#sets) {
      row(
        set,
        [...OUTCOMES, "documents"].map((name) => counts[name] ?? 0),
      );
      for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count;
    }
    row(
      "total",
      [...OUTCOMES, "documents"].map((name) => total[name] ?? 0),
    );
    if (this.#kinds.size > 0) {
      const kinds = [...this.#kinds].sort().map(([kind, count]) => `${kind} × ${count}`);
      console.log(`\n${kinds.join(", ")}`);
    }
    const seconds = ((performance.now() - this.#from) / 1_000).toFixed(1);
    const slowest = this.#slowest
      ? ` The slowest was ${this.#slowest.file} with ${this.#slowest.ms} ms.`
      : "";
    console.log(`\nRead in ${seconds} s; the bound for one file is 30 s and 1 s for each MB.${slowest}`);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const folder = args.find((arg) => !arg.startsWith("--"));
  const asJson = args.includes("--json");
  const unknown = args.find((arg) => arg.startsWith("--") && arg !== "--json");
  if (folder === undefined || unknown !== undefined) {
    console.error("Usage: npm run samples -- <folder> [--json]");
    return 2;
  }
  // npm runs scripts in the folder of the package; a path is meant from where the person stands.
  const root = path.resolve(process.env.INIT_CWD ?? process.cwd(), folder);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    console.error(`There is no folder ${root}.`);
    return 2;
  }
  const report = new Report();
  let failed = false;
  for await (const result of readSamples(root)) {
    failed ||= result.outcome === "crashed";
    if (asJson) {
      const { kinds: _, ...line } = result;
      console.log(JSON.stringify(line));
    } else report.add(result);
  }
  if (!asJson) report.print();
  return failed ? 1 : 0;
}

if (import.meta.main) {
  // `npm run samples … | head` closes the pipe early; that is no failure.
  process.stdout.on("error", () => process.exit(0));
  process.exitCode = await main(process.argv.slice(2));
}
