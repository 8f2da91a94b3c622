/** A full document of each kind, what it means, and what of it no field carries. */
import type { Full } from "../kit.fixtures.ts";

export const FULL: Readonly<Record<string, Full>> = {
  "Sparkplug B": {
    text: '{"timestamp":"1767600000000","seq":"7","metrics":[{"name":"Machine/WorkCentre","dataType":"String","value":"WC-1"},{"name":"Machine/Plant","dataType":"String","value":"LYO"},{"name":"Cycle/Number","dataType":"UInt64","value":"12"},{"name":"Cycle/Good","dataType":"UInt32","value":3},{"name":"Cycle/Scrap","dataType":"UInt32","value":1},{"name":"Cycle/Order","dataType":"String","value":"PR-7004"},{"name":"Line/Temp","dataType":"Float","value":21.5}],"notCarried":[]}',
    means: [
      {
        "production.machine-cycle-completed": {
          workCentre: "WC-1",
          plant: "LYO",
          cycle: 12,
          good: 3,
          scrap: 1,
          productionOrderId: "PR-7004",
          completedAt: "2026-01-05T08:00:00.000Z",
        },
      },
    ],
    left: ["metrics[6].name = Line/Temp", "metrics[6].dataType = Float", "metrics[6].value = 21.5"],
  },
};
