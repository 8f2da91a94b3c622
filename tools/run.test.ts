/**
 * The launcher, the published command and the CI script keep out of the way: arguments, signals and endings pass through,
 * an install happens when and only when it must, and a run that dies is counted as a failure.
 *
 * Each test stands in a small copy of the repository's shape, with an `npm` of its own first on PATH that writes down how
 * it was called.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const ROOT = dirname(import.meta.dirname);
let clone: string;

beforeEach(() => {
  clone = join(mkdtempSync(join(tmpdir(), "crossdock-run-")), "a clone with spaces");
  put("package.json", JSON.stringify({ name: "crossdock" }));
  put("package-lock.json", JSON.stringify(LOCK));
  for (const file of ["tools/run.cjs", "bin/crossdock.cjs", ".ci/run"]) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(ROOT, file), join(clone, file));
  }
  program("npm", `echo "npm $*" >> npm.log; mkdir -p node_modules`);
});
afterEach(() => rmSync(dirname(clone), { recursive: true, force: true }));

const LOCK = {
  lockfileVersion: 3,
  packages: {
    "": {
      name: "crossdock",
      dependencies: { pallet: "1.0.0" },
      optionalDependencies: { "on-mars": "1.0.0" },
    },
    "node_modules/pallet": { version: "1.0.0" },
    "node_modules/on-mars": { version: "1.0.0", optional: true, os: ["mars"] },
  },
};

function put(path: string, text: string): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), text);
}

/** A program that is found before all others. */
function program(name: string, script: string): void {
  put(`programs/${name}`, `#!/bin/sh\n${script}\n`);
  chmodSync(join(clone, "programs", name), 0o755);
}

function launch(file: string, args: readonly string[] = []) {
  const { npm_execpath: _, NODE_OPTIONS: __, CROSSDOCK_RESULTS: ___, ...rest } = process.env;
  const env = { ...rest, PATH: `${join(clone, "programs")}:${process.env.PATH}` };
  const [command, list] = file.endsWith(".cjs") ? [process.execPath, [file, ...args]] : ["bash", [file]];
  const { status, signal, stdout, stderr } = spawnSync(command, list, { cwd: clone, env, encoding: "utf8" });
  return { status, signal, stdout, stderr };
}

const npmCalls = () =>
  existsSync(join(clone, "npm.log")) ? readFileSync(join(clone, "npm.log"), "utf8") : "";

test("an unknown task is answered with the ones there are", () => {
  expect(launch("tools/run.cjs", ["tset"])).toEqual({
    status: 1,
    signal: null,
    stdout: "",
    stderr:
      'crossdock: There is no task "tset". The tasks are: start, build, test, check, bench, bench:codecs, fuzz, simulate, chaos, bench:console, bench:batch, bench:isolation, samples, pack:check.\n',
  });
});

test("arguments reach the task as typed, Node's folder comes first on its PATH, and its exit code is ours", () => {
  symlinkSync(ROOT, join(clone, "node_modules"));
  put(
    "bench/main.ts",
    `console.log(JSON.stringify(process.argv.slice(2)), process.env.PATH.split(":")[1] === ${JSON.stringify(dirname(process.execPath))}); process.exit(3);`,
  );
  expect(launch("tools/run.cjs", ["bench", "--rows", "two words", "--help"])).toEqual({
    status: 3,
    signal: null,
    stdout: '["--rows","two words","--help"] true\n',
    stderr: "",
  });
});

test("a task that ends by a signal ends the launcher by the same signal", () => {
  symlinkSync(ROOT, join(clone, "node_modules"));
  put("bench/main.ts", 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);');
  expect(launch("tools/run.cjs", ["bench"])).toMatchObject({ status: null, signal: "SIGTERM" });
});

test("packages are installed once, again when the lock file changes, and never into somebody else's folder", () => {
  put("bench/main.ts", "");
  const said = [launch("tools/run.cjs", ["bench"]).stderr, launch("tools/run.cjs", ["bench"]).stderr];
  put("package-lock.json", JSON.stringify({ ...LOCK, changed: true }));
  said.push(launch("tools/run.cjs", ["bench"]).stderr);
  const line = "crossdock: installing packages with npm ci …\n";
  expect(said).toEqual([line, "", line]);
  expect(npmCalls()).toBe(
    "npm ci --include=dev --include=optional --no-audit --no-fund --loglevel=error\n".repeat(2),
  );

  rmSync(join(clone, "node_modules"), { recursive: true });
  symlinkSync(tmpdir(), join(clone, "node_modules"));
  expect(launch("tools/run.cjs", ["bench"]).stderr).toBe("");
});

test("packages somebody installed by hand are taken as they are, if they are the locked ones", () => {
  put("bench/main.ts", "");
  const hand = (version: string) => JSON.stringify({ packages: { "node_modules/pallet": { version } } });
  put("node_modules/.package-lock.json", hand("1.0.0"));
  launch("tools/run.cjs", ["bench"]);
  expect(npmCalls()).toBe("");
  rmSync(join(clone, "node_modules"), { recursive: true });
  put("node_modules/.package-lock.json", hand("1.0.1"));
  launch("tools/run.cjs", ["bench"]);
  expect(npmCalls()).toContain("npm ci");
});

test("an install that fails is said in a sentence, and nothing is taken for installed", () => {
  program("npm", "echo 'no registry today' >&2; exit 1");
  put("bench/main.ts", "");
  const { status, stderr } = launch("tools/run.cjs", ["bench"]);
  expect([status, stderr]).toEqual([
    1,
    "crossdock: installing packages with npm ci …\nno registry today\n" +
      `crossdock: npm ci did not succeed in ${clone}. The lines above say why; it needs the npm registry and a folder ` +
      "that may be written.\n",
  ]);
  expect(existsSync(join(clone, "node_modules", ".crossdock-installed"))).toBe(false);
});

test("the command in a checkout that is not built says how to build it; in a broken installation, to install again", () => {
  put("tsconfig.build.json", "{}");
  expect(launch("bin/crossdock.cjs")).toMatchObject({
    status: 1,
    stderr: `crossdock: This checkout of Crossdock is not built yet. Run "npm run build" in ${clone}, or "npm start".\n`,
  });
  rmSync(join(clone, "tsconfig.build.json"));
  expect(launch("bin/crossdock.cjs").stderr).toContain("This installation of Crossdock is incomplete");
});

test.each([
  ["all is well", `echo "41 0 complete" > "$CROSSDOCK_RESULTS"`, "41 passed, 0 failed", 0],
  ["tests fail", `echo "40 1 complete" > "$CROSSDOCK_RESULTS"; exit 1`, "40 passed, 1 failed", 1],
  ["it dies at once", "exit 7", "0 passed, 1 failed", 7],
  [
    "it is killed half way",
    `echo "3 0 running" > "$CROSSDOCK_RESULTS"; kill -9 $$`,
    "3 passed, 1 failed",
    137,
  ],
  ["it claims success without an end", `echo "3 0 running" > "$CROSSDOCK_RESULTS"`, "3 passed, 1 failed", 1],
  [
    "it fails without a failure",
    `echo "3 0 complete" > "$CROSSDOCK_RESULTS"; exit 2`,
    "3 passed, 1 failed",
    2,
  ],
])("CI closes with one true line when %s", (_name, script, line, code) => {
  program("npm", `[ "$*" = test ] || exit 99; ${script}`);
  const { status, stdout } = launch(".ci/run");
  expect([stdout, status]).toEqual([`${line}\n`, code]);
});
