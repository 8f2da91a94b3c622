/**
 * Builds the console's web application into dist/console: hashed files, each also compressed beside itself, nothing
 * inline (the content security policy allows none) and nothing from elsewhere.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));
const built = fileURLToPath(new URL("../../../dist/console", import.meta.url));

/** Writes `.gz` and `.br` beside every text file, so the server only picks one. */
const compressed = (): Plugin => {
  let folder = built;
  return {
    name: "crossdock:compressed",
    apply: "build",
    configResolved({ build }) {
      // `npm run build` builds beside and moves into place.
      folder = resolve(here, build.outDir);
    },
    closeBundle() {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|svg|html)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = readFileSync(path);
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(bytes));
      }
    },
  };
};

export default defineConfig({
  root: here,
  base: "/",
  plugins: [react(), compressed()],
  build: {
    outDir: built,
    emptyOutDir: true,
    target: "es2023",
    // Small images would be inlined as data: URLs; a file of its own is cached and needs no exception in the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What is bundled travels with its licence.
    license: { fileName: "licenses.md" },
  },
  server: { proxy: { "/api": "http://127.0.0.1:7301" } },
});
