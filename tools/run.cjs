#!/usr/bin/env node
/**
 * Starts every npm script on the right Node with the right packages: `node tools/run.cjs <task> [arguments]`.
 *
 * A clone must work with one command on a machine whose own Node is older than ours and whose node_modules is empty or
 * out of date. So this file runs on Node 18 and newer, uses nothing but Node itself, and installs only what is missing;
 * once everything is installed it touches no network. What each task does once Node is right lives in the files it starts.
 */
"use strict";

const { spawn } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const ROOT = path.resolve(__dirname, "..");
const NODE_HOME = path.join(ROOT, "tools", "node");
const WANTED = "24.6.0";

const TASKS = {
  start: (run, args) => build(run).then(() => run("node", ["bin/crossdock.cjs", "dev", ...args])),
  build: (run) => build(run),
  test: (run, args) => run("node", ["tools/checks.ts", ...args]),
  check: (run, args) => run("node", ["tools/checks.ts", "--static", ...args]),
  bench: (run, args) => run("node", ["--conditions=source", "bench/main.ts", ...args]),
  "bench:codecs": (run, args) => run("node", ["--conditions=source", "bench/codecs.ts", ...args]),
  fuzz: (run, args) => run("node", ["--conditions=source", "src/testing/hostile/fuzz.ts", ...args]),
  simulate: (run, args) => run("node", ["--conditions=source", "tests/simulation/main.ts", ...args]),
  chaos: (run, args) => run("node", ["--conditions=source", "tests/chaos/main.ts", ...args]),
  "bench:console": (run, args) => run("node", ["--conditions=source", "bench/console.ts", ...args]),
  "bench:batch": (run, args) => run("node", ["--conditions=source", "bench/batch.ts", ...args]),
  "bench:isolation": (run, args) => run("node", ["--conditions=source", "bench/isolation.ts", ...args]),
  samples: (run, args) => run("node", ["--conditions=source", "src/testing/samples.ts", ...args]),
  "pack:check": (run, args) => build(run).then(() => run("node", ["tools/pack-check.ts", ...args])),
};

main().catch((error) => {
  if (error.message) console.error(`crossdock: ${error.message}`);
  if (error.signal) process.kill(process.pid, error.signal);
  process.exitCode = error.exitCode ?? 1;
});

async function main() {
  const [task, ...args] = process.argv.slice(2);
  if (!Object.hasOwn(TASKS, task ?? "")) {
    throw new Error(`There is no task "${task ?? ""}". The tasks are: ${Object.keys(TASKS).join(", ")}.`);
  }
  const node = await rightNode();
  const env = withPath(path.join(ROOT, "node_modules", ".bin"), withPath(path.dirname(node)));
  await rightPackages(node, env);
  await TASKS[task]((program, list) => start(program === "node" ? node : program, list, env), args);
}

/** The path of a Node that is new enough: the one running now, or the one of tools/node, installed if need be. */
async function rightNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const local = path.join(NODE_HOME, "node_modules", ".bin", "node");
  const lock = JSON.parse(fs.readFileSync(path.join(NODE_HOME, "package-lock.json"), "utf8"));
  const name = `node-${process.platform}-${process.arch}`;
  const offered = lock.packages[`node_modules/${name}`];
  if (!offered) {
    throw new Error(
      `Crossdock needs Node ${WANTED} or newer and this is ${process.version}. ` +
        `Please install Node 24 (https://nodejs.org, or with your version manager) and run the command again.`,
    );
  }
  if (!fs.existsSync(local) || installedVersion(NODE_HOME, name) !== offered.version) {
    say(`installing Node ${offered.version} into tools/node, because this is Node ${process.version} …`);
    await npmCi(process.execPath, NODE_HOME, process.env);
  }
  return local;
}

function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  const [wantedMajor, wantedMinor] = WANTED.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function installedVersion(home, name) {
  try {
    return JSON.parse(fs.readFileSync(path.join(home, "node_modules", name, "package.json"), "utf8")).version;
  } catch {
    return undefined;
  }
}

/**
 * Makes node_modules what package-lock.json says. A stamp inside it remembers for which lock file and platform it was
 * made, so an install happens once. A node_modules that is a link belongs to somebody else and is left alone.
 */
async function rightPackages(node, env) {
  const home = path.join(ROOT, "node_modules");
  if (fs.lstatSync(home, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const lock = fs.readFileSync(path.join(ROOT, "package-lock.json"), "utf8");
  const wanted = createHash("sha256").update(`${process.platform}/${process.arch}\n${lock}`).digest("hex");
  const stamp = path.join(home, ".crossdock-installed");
  if (readIfThere(stamp) === wanted) return;
  if (!keepsTheLock(home, JSON.parse(lock))) {
    say("installing packages with npm ci …");
    await npmCi(node, ROOT, env);
  }
  try {
    fs.writeFileSync(stamp, wanted);
  } catch (error) {
    if (!["EACCES", "EROFS", "EPERM"].includes(error.code)) throw error;
  }
}

/** Whether somebody's own `npm ci` or `npm install` has already put exactly the locked versions in place. */
function keepsTheLock(home, lock) {
  const text = readIfThere(path.join(home, ".package-lock.json"));
  if (!text) return false;
  const there = JSON.parse(text).packages;
  const own = lock.packages[""].optionalDependencies ?? {};
  return Object.entries(lock.packages).every(([place, { version, optional, os, cpu }]) => {
    if (place === "" || there[place]?.version === version) return true;
    if (!optional) return false;
    const forUs =
      (os ?? [process.platform]).includes(process.platform) && (cpu ?? [process.arch]).includes(process.arch);
    return !(forUs && Object.hasOwn(own, place.replace(/^node_modules\//, "")));
  });
}

/** npm of the running `npm run` when there is one, else the one on PATH. Development packages are always wanted here. */
async function npmCi(node, folder, env) {
  const cli = process.env.npm_execpath;
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  const viaRunningNpm = cli && /npm-cli\.c?js$/.test(cli);
  try {
    await start(viaRunningNpm ? node : "npm", viaRunningNpm ? [cli, ...args] : args, env, folder, "quiet");
  } catch (error) {
    if (error.signal) throw error;
    throw new Error(
      `npm ci did not succeed in ${folder}${error.message ? ` (${error.message})` : ""}. ` +
        `The lines above say why; it needs the npm registry and a folder that may be written.`,
    );
  }
}

/** Compiles the product into dist, unless nothing that goes into it has changed since the last time. */
async function build(run) {
  const inputs = buildInputs();
  const stamp = path.join(ROOT, "dist", ".inputs");
  if (readIfThere(stamp) === inputs) return;
  say("building …");
  // Built beside and moved into place, so that a failed build leaves the last good one and no stale file survives.
  const next = path.join(ROOT, "dist.next");
  fs.rmSync(next, { recursive: true, force: true });
  await run("node", [bin("@typescript/native", "tsc"), "-p", "tsconfig.build.json", "--outDir", next]);
  if (fs.existsSync(path.join(ROOT, "src/console/web/vite.config.ts"))) {
    const console = path.join(next, "console");
    await run("node", [
      bin("vite", "vite"),
      "build",
      "src/console/web",
      "--outDir",
      console,
      "--emptyOutDir",
      "--logLevel",
      "warn",
    ]);
  }
  fs.writeFileSync(path.join(next, ".inputs"), inputs);
  fs.rmSync(path.join(ROOT, "dist"), { recursive: true, force: true });
  fs.renameSync(next, path.join(ROOT, "dist"));
}

function buildInputs() {
  const hash = createHash("sha256");
  const add = (place) => {
    const stat = fs.statSync(path.join(ROOT, place), { throwIfNoEntry: false });
    if (stat?.isDirectory()) {
      for (const name of fs.readdirSync(path.join(ROOT, place)).sort()) add(path.join(place, name));
    } else if (stat && !/\.test\.tsx?$/.test(place)) {
      hash.update(`${place}\n${stat.size}\n`).update(fs.readFileSync(path.join(ROOT, place)));
    }
  };
  [
    "src",
    "solutions",
    "estate",
    "tsconfig.json",
    "tsconfig.build.json",
    "package.json",
    "package-lock.json",
  ].forEach(add);
  return hash.digest("hex");
}

/** The script behind a package's command. Run with node itself, because .bin links do not survive every file system. */
function bin(name, command) {
  const home = path.join(ROOT, "node_modules", name);
  const { bin } = JSON.parse(fs.readFileSync(path.join(home, "package.json"), "utf8"));
  return path.join(home, typeof bin === "string" ? bin : bin[command]);
}

/**
 * Runs a program until it ends; its output is ours ("quiet": its errors only). Signals sent to us are handed on, and its
 * way of ending becomes ours.
 */
function start(program, args, env, cwd = ROOT, volume = "loud") {
  return new Promise((resolve, reject) => {
    const stdio = volume === "quiet" ? ["ignore", "ignore", "inherit"] : "inherit";
    const child = spawn(program, args, { cwd, env, stdio });
    const handlers = ["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => {
      // A Ctrl-C in a terminal already reached the child; handing it on would look like a second, impatient one.
      const hand = () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal));
      process.on(signal, hand);
      return [signal, hand];
    });
    const done = (outcome) => {
      for (const [signal, hand] of handlers) process.off(signal, hand);
      outcome();
    };
    child.on("error", (cause) =>
      done(() =>
        reject(
          Object.assign(new Error(`${program} could not be started: ${cause.message}`), { exitCode: 127 }),
        ),
      ),
    );
    child.on("exit", (code, signal) =>
      done(() =>
        code === 0 ? resolve() : reject(Object.assign(new Error(""), { exitCode: code ?? 1, signal })),
      ),
    );
  });
}

function withPath(folder, env = process.env) {
  const name = Object.keys(env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  return { ...env, [name]: [folder, env[name]].filter(Boolean).join(path.delimiter) };
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  }
}

function say(text) {
  console.error(`crossdock: ${text}`);
}
