/** 429 with Retry-After: nothing was done, and nobody knocks again before that time. */
import { ANSWERING, ordersTravelThrough } from "./kit/fault.ts";

ordersTravelThrough({ fault: "busy", systems: ANSWERING, options: { times: 1, retryAfterSeconds: 1 } });
