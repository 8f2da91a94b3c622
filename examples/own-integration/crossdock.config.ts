/** What the tutorial's dock is made of; its folders stand beside this file. */
// cut: configuration
import { configuration } from "crossdock/server";
import { service } from "./integration.ts";

export default configuration({
  name: "Field service",
  solutions: [service(import.meta.dirname)],
});
// end
