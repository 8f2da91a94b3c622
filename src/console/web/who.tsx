/** Who looks at the page: their name, what they may do, signing out, and the bar shown while seeing as somebody else. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { PERMISSIONS, ROLES } from "../../rights/permissions.ts";
import { change, hasOwnPassword, type RoleView, useSession } from "./api.ts";
import { span } from "./format.ts";

/** Starts over as whoever is signed in now. */
function useSwitch(path: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: object) => change(queries, path, body),
    onSuccess: async () => {
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
      await queries.invalidateQueries({ queryKey: ["session"] });
    },
  });
}

/** "Finance operator for plant LYON". */
export function roleText(role: RoleView): string {
  const part = partText(role);
  return `${ROLES[role.role]?.title ?? role.role}${part === "" ? "" : ` for ${part}`}`;
}

/** "plant LYON and domain sales"; empty for all of the business. */
const partText = ({ domains, plants, entities }: RoleView): string =>
  [
    domains && `domain ${domains.join(", ")}`,
    plants && `plant ${plants.join(", ")}`,
    entities && `legal entity ${entities.join(", ")}`,
  ]
    .filter(Boolean)
    .join(" and ");

/** Says so, to whoever sees a part of the business only: a number on a page is then not that of everybody. */
export function YourPart() {
  const { data: session } = useSession();
  const seeing = (session?.roles ?? []).filter(({ role }) =>
    (ROLES[role]?.may as readonly string[] | undefined)?.includes("view"),
  );
  const parts = seeing.map(partText);
  if (parts.length === 0 || parts.includes("")) return null;
  return <p className="your-part">You see {[...new Set(parts)].join("; ")}. Every count is of that.</p>;
}

export function WhoMenu() {
  const { data: session } = useSession();
  const [shown, show] = useState(false);
  if (!session) return null;
  return (
    <>
      <button
        type="button"
        className="who"
        title="You act under this name; it is kept with everything you press"
        aria-haspopup="dialog"
        onClick={() => show(true)}
      >
        {session.person.name}
      </button>
      {shown && <MyPermissions onClose={() => show(false)} />}
    </>
  );
}

function MyPermissions({ onClose }: { onClose: () => void }) {
  const { data: session } = useSession();
  const out = useSwitch("/sign-out");
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  if (!session) return null;
  return (
    <dialog ref={dialog} className="ask" aria-label="Who you are and what you may do" onClose={onClose}>
      <h2>{session.person.name}</h2>
      <p className="muted">
        {session.roles.length > 0
          ? `${session.roles.map(roleText).join("; ")}.`
          : session.via === null
            ? "Nobody signs in here: everybody at this machine acts under this name."
            : "You have no role yet. An administrator can give you one."}
        {session.person.demonstration && " A person of the demonstration."}
        {session.endsInMs !== null && ` You stay signed in for ${span(session.endsInMs)} at most.`}
      </p>
      <h3>You may</h3>
      <ul className="permissions">
        {session.permissions.map((permission) => (
          <li key={permission}>{PERMISSIONS[permission]}</li>
        ))}
        {session.permissions.length === 0 && <li>look at nothing yet</li>}
      </ul>
      <div className="ask-buttons">
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
        {(hasOwnPassword(session) || session.permissions.includes("break the glass")) && (
          <Link href="/you" className="button" onClick={onClose}>
            Your sign-in
          </Link>
        )}
        {session.via !== null && (
          <button
            type="button"
            className="button primary"
            disabled={out.isPending}
            onClick={() => out.mutate({}, { onSuccess: onClose })}
          >
            Sign out
          </button>
        )}
      </div>
    </dialog>
  );
}

/** Stays on top of every page while somebody looks as somebody else. */
export function SeeingAs() {
  const { data: session } = useSession();
  const back = useSwitch("/see-as");
  if (!session?.seeingAs) return null;
  return (
    <div className="seeing-as" role="status">
      <span>
        You see the console as <strong>{session.seeingAs.name}</strong> sees it. Nothing can be changed.
      </span>
      <button
        type="button"
        className="button"
        disabled={back.isPending}
        onClick={() => back.mutate({ person: null })}
      >
        Back to yourself
      </button>
    </div>
  );
}
