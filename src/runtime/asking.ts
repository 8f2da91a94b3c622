/**
 * Asks one system whether the line works, because somebody wants to know now.
 *
 * One call that moves no business data, with a time limit of its own: a connector that hangs must not keep the person waiting. That
 * it was asked, by whom and what came of it, is in the audit.
 */
import type { Pool } from "pg";
import type { Connection, Probed, Session } from "../connectors/connector.ts";
import { Unavailable, Unusable } from "../std/errors.ts";
import { noteView } from "../work/audit.ts";
import { type Clock, pause } from "./clock.ts";
import type { Actor, Asked } from "./dock.ts";
import { provedWith } from "./secret-uses.ts";

/** All the time one probe has. */
const PROBE_MS = 10_000;

export async function askAfter(
  { pool, clock, connections, sessions, probe }: Asking,
  connection: string,
  actor: Actor,
): Promise<Asked> {
  const session = sessions.get(connection);
  const known = connections.get(connection);
  if (!session || !known)
    throw new Unusable(`There is no connection ${connection}.`, { facts: { connection } });
  const begun = clock.now();
  const ended = new AbortController();
  const silence = pause(clock, PROBE_MS, ended.signal).then(() => {
    throw new Unavailable(`It did not answer within ${PROBE_MS / 1_000} s.`);
  });
  const given = probe(connection);
  let found: Probed = {};
  let error: unknown;
  try {
    found = await Promise.race([given, silence]);
  } catch (thrown) {
    error = thrown;
  } finally {
    ended.abort();
    // Whoever lost the race ends later, and has nothing to say any more.
    for (const one of [given, silence]) void one.catch(() => undefined);
  }
  const ms = Math.round(clock.now() - begun);
  const answered = error === undefined;
  await noteView(pool, actor, "probe connection", `connection/${connection}`, { answered, ms });
  return {
    answered,
    ms,
    because: answered ? null : error instanceof Error ? error.message : String(error),
    access: error instanceof Unavailable && error.facts.access === true,
    as: found.as ?? null,
    provedWith: provedWith(known),
    may: found.may ?? [],
    can: (["deliver", "verify", "ask", "receive"] as const).filter((each) => session[each] !== undefined),
  };
}

interface Asking {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly connections: ReadonlyMap<string, Connection>;
  readonly sessions: ReadonlyMap<string, Session>;
  /** The dispatcher's: it serves again what answers. */
  readonly probe: (connection: string) => Promise<Probed>;
}
