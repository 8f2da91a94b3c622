/** Every rehearsal of this solution's processes, for tests and for the pictures drawn from them. */
import type { Rehearsal } from "crossdock/testing";

export const rehearsals: readonly Rehearsal[] = [];
