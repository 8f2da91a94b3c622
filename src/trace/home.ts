/** Everything the first page and `xd status` show, in one consistent reading. */

import { type Funnel, funnels } from "./funnel.ts";
import { type InStep, inStep, knowledgeAge } from "./instep.ts";
import type { Known } from "./known.ts";
import { type Needs, needs } from "./needs.ts";
import type { Areas } from "./places.ts";
import type { Db } from "./rows.ts";
import { downOf, type Line, OPEN_MAX_AT_ONCE, type SystemView, systems } from "./systems.ts";

export interface Overview {
  readonly step: InStep;
  readonly funnels: readonly Funnel[];
  readonly systems: readonly SystemView[];
  readonly needs: Needs;
  readonly asOf: string;
}

/**
 * `connections` is `dock.connections()`, or empty when no dock runs here. Counts of the funnels are since `since`, or since the
 * beginning; of the areas given, or of all of the business.
 */
export async function overview(
  db: Db,
  known: Known,
  connections: readonly Line[],
  options: { readonly areas?: Areas; readonly since?: Date | null; readonly now?: Date } = {},
): Promise<Overview> {
  const now = options.now ?? new Date();
  const down = downOf(connections);
  const areas = options.areas ?? null;
  const [all, lines, open, ageMs] = await Promise.all([
    funnels(db, known, { areas, down, since: options.since ?? null, now }),
    systems(db, known, connections, { areas, max: OPEN_MAX_AT_ONCE }),
    needs(db, areas),
    knowledgeAge(db),
  ]);
  const running = all.reduce(
    (sum, { before, stages }) => sum + before.here + stages.reduce((here, stage) => here + stage.here, 0),
    0,
  );
  return {
    step: inStep({ needs: open, systems: lines, running, ageMs, now }),
    funnels: all,
    systems: lines,
    needs: open,
    asOf: now.toISOString(),
  };
}
