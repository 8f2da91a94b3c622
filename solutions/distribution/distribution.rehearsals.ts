/** Every rehearsal of the solution's processes, for whoever draws or checks them. */
import type { Rehearsal } from "crossdock/testing";
import { rehearsals as orders } from "./order-to-cash.rehearsals.ts";
import { rehearsals as partnerDocuments } from "./rehearsals/partner-documents.ts";
import { rehearsals as returns } from "./rehearsals/returns.ts";

export const rehearsals: readonly Rehearsal[] = [...orders, ...returns, ...partnerDocuments];
