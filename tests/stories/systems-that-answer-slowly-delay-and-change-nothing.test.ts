/** Slow answers, and slow acknowledgements of a partner: everything arrives once, later. */
import { ANSWERING, ordersTravelThrough } from "./kit/fault.ts";

ordersTravelThrough({ fault: "slow", systems: [...ANSWERING, "acme"], options: { ms: 400, times: 4 } });
