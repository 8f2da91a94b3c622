/** Every rehearsal of this solution's processes, for tests and for the pictures drawn from them. */
import type { Rehearsal } from "crossdock/testing";
import { rehearsals as betweenEntities } from "./rehearsals/between-entities.ts";
import { rehearsals as buying } from "./rehearsals/buying.ts";
import { rehearsals as comparing } from "./rehearsals/comparing.ts";
import { rehearsals as incomplete } from "./rehearsals/incomplete.ts";
import { rehearsals as lots } from "./rehearsals/lots.ts";
import { rehearsals as making } from "./rehearsals/making.ts";
import { rehearsals as toOrder } from "./rehearsals/making-to-order.ts";
import { rehearsals as routing } from "./rehearsals/routing.ts";
import { rehearsals as unordered } from "./rehearsals/unordered.ts";

export const rehearsals: readonly Rehearsal[] = [
  ...making,
  ...lots,
  ...toOrder,
  ...routing,
  ...betweenEntities,
  ...buying,
  ...unordered,
  ...incomplete,
  ...comparing,
];
