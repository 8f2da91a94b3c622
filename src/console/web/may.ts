/** What a person may do about an exception, judged by its class; the server has the last word. */
import type { ExceptionView } from "../../trace/index.ts";

export function mayDoAbout(exception: ExceptionView): ("try again" | "settle" | "cancel")[] {
  if (exception.subjectKind !== "delivery" || exception.resolvedAt !== null) return [];
  if (exception.class === "temporary") return [];
  return exception.class === "unclear outcome" ? ["settle"] : ["try again", "cancel"];
}
