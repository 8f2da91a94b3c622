/** The real clock, some times faster, for tests of what a dock does in a while. What PostgreSQL's clock decides is as late as ever. */
import { type Clock, realClock } from "../runtime/clock.ts";

/** @param times up to five: leases must outlast a busy machine's pauses */
export const hurried = (times: number): Clock => ({
  ...realClock,
  now: () => times * realClock.now(),
  after: (ms, call) => realClock.after(ms / times, call),
});
