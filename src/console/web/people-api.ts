/** What the pages about people ask of the console: approvals, the audit, people, keys, sessions, settings. */
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { ApprovalRow } from "../../rights/approvals.ts";
import type { PersonRow } from "../../rights/people.ts";
import type { Permission, Role, RoleName } from "../../rights/permissions.ts";
import type { SessionRow } from "../../rights/sessions.ts";
import type { AuditRow } from "../../trace/audit.ts";
import type { ClientRow } from "../../work/clients.ts";
import type { Settings } from "../admin-api.ts";
import { useAnnounce } from "./announce.tsx";
import { change, get } from "./api.ts";

export interface Approval extends Omit<ApprovalRow, "body" | "state" | "path" | "askedVia"> {
  readonly body: Readonly<Record<string, unknown>>;
  readonly state: Readonly<Record<string, unknown>>;
  readonly mayDecide: boolean;
}

export const useApprovals = () =>
  useQuery({
    queryKey: ["approvals"],
    queryFn: () => get<{ approvals: readonly Approval[] }>("/approvals"),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });

export const useAudit = (query: string) =>
  useInfiniteQuery({
    queryKey: ["audit", query],
    queryFn: ({ pageParam }) => {
      const params = new URLSearchParams(query);
      if (pageParam !== null) params.set("before", pageParam);
      return get<{ lines: readonly AuditRow[]; next: string | null }>(`/audit?${params}`);
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });

export interface People {
  readonly people: readonly PersonRow[];
  readonly roles: Readonly<Record<RoleName, Role>>;
  readonly permissions: Readonly<Record<Permission, string>>;
}
const admin = <Answer>(part: string) => ({
  queryKey: ["admin", part],
  queryFn: () => get<Answer>(`/admin/${part}`),
});
export const usePeople = () => useQuery(admin<People>("people"));
export const useKeys = () =>
  useQuery(admin<{ keys: readonly ClientRow[]; scopes: Readonly<Record<string, string>> }>("keys"));
export const useSessions = () => useQuery(admin<{ sessions: readonly SessionRow[] }>("sessions"));
export const useSettings = () => useQuery(admin<Settings>("settings"));

export interface Answered {
  readonly done: boolean;
  /** Why it is not done yet: it waits for a second person. */
  readonly detail?: string;
  readonly link?: string;
  readonly key?: string;
}

/** Sends a change and says what became of it; everything about people is read again. */
export function useChange() {
  const queries = useQueryClient();
  const announce = useAnnounce();
  return useMutation({
    mutationFn: ({ path, body = {} }: { path: string; body?: object; says: string }) =>
      change<Answered>(queries, path, body),
    onSuccess: ({ done, detail }, { says }) => announce(done, done ? says : (detail ?? says)),
    onError: (error) => announce(false, error.message),
    onSettled: () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" }),
  });
}
