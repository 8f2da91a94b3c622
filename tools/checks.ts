/**
 * What `npm test` and `npm run check` do: format and lint, types, dead code, then every test.
 *
 *     node tools/checks.ts [--static] [vitest arguments]
 *
 * Each check runs even when one before it failed, so one run tells everything, and the last lines say which failed. With
 * vitest arguments (a path, `-t name`) only vitest runs. Where CROSSDOCK_RESULTS names a file, the counts are written
 * there after every step as "passed failed state"; the state is `complete` only at the very end, so whoever reads it can
 * tell a run that died from one that finished.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Everything together on two cores of an ordinary server; the promise is ten minutes, and the summary wants to be printed inside it. */
const LIMIT_MS = 570_000;
/**
 * What the static checks take there, side by side. They are the same work everywhere, so they tell how much slower a machine is. That
 * everything takes longer on a slower one says nothing about the code; only what hangs is stopped there.
 */
const STATIC_SECONDS = 16;
const SLOWER = 1.25;
const HANGS_MS = 1_800_000;
const started = performance.now();

interface Outcome {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
}

const STATIC = [
  { name: "Format and lint", program: "@biomejs/biome", args: ["check", ".", "--diagnostic-level=error"] },
  { name: "Types", program: "@typescript/native", args: ["-p", "tsconfig.json"] },
  { name: "Declarations", program: "@typescript/native", args: ["-p", "tsconfig.build.json", "--noEmit"] },
  { name: "Dead code", program: "knip", args: ["--no-progress", "--no-config-hints"] },
] as const;

const [first, ...rest] = process.argv.slice(2);
const onlyStatic = first === "--static";
const vitestArgs = onlyStatic ? rest : process.argv.slice(2);

const outcomes: Outcome[] = [];
let slower = 1;
const running = new Set<ChildProcess>();
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  // Whoever stops us stops what we started; vitest then clears its server away.
  process.once(signal, () => {
    for (const child of running) child.kill(signal);
    Promise.all([...running].map((child) => once(child, "close"))).finally(() => process.exit(code));
  });
}
if (vitestArgs.length === 0) await staticChecks();
if (!onlyStatic) await tests(vitestArgs);
report("complete");
summary();
process.exitCode = outcomes.some(({ failed }) => failed > 0) ? 1 : 0;

/** They run side by side and speak one after the other. */
async function staticChecks(): Promise<void> {
  const endings = STATIC.map(({ program, args }) => run([command(program), ...args], "kept"));
  for (const [i, ending] of endings.entries()) {
    const name = STATIC[i]?.name ?? "";
    section(name);
    const { code, output, seconds } = await ending;
    if (code !== 0 && output.trim()) console.log(output.trimEnd());
    console.log(code === 0 ? `Fine (${seconds.toFixed(1)} s).` : `Failed (${seconds.toFixed(1)} s).`);
    outcomes.push({ name, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, seconds });
    report("running");
  }
  const took = Math.max(...outcomes.map(({ seconds }) => seconds));
  slower = took / STATIC_SECONDS;
}

async function tests(args: readonly string[]): Promise<void> {
  section("Tests");
  const folder = mkdtempSync(join(tmpdir(), "crossdock-results-"));
  try {
    const file = join(folder, "vitest.json");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const { code, seconds } = await run([command("vitest"), "run", ...reporters, ...args], "shown");
    outcomes.push({ name: "Tests", seconds, ...counts(file, code) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tests by vitest's own count. A file that broke before its first test, and a run that ended badly, count as one failure. */
function counts(file: string, code: number): { passed: number; failed: number } {
  let results: Results;
  try {
    results = JSON.parse(readFileSync(file, "utf8")) as Results;
  } catch {
    return { passed: 0, failed: 1 }; // vitest died before it could write them
  }
  const broken = results.testResults.filter(
    (one) => one.status === "failed" && one.assertionResults.length === 0,
  );
  const failed = results.numFailedTests + broken.length;
  return { passed: results.numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed };
}

/** The part of vitest's JSON report that we read. */
interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** The script behind a package's command; run with this very Node. */
function command(name: string): string {
  const home = join(ROOT, "node_modules", name);
  const { bin } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as {
    bin: string | Record<string, string>;
  };
  return join(home, typeof bin === "string" ? bin : (Object.values(bin)[0] ?? ""));
}

interface Ending {
  readonly code: number;
  readonly output: string;
  readonly seconds: number;
}

/** Runs a script to its end, or to the end of our patience. Its output is shown as it comes, or kept. */
function run(args: readonly string[], output: "shown" | "kept"): Promise<Ending> {
  const begun = performance.now();
  return new Promise((resolve) => {
    const stdio = output === "shown" ? "inherit" : (["ignore", "pipe", "pipe"] as const);
    const child = spawn(process.execPath, [...args], { cwd: ROOT, stdio: stdio as "inherit" });
    running.add(child);
    const text: string[] = [];
    child.stdout?.on("data", (chunk) => text.push(String(chunk)));
    child.stderr?.on("data", (chunk) => text.push(String(chunk)));
    const limit = slower > SLOWER ? HANGS_MS : LIMIT_MS;
    const late = setTimeout(
      () => {
        console.log(`Stopped: everything together may take ${minutes(limit)} minutes here.`);
        child.kill("SIGTERM");
        setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
      },
      limit - (begun - started),
    );
    const end = (code: number) => {
      clearTimeout(late);
      running.delete(child);
      resolve({ code, output: text.join(""), seconds: (performance.now() - begun) / 1000 });
    };
    child.on("error", (error) => {
      text.push(error.message);
      end(127);
    });
    child.on("close", (code) => end(code ?? 1));
  });
}

function section(name: string): void {
  console.log(`\n━━ ${name} ${"━".repeat(Math.max(0, 72 - name.length))}`);
}

function report(state: "running" | "complete"): void {
  const file = process.env.CROSSDOCK_RESULTS;
  if (file) writeFileSync(file, `${sum("passed")} ${sum("failed")} ${state}\n`);
}

function minutes(ms: number): string {
  return (ms / 60_000).toFixed(1);
}

function sum(what: "passed" | "failed"): number {
  return outcomes.reduce((total, outcome) => total + outcome[what], 0);
}

function summary(): void {
  section("Summary");
  for (const { name, passed, failed, seconds } of outcomes) {
    const verdict = failed === 0 ? "ok    " : "FAILED";
    console.log(`${verdict} ${name.padEnd(16)} ${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s`);
  }
  const here =
    slower > SLOWER
      ? ` This machine is ${slower.toFixed(1)} times slower than the ten are promised for.`
      : "";
  console.log(`Everything took ${minutes(performance.now() - started)} minutes.${here}`);
}
