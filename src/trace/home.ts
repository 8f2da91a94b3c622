/** Everything the first page and `xd status` show, in one consistent reading. */

import { type Funnel, funnels } from "./funnel.ts";
import { type InStep, inStep, knowledgeAge } from "./instep.ts";
import type { Known } from "./known.ts";
import { type Needs, needs } from "./needs.ts";
import type { Db } from "./rows.ts";
import { downOf, type Line, type SystemView, systems } from "./systems.ts";

export interface Overview {
  readonly step: InStep;
  readonly funnels: readonly Funnel[];
  readonly systems: readonly SystemView[];
  readonly needs: Needs;
  readonly asOf: string;
}

/**
 * `connections` is `dock.connections()`, or empty when no dock runs here. Counts of the funnels are since `since`, or since the
 * beginning.
 */
export async function overview(
  db: Db,
  known: Known,
  connections: readonly Line[],
  options: { readonly since?: Date | null; readonly now?: Date } = {},
): Promise<Overview> {
  const now = options.now ?? new Date();
  const down = downOf(connections);
  const [all, lines, open, ageMs] = await Promise.all([
    funnels(db, known, { down, since: options.since ?? null, now }),
    systems(db, known, connections),
    needs(db),
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
