/**
 * The rows of the fault matrix that run on real processes.
 *
 * A row breaks things while orders travel; before it all is well, after it everything heals, and then nothing may be lost,
 * doubled, out of order, silent or open. Those that wait longest come first. Sizes are of the short tier, which every `npm test` runs, and of the night.
 */
import type { Row } from "./row.ts";
import { OF_SYSTEMS } from "./rows-of-systems.ts";
import { OF_THE_DATABASE } from "./rows-of-the-database.ts";
import { OF_WORKERS } from "./rows-of-workers.ts";

export type { Row, Size } from "./row.ts";
export const ROWS: readonly Row[] = [...OF_THE_DATABASE, ...OF_SYSTEMS, ...OF_WORKERS];
