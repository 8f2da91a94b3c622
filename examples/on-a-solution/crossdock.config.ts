/** What the dock of the example is made of. */
// cut: configuration
import { configuration } from "crossdock/server";
import { norrland } from "./company.ts";

export default configuration({
  name: "Norrland Pumps",
  solutions: norrland(import.meta.dirname),
});
// end
