/**
 * Filters somebody keeps: a name and what follows the `?` of the address. Kept on this machine; the address is how they are
 * shared, so nothing is lost with the machine that a link does not bring back.
 */
const PLACE = "crossdock.filters";
const KEPT_MAX = 20;

export interface KeptFilter {
  readonly name: string;
  readonly query: string;
}

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
  write([...keptFilters().filter(({ query }) => query !== filter.query), filter].slice(-KEPT_MAX));

export const dropFilter = (query: string): readonly KeptFilter[] =>
  write(keptFilters().filter((one) => one.query !== query));

function write(filters: readonly KeptFilter[]): readonly KeptFilter[] {
  try {
    localStorage.setItem(PLACE, JSON.stringify(filters));
  } catch {
    // A browser that keeps nothing still shows them until the page is closed.
  }
  return filters;
}
