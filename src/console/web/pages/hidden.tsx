/** Shows what a contract hides to whoever may see it, for a reason that is kept. Leaving the page hides it again. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { MASKED } from "../../../trace/mask.ts";
import { AskWhy } from "../actions.tsx";
import { useAnnounce } from "../announce.tsx";
import { change, useMay } from "../api.ts";

/** A step, or its documents side by side, with what is hidden of it on demand. */
export function HiddenStep({
  of,
  about,
  shown,
}: {
  of: { correlation: string; position: string };
  about: "step" | "side by side";
  shown: object;
}) {
  const queries = useQueryClient();
  useEffect(
    () => () => queries.removeQueries({ queryKey: [about, of.correlation, of.position] }),
    [queries, about, of.correlation, of.position],
  );
  return (
    <Hidden
      at={`/documents/${encodeURIComponent(of.correlation)}/steps/${of.position}/reveal`}
      asking={{ mark: "personal", of: about }}
      what="personal fields"
      shown={shown}
      onShown={(revealed) => queries.setQueryData([about, of.correlation, of.position], revealed)}
    />
  );
}

/** The button that asks why. It is there when something of `shown` is hidden and may be seen; `onShown` is given the same with it. */
export function Hidden<Shown extends object>({
  at,
  asking: more,
  what,
  shown,
  onShown,
}: {
  at: string;
  asking: object;
  /** Completes "Show …". */
  what: string;
  shown: Shown;
  onShown: (revealed: Shown) => void;
}) {
  const queries = useQueryClient();
  const may = useMay();
  const announce = useAnnounce();
  const [asking, ask] = useState(false);
  const show = useMutation({
    mutationFn: (reason: string) => change<Shown>(queries, at, { ...more, reason }),
    onSuccess: onShown,
    onError: (error) => announce(false, error.message),
  });
  if (!JSON.stringify(shown).includes(MASKED) || !may("see personal data")) return null;
  return (
    <div className="buttons">
      <button type="button" className="button" onClick={() => ask(true)}>
        Show {what}…
      </button>
      {asking && (
        <AskWhy
          title={`Show ${what}?`}
          verb="Show"
          press={show}
          sends={(reason) => reason}
          onClose={() => ask(false)}
        >
          <p>Your name, the reason and what is shown are kept in the audit.</p>
        </AskWhy>
      )}
    </div>
  );
}
