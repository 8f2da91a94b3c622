/**
 * Filters somebody keeps: a name, the page they are of, and what follows the `?` of its address. Kept on this machine; the address is
 * how they are shared, so nothing is lost with the machine that a link does not bring back.
 */
const PLACE = "crossdock.filters";
const KEPT_MAX = 20;

export interface KeptFilter {
  readonly name: string;
  /** Left out by those kept before other pages had any: Documents. */
  readonly page?: FilteredPage;
  readonly query: string;
}
export type FilteredPage = "/documents" | "/exceptions";

/** Where a kept filter leads. */
export const placeOf = ({ page = "/documents", query }: KeptFilter): string => `${page}?${query}`;

export function keptFilters(): readonly KeptFilter[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
    return Array.isArray(kept)
      ? kept.filter(
          (one): one is KeptFilter => typeof one?.name === "string" && typeof one?.query === "string",
        )
      : [];
  } catch {
    return [];
  }
}

export const keepFilter = (filter: KeptFilter): readonly KeptFilter[] =>
  write([...dropped(filter), filter].slice(-KEPT_MAX));

export const dropFilter = (filter: KeptFilter): readonly KeptFilter[] => write(dropped(filter));

const dropped = (filter: KeptFilter) => keptFilters().filter((one) => placeOf(one) !== placeOf(filter));

function write(filters: readonly KeptFilter[]): readonly KeptFilter[] {
  try {
    localStorage.setItem(PLACE, JSON.stringify(filters));
  } catch {
    // A browser that keeps nothing still shows them until the page is closed.
  }
  return filters;
}
