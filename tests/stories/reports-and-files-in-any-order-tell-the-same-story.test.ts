/** Reports and files come backwards: dispatched before picked, paid before captured, the second order before the first. */
import { ordersTravelThrough } from "./kit/fault.ts";

ordersTravelThrough({
  fault: "reorder",
  systems: ["wms", "tms", "payments", "acme", "bank"],
  options: { ms: 120 },
  each: 3,
});
