/**
 * The console's web application as it is shipped, built once for all tests that look at it in a browser.
 *
 * What is found built was built from these very sources: the folder is named by what stands in them. Two tests that begin at the same
 * moment both build, and one of the two is kept.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

/** Where the browser is; without one the tests that need it are skipped and say so. */
export const CHROMIUM = process.env.CROSSDOCK_CHROMIUM ?? "/usr/bin/chromium";

const SOURCES = join(import.meta.dirname, "..");
const KEPT = join(SOURCES, "../node_modules/.cache/console");
const DAY_MS = 86_400_000;

/** The folder it stands in. It is nobody's to change. */
export async function builtConsole(): Promise<string> {
  const folder = join(KEPT, nameOf());
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}.draft`;
  const before = process.env.NODE_ENV;
  // What is weighed and looked at is what is shipped.
  process.env.NODE_ENV = "production";
  try {
    await build({
      configFile: join(SOURCES, "console/web/vite.config.ts"),
      logLevel: "error",
      build: { outDir: draft, emptyOutDir: true },
    });
  } finally {
    process.env.NODE_ENV = before;
  }
  forgetOld();
  try {
    renameSync(draft, folder);
  } catch {
    // Somebody was quicker, and has built the same.
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

function nameOf(): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).toSorted())
    if (/\.(tsx?|css|html|svg)$/.test(file) && !/\.(test|fixtures)\./.test(file))
      hash.update(`${file}\0`).update(readFileSync(join(SOURCES, file)));
  return hash.digest("hex").slice(0, 16);
}

function forgetOld(): void {
  for (const name of readdirSync(KEPT)) {
    const path = join(KEPT, name);
    if (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > DAY_MS)
      rmSync(path, { recursive: true, force: true });
  }
}
