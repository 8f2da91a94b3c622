/** Tests run on the sources: the `source` condition maps the public doors to TypeScript, so no build is needed. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: [
      "src/**/*.test.{ts,tsx}",
      "solutions/**/*.test.ts",
      "estate/**/*.test.ts",
      "examples/**/*.test.ts",
      "tests/**/*.test.ts",
      "tools/**/*.test.ts",
    ],
    // One PostgreSQL for the whole run; src/testing/database.ts says how a test gets a database on it.
    globalSetup: ["src/testing/compiled.ts", "src/testing/database.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is waited for comes when it comes; on a busy machine a second, which is the default, is no time.
    expect: { poll: { timeout: 15_000 } },
    maxWorkers: 2,
    // What a passing test prints interests nobody.
    silent: "passed-only",
  },
});
