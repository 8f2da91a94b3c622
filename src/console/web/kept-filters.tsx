/** The filters somebody keeps of a page, and the button that keeps the one that is shown. */
import { useState } from "react";
import { Link } from "wouter";
import {
  dropFilter,
  type FilteredPage,
  type KeptFilter,
  keepFilter,
  keptFilters,
  placeOf,
} from "./filters.ts";

/** `name` says in words what `query` shows; an empty query is the page as it begins, which nobody needs to keep. */
export function KeptFilters({ page, name, query }: { page: FilteredPage; name: string; query: string }) {
  const [all, setKept] = useState<readonly KeptFilter[]>(keptFilters);
  const kept = all.filter((one) => (one.page ?? "/documents") === page);
  const isKept = kept.some((one) => one.query === query);
  return (
    <span className="kept-filters">
      {kept.map((one) => (
        <span key={one.query} className={one.query === query ? "chip chip-here" : "chip"}>
          <Link href={placeOf(one)}>{one.name}</Link>
          <button
            type="button"
            className="icon-button"
            aria-label={`Forget the filter ${one.name}`}
            onClick={() => setKept(dropFilter(one))}
          >
            ✕
          </button>
        </span>
      ))}
      {query !== "" && !isKept && (
        <button
          type="button"
          className="button quiet"
          title="Kept on this machine; the address of this page shows the same to anybody"
          onClick={() => setKept(keepFilter({ name, page, query }))}
        >
          Keep this filter
        </button>
      )}
    </span>
  );
}
