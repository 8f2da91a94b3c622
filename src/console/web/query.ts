/**
 * What follows the `?` of the address: filters, searches, what is open. Every selection lives there, so a link shows it.
 *
 * Read from the address itself and written beside the path as it stands: the router decodes both once too often, which
 * turns a number such as `SO-1%2F2` into another one.
 */
import { useCallback, useMemo } from "react";
import { useSearch } from "wouter";
import { navigate } from "wouter/use-browser-location";

type Change = (before: URLSearchParams) => URLSearchParams;

export function useQuery(): [URLSearchParams, (change: Change, options?: { replace?: boolean }) => void] {
  // Only tells that something changed.
  const changed = useSearch();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is what is read.
  const query = useMemo(() => new URLSearchParams(window.location.search), [changed]);
  const set = useCallback((change: Change, options: { replace?: boolean } = {}) => {
    const next = change(new URLSearchParams(window.location.search)).toString();
    navigate(`${window.location.pathname}${next === "" ? "" : `?${next}`}`, options);
  }, []);
  return [query, set];
}
