/** Says some time before that one is about to be signed out, and lets one stay (WCAG 2.2, 2.2.1). */
import { useEffect, useState } from "react";
import { lastWorkedAt, useSession } from "./api.ts";
import { span } from "./format.ts";

const BEFORE_MS = 2 * 60_000;
const LOOK_MS = 5_000;

export function SessionEnds() {
  const { data: session, dataUpdatedAt, refetch } = useSession();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const looking = setInterval(() => setNow(Date.now()), LOOK_MS);
    return () => clearInterval(looking);
  }, []);
  if (!session || session.endsInMs === null) return null;
  const whole = dataUpdatedAt + session.endsInMs - now;
  const idle = lastWorkedAt() + session.idleMs - now;
  const left = Math.min(whole, idle);
  if (left <= 0 || left > BEFORE_MS) return null;
  const minutes = span(Math.ceil(left / 60_000) * 60_000);
  return (
    <div className="stale stale-stale session-ends" role="alert">
      {whole <= idle ? (
        `Twelve hours after you signed in you sign in again: in ${minutes}. Finish what you are doing.`
      ) : (
        <>
          You are signed out in {minutes}, because nobody worked here.{" "}
          <button
            type="button"
            className="button"
            onClick={() => void refetch().then(() => setNow(Date.now()))}
          >
            Stay signed in
          </button>
        </>
      )}
    </div>
  );
}
