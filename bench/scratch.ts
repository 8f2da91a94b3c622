/** A folder for one run of a benchmark, which any user may enter: PostgreSQL's data then stays in it and goes with it, also as root. */
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export function scratch(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `crossdock-${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}
