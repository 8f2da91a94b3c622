/**
 * A folder a simulated system reads: whole files, oldest name first, each taken once and moved away.
 *
 * What must stay true: a file is moved only after the system has taken it into its books; names that start with a point or
 * end as a file being written are never read.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";

const READABLE = /^[^.].*(?<!\.(tmp|part))$/;
const POLL_MS = 60;

/** Reads `folder` until stopped; `take` throws to leave a file where it is. */
export function readMailbox(
  folder: string,
  received: string,
  up: () => boolean,
  take: (name: string, text: string) => void,
): { start(): void; stop(): void } {
  for (const one of [folder, received]) mkdirSync(one, { recursive: true });
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    if (!up()) return;
    const files = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && READABLE.test(entry.name))
      .map(({ name }) => name)
      .sort();
    for (const name of files) {
      take(name, readFileSync(join(folder, name), "utf8"));
      renameSync(join(folder, name), join(received, name));
    }
  };
  return {
    start() {
      timer ??= setInterval(look, POLL_MS);
    },
    stop() {
      clearInterval(timer);
    },
  };
}
