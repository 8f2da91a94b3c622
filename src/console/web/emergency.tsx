/** Emergency access: the bar everybody sees while somebody has it, and taking it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Emergency } from "../../rights/emergency.ts";
import { AskWhy } from "./actions.tsx";
import { get, useMay, useSession } from "./api.ts";
import { clock } from "./format.ts";
import { useNow } from "./live.tsx";
import { Section } from "./parts.tsx";
import { useChange } from "./people-api.ts";

/** How often it is asked whether somebody took it; a change of one's own shows at once. */
const LOOK_MS = 15_000;
const REASON_LEAST = 10;

const useEmergencies = () =>
  useQuery({
    queryKey: ["emergency"],
    queryFn: () => get<{ open: readonly Emergency[] }>("/emergency"),
    refetchInterval: LOOK_MS,
  });

/** What one may changes with it, so who one is is read anew. */
function useReadSession() {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: ["session"] });
}

/** Stays on top of every page of everybody, as long as it lasts. */
export function EmergencyBar() {
  const { data } = useEmergencies();
  const { data: session } = useSession();
  const administers = useMay()("administer", "everywhere");
  const change = useChange();
  const readSession = useReadSession();
  const now = useNow();
  return (data?.open ?? []).map(({ id, person, name, reason, endsAt }) => (
    <div key={id} className="emergency" role="alert">
      <span>
        <strong>Emergency access.</strong> {name} may do what an operator may until{" "}
        {clock(endsAt, now, false)}: {reason}
      </span>
      {(person === session?.actor || administers) && (
        <button
          type="button"
          className="button"
          disabled={change.isPending}
          onClick={() =>
            change.mutate(
              { path: `/emergency/${id}/end`, says: "The emergency access has ended." },
              { onSuccess: readSession },
            )
          }
        >
          End it
        </button>
      )}
    </div>
  ));
}

/** Taking it, for those whose role lets them. */
export function TakeEmergency() {
  const may = useMay();
  const { data } = useEmergencies();
  const { data: session } = useSession();
  const change = useChange();
  const readSession = useReadSession();
  const [asking, ask] = useState(false);
  if (!may("break the glass")) return null;
  const has = data?.open.some(({ person }) => person === session?.actor) ?? false;
  return (
    <Section title="Emergency access">
      <p>
        When something must go on and nobody else is there: for an hour you may do what an operator may, for
        the part of the business your role is for. Everybody who is signed in reads that you have it and why,
        it raises an alarm, and each thing you do is marked in the audit. What takes a second person still
        takes one.
      </p>
      <div className="buttons">
        <button
          type="button"
          className="button danger"
          disabled={has || change.isPending}
          onClick={() => ask(true)}
        >
          {has ? "You have it now" : "Take it…"}
        </button>
      </div>
      {asking && (
        <AskWhy
          title="Take emergency access?"
          verb="Take it"
          danger
          label="What the emergency is (everybody reads it)"
          least={REASON_LEAST}
          press={change}
          sends={(reason) => ({
            path: "/emergency/begin",
            body: { reason },
            says: "You have emergency access for an hour.",
          })}
          onDone={readSession}
          onClose={() => ask(false)}
        />
      )}
    </Section>
  );
}
