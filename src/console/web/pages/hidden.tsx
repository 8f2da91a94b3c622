/** Shows what a contract hides to whoever may see it, for a reason that is kept. Leaving the page hides it again. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { MASKED } from "../../../trace/mask.ts";
import { Ask, Why } from "../actions.tsx";
import { useAnnounce } from "../announce.tsx";
import { change, useMay } from "../api.ts";

export function Hidden({
  of,
  about,
  shown,
}: {
  of: { correlation: string; position: string };
  about: "step" | "side by side";
  shown: object;
}) {
  const queries = useQueryClient();
  const may = useMay();
  const announce = useAnnounce();
  const [asking, ask] = useState(false);
  const [reason, setReason] = useState("");
  const show = useMutation({
    mutationFn: () =>
      change(queries, `/documents/${encodeURIComponent(of.correlation)}/steps/${of.position}/reveal`, {
        mark: "personal",
        of: about,
        reason,
      }),
    onSuccess: (revealed) => {
      queries.setQueryData([about, of.correlation, of.position], revealed);
      ask(false);
    },
    onError: (error) => announce(false, error.message),
  });
  useEffect(
    () => () => queries.removeQueries({ queryKey: [about, of.correlation, of.position] }),
    [queries, about, of.correlation, of.position],
  );
  if (!JSON.stringify(shown).includes(MASKED) || !may("see personal data")) return null;
  return (
    <div className="buttons">
      <button type="button" className="button" onClick={() => ask(true)}>
        Show personal fields…
      </button>
      {asking && (
        <Ask
          title="Show personal fields?"
          onClose={() => ask(false)}
          onSubmit={() => show.mutate()}
          busy={show.isPending}
          submit={
            <button
              type="submit"
              className="button primary"
              disabled={show.isPending || reason.trim() === ""}
            >
              Show
            </button>
          }
        >
          <p>Your name, the reason and each field that is shown are kept in the audit.</p>
          <Why value={reason} onChange={setReason} />
        </Ask>
      )}
    </div>
  );
}
