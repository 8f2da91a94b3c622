/** Reports and files come backwards: dispatched before picked, paid before captured, the second order before the first. */
import { ordersTravelThrough } from "./kit/fault.ts";

ordersTravelThrough({
  fault: "reorder",
  systems: ["wms", "tms", "payments", "acme", "bank"],
  // Long enough for two files of the bank, also on a busy machine.
  options: { ms: 400 },
  each: 3,
});
