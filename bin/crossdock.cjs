#!/usr/bin/env node
/**
 * The `crossdock` (or `xd`) command: finds a Node that is new enough and hands over to the compiled command line.
 *
 * Runs on Node 18 and newer, so that an old Node gets a sentence instead of a syntax error.
 */
"use strict";

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const HOME = path.resolve(__dirname, "..");
const MAIN = path.join(HOME, "dist", "src", "cli", "main.js");
const [major, minor] = process.versions.node.split(".").map(Number);

if (!fs.existsSync(MAIN)) {
  const checkout = fs.existsSync(path.join(HOME, "tsconfig.build.json"));
  stop(
    checkout
      ? `This checkout of Crossdock is not built yet. Run "npm run build" in ${HOME}, or "npm start".`
      : `This installation of Crossdock is incomplete: ${MAIN} is missing. Please install it again.`,
  );
} else if (major > 24 || (major === 24 && minor >= 6)) {
  import(pathToFileURL(MAIN).href).catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
} else {
  const newer = [
    path.join(HOME, "tools", "node", "node_modules", ".bin", "node"),
    path.join(HOME, "node_modules", ".bin", "node"),
    path.join(HOME, "..", ".bin", "node"),
  ].find((place) => fs.existsSync(place));
  if (newer) handOver(newer);
  else {
    stop(
      `Crossdock needs Node 24.6 or newer and this is ${process.version}. Please install Node 24 (https://nodejs.org, ` +
        `or with your version manager) and run the command again.`,
    );
  }
}

/** Runs this same file with another Node; signals and the way of ending pass through. */
function handOver(node) {
  // The marker keeps a second Node that is too old as well from starting a third.
  if (process.env.CROSSDOCK_HANDED_OVER)
    stop(`The Node at ${node} is older than 24.6. Please install Node 24.`);
  const env = { ...process.env, CROSSDOCK_HANDED_OVER: "1" };
  const child = spawn(node, [__filename, ...process.argv.slice(2)], { stdio: "inherit", env });
  const hand = (signal) => {
    // A Ctrl-C in a terminal already reached the child.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, hand);
  child.on("error", (cause) => stop(`${node} could not be started: ${cause.message}.`));
  child.on("exit", (code, signal) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(name, hand);
    if (signal) process.kill(process.pid, signal);
    else process.exit(code ?? 1);
  });
}

function stop(sentence) {
  console.error(`crossdock: ${sentence}`);
  process.exit(1);
}
