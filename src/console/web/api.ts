/**
 * Talks to the console's API: reads through the query cache, presses buttons with the token only this page can read.
 *
 * Shapes are the trace's own types; a test on the server holds real answers to the published schemas.
 */
import {
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { Permission, RoleName } from "../../rights/permissions.ts";
import type { Mending } from "../../runtime/dock.ts";
import type { SideBySide } from "../../runtime/side-by-side.ts";
import type {
  BatchView,
  CauseLine,
  DocumentLine,
  FoundDocument,
  Group,
  MoneyWaiting,
  OpenQuestion,
  OpenQuestions,
  Overview,
  RefusedView,
  Step,
  Story,
  SystemView,
} from "../../trace/index.ts";
import type { SolvedLately } from "../../trace/solved.ts";
import { useAnnounce } from "./announce.tsx";

/** Who looks at the page. Everything but the first two is there once somebody signed in. */
export interface Session {
  readonly name: string;
  readonly signedIn: boolean;
  /** Where else one may sign in. */
  readonly providers?: readonly { readonly name: string; readonly title: string }[];
  /** Nobody can administer yet: a set-up link is due. */
  readonly needsSetup?: boolean;
  readonly person: { readonly id: string; readonly name: string; readonly demonstration: boolean };
  readonly seeingAs: { readonly id: string; readonly name: string } | null;
  readonly permissions: readonly Permission[];
  /** Those held for all of the business, and not for a part of it only. */
  readonly everywhere: readonly Permission[];
  readonly roles: readonly RoleView[];
  readonly via: string | null;
  /** Milliseconds until one has to sign in again; null where nobody signs in. */
  readonly endsInMs: number | null;
  /** Milliseconds a session lasts when nobody works. */
  readonly idleMs: number;
  /** Null where nobody signs in. */
  readonly secondFactor?: SecondFactorView | null;
  readonly actor: string;
  readonly worker: string;
  readonly token: string;
  readonly tokenHeader: string;
}
/** How somebody proves again who they are. */
export type Proof = "password" | "code" | "single sign-on";
export interface SecondFactorView {
  /** Nothing else is open before there is one. */
  readonly owed: boolean;
  /** One of one's roles asks for it. */
  readonly required: boolean;
  readonly possible: boolean;
  readonly since: string | null;
  /** How many are left. */
  readonly recoveryCodes: number;
  readonly proof: Proof;
}
/** A role and the part of the business it is for; null: all of it. */
export interface RoleView {
  readonly role: RoleName;
  readonly domains: readonly string[] | null;
  readonly plants: readonly string[] | null;
  readonly entities: readonly string[] | null;
}
export interface Home extends Overview {
  readonly recent: readonly DocumentLine[];
  readonly causes: readonly CauseLine[];
  readonly money: MoneyWaiting;
  /** A newer answer is being made. */
  readonly renewing: boolean;
}
export interface Documents {
  readonly documents: readonly (DocumentLine & Partial<Pick<FoundDocument, "matched">>)[];
  readonly next: string | null;
}
export interface Exceptions {
  readonly groups: readonly Group[];
  /** The oldest; `useQuestions` has the others. */
  readonly questions: readonly OpenQuestion[];
  /** How many are open in all. */
  readonly open: number;
  readonly next: string | null;
  readonly asOf: string;
}

export interface Batches {
  readonly batches: readonly BatchView[];
  readonly asOf: string;
}
export interface Batch {
  readonly batch: BatchView;
  readonly refused: readonly RefusedView[];
}

/** What the server said when it could not do what was asked; `message` is a sentence for people. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  /** A code is to come with it. */
  readonly needsCode: boolean;
  /** Whoever asks has to prove first who they are. */
  readonly proof: Proof | null;
  constructor(status: number, title: string, detail: string, more: { needs?: string; proof?: Proof } = {}) {
    super(detail);
    this.status = status;
    this.title = title;
    this.needsCode = more.needs === "code";
    this.proof = more.proof ?? null;
  }
}

/** When somebody last touched the page: one that only refreshes itself does not keep a session alive. */
let touchedAt = Date.now();
for (const event of ["pointerdown", "keydown", "wheel", "touchstart"])
  window.addEventListener(event, () => (touchedAt = Date.now()), { passive: true, capture: true });
const BY_ITSELF_MS = 60_000;

let workedAt = Date.now();
/** When the server last heard of somebody working here. */
export const lastWorkedAt = (): number => workedAt;

async function call<Answer>(path: string, options: RequestInit = {}): Promise<Answer> {
  let response: Response;
  const byItself: HeadersInit = Date.now() - touchedAt > BY_ITSELF_MS ? { "x-crossdock-by-itself": "1" } : {};
  try {
    response = await fetch(`/api${path}`, { ...options, headers: { ...options.headers, ...byItself } });
  } catch {
    throw new Problem(
      0,
      "No connection",
      "The console does not answer. Orders keep flowing; this page shows what it last knew.",
    );
  }
  if (response.ok && !("x-crossdock-by-itself" in byItself)) workedAt = Date.now();
  const body = (await response.json().catch(() => ({}))) as {
    title?: string;
    detail?: string;
    needs?: string;
    proof?: Proof;
  };
  if (!response.ok) {
    throw new Problem(
      response.status,
      body.title ?? "Not possible",
      body.detail ?? `The console answered ${response.status}.`,
      body,
    );
  }
  return body as Answer;
}

export const get = <Answer>(path: string) => call<Answer>(path);

/** Sends a change nobody needs to be signed in for: signing in, and opening a link. */
export const post = <Answer = { done: boolean }>(path: string, body: object) =>
  call<Answer>(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

let prove: ((how: Proof) => Promise<boolean>) | null = null;
/** Says who asks people to prove who they are, until what is returned is called. */
export function proveWith(ask: (how: Proof) => Promise<boolean>): () => void {
  prove = ask;
  return () => {
    prove = null;
  };
}

/** Sends a change of somebody who is signed in; once more when they have proven who they are, where that was missing. */
export async function change<Answer = { done: boolean }>(
  queries: QueryClient,
  path: string,
  body: object,
): Promise<Answer> {
  try {
    return await send<Answer>(queries, path, body);
  } catch (error) {
    if (!(error instanceof Problem) || error.proof === null || !(await prove?.(error.proof))) throw error;
    return send<Answer>(queries, path, body);
  }
}

async function send<Answer>(queries: QueryClient, path: string, body: object): Promise<Answer> {
  const session = await queries.fetchQuery({
    queryKey: ["session"],
    queryFn: () => get<Session>("/session"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return call<Answer>(path, {
    method: "POST",
    headers: { "content-type": "application/json", [session.tokenHeader]: session.token },
    body: JSON.stringify(body),
  });
}

export const useSession = () =>
  useQuery({
    queryKey: ["session"],
    queryFn: () => get<Session>("/session"),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Whether somebody signs in with a password of this console. */
export const hasOwnPassword = ({ via }: Session): boolean => via === "password" || via === "link";

/** Whether whoever looks may do something, or may do it to all of the business; a courtesy, the server has the last word. */
export function useMay(): (permission: Permission, where?: "somewhere" | "everywhere") => boolean {
  const { data } = useSession();
  return (permission, where = "somewhere") =>
    (where === "everywhere" ? data?.everywhere : data?.permissions)?.includes(permission) ?? false;
}

/** What people call a system; its name while that is not known. */
export function useSystemTitle(): (name: string) => string {
  const may = useMay();
  const { data } = useQuery({
    enabled: may("see systems"),
    queryKey: ["systems"],
    queryFn: () => get<{ systems: readonly SystemView[]; asOf: string }>("/systems"),
  });
  return (name) => data?.systems.find((one) => one.name === name)?.title ?? name;
}

/** `since` is a query of its own, `since=…`, or empty: since the beginning. */
export const useHome = (since = "") => {
  const may = useMay();
  return useQuery({
    enabled: may("view"),
    queryKey: ["home", since],
    queryFn: () => get<Home>(`/home${since === "" ? "" : `?${since}`}`),
    placeholderData: keepPreviousData,
    // What is shown is being made anew: it is there in a moment.
    refetchInterval: ({ state: { data } }) => (data?.renewing ? 1_000 : false),
  });
};

export const useFind = (search: string, limit = 50) =>
  useQuery({
    queryKey: ["find", search, limit],
    queryFn: () => get<Documents>(`/documents?search=${encodeURIComponent(search)}&limit=${limit}`),
    enabled: search.trim() !== "",
    placeholderData: keepPreviousData,
  });

export const latest = (after: string | null) =>
  get<Documents>(`/documents?limit=50${after === null ? "" : `&after=${encodeURIComponent(after)}`}`);

export const useStory = (correlation: string) =>
  useQuery({
    queryKey: ["story", correlation],
    queryFn: () => get<Story>(`/documents/${encodeURIComponent(correlation)}`),
    retry: (count, error) => !(error instanceof Problem && error.status === 404) && count < 1,
  });

export const useStep = (correlation: string, position: string) =>
  useQuery({
    queryKey: ["step", correlation, position],
    queryFn: () => get<Step>(`/documents/${encodeURIComponent(correlation)}/steps/${position}`),
  });

export const useSideBySide = (correlation: string, position: string) =>
  useQuery({
    queryKey: ["side by side", correlation, position],
    queryFn: () =>
      get<SideBySide>(`/documents/${encodeURIComponent(correlation)}/steps/${position}/side-by-side`),
  });

export const useExceptions = () =>
  useQuery({
    queryKey: ["exceptions"],
    queryFn: () => get<Exceptions>("/exceptions"),
    placeholderData: keepPreviousData,
  });

/** What was solved in the last seven days; read again with the inbox. */
export const useSolved = () =>
  useQuery({
    queryKey: ["exceptions", "solved"],
    queryFn: () => get<SolvedLately & { readonly asOf: string }>("/exceptions/solved"),
    placeholderData: keepPreviousData,
  });

/** Open questions, oldest first, a page at a time; read again with the inbox. */
export const useQuestions = () =>
  useInfiniteQuery({
    queryKey: ["exceptions", "questions"],
    queryFn: ({ pageParam }) =>
      get<OpenQuestions>(
        `/questions?limit=25${pageParam === null ? "" : `&after=${encodeURIComponent(pageParam)}`}`,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

/** While a file is read its numbers move without any document changing, so the page asks by itself. */
const OPEN_MS = 1_000;
const QUIET_MS = 5_000;
const isOpen = ({ state, outcomes, readingAgain }: BatchView) =>
  state === "running" || readingAgain || outcomes.waiting > 0;

export const useBatches = () =>
  useQuery({
    queryKey: ["batches"],
    queryFn: () => get<Batches>("/batches"),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => (data?.batches.some(isOpen) ? OPEN_MS : QUIET_MS),
  });

export const useBatch = (id: string, after: number) =>
  useQuery({
    queryKey: ["batch", id, after],
    queryFn: () => get<Batch>(`/batches/${encodeURIComponent(id)}?after=${after}`),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => (data && isOpen(data.batch) ? OPEN_MS : QUIET_MS),
    retry: (count, error) => !(error instanceof Problem && error.status === 404) && count < 1,
  });

/** One press of a button. */
export type Press =
  | {
      readonly act: "answer";
      readonly question: string;
      readonly verdict: "approved" | "declined";
      readonly comment: string;
    }
  | {
      readonly act: "try again" | "cancel";
      readonly delivery: string;
      readonly tries?: number | undefined;
      readonly reason: string;
    }
  | {
      readonly act: "decide batch";
      readonly batch: string;
      readonly verdict: "pause" | "resume" | "read refused again" | "give up";
      readonly reason: string;
    }
  | {
      readonly act: "decide system";
      readonly system: string;
      readonly verdict: "pause" | "drain" | "resume";
      readonly until: string | null;
      readonly reason: string;
    }
  | { readonly act: "probe"; readonly system: string }
  | { readonly act: "resolve"; readonly exception: string; readonly reason: string }
  | { readonly act: "compare"; readonly kind: string; readonly reason: string }
  | {
      readonly act: "mend";
      readonly subject: string;
      readonly milestone: string;
      readonly how: Mending;
      readonly reason: string;
    }
  | {
      readonly act: "settle";
      readonly delivery: string;
      readonly tries?: number | undefined;
      readonly booked: string | null;
      readonly reason: string;
    };

/** Said once the server accepted it; that it reached the target shows on the page when it did. */
const ACCEPTED: Readonly<Record<Press["act"], string>> = {
  answer: "Answered. The document goes on from here.",
  "try again":
    "Accepted. It is sent again under the same key and shows as done once the target confirmed it.",
  settle: "Accepted. What you found is recorded with your name.",
  cancel: "Given up. Later steps go on without it.",
  "decide batch": "Accepted. The batch shows what became of it.",
  "decide system": "Accepted. Every worker obeys within two seconds.",
  probe: "Asked.",
  resolve: "Closed. What you did is recorded with your name.",
  compare: "Accepted. Every system is being asked; what comes of it appears here.",
  mend: "Accepted. It is gone from here once the systems agree.",
};

function requestOf(press: Press): { path: string; body: object } {
  switch (press.act) {
    case "answer":
      return {
        path: `/questions/${encodeURIComponent(press.question)}/answer`,
        body: { verdict: press.verdict, comment: press.comment },
      };
    case "settle":
      return {
        path: `/deliveries/${encodeURIComponent(press.delivery)}/settle`,
        body: { booked: press.booked, reason: press.reason, tries: press.tries },
      };
    case "try again":
      return {
        path: `/deliveries/${encodeURIComponent(press.delivery)}/try-again`,
        body: { reason: press.reason, tries: press.tries },
      };
    case "decide batch":
      return {
        path: `/batches/${encodeURIComponent(press.batch)}/decide`,
        body: { verdict: press.verdict, reason: press.reason },
      };
    case "decide system":
      return {
        path: `/systems/${encodeURIComponent(press.system)}/decide`,
        body: { verdict: press.verdict, until: press.until, reason: press.reason },
      };
    case "probe":
      return { path: `/systems/${encodeURIComponent(press.system)}/probe`, body: {} };
    case "resolve":
      return {
        path: `/exceptions/${encodeURIComponent(press.exception)}/resolve`,
        body: { reason: press.reason },
      };
    case "compare":
      return {
        path: `/agreements/${encodeURIComponent(press.kind)}/compare`,
        body: { reason: press.reason },
      };
    case "mend":
      return {
        path: `/agreements/of/${encodeURIComponent(press.subject)}/mend`,
        body: { milestone: press.milestone, how: press.how, reason: press.reason },
      };
    case "cancel":
      return {
        path: `/deliveries/${encodeURIComponent(press.delivery)}/cancel`,
        body: { reason: press.reason, tries: press.tries },
      };
  }
}

/** Presses a button; afterwards everything shown is read again, so nobody looks at what was true before. */
export function usePress() {
  const queries = useQueryClient();
  const announce = useAnnounce();
  return useMutation({
    mutationFn: async (press: Press) => {
      const { path, body } = requestOf(press);
      return change<{ done?: boolean; answered?: boolean; detail?: string }>(queries, path, body);
    },
    onSuccess: ({ done, answered, detail }, { act }) =>
      announce(answered !== false, done ? ACCEPTED[act] : (detail ?? ACCEPTED[act])),
    onError: (error) => {
      const late = error instanceof Problem && error.status === 409;
      announce(false, `${late ? "Changed meanwhile: nothing was done. " : ""}${error.message}`);
      // A restarted console has a new token; reading it again makes the next press work.
      if (error instanceof Problem && error.status === 403)
        queries.invalidateQueries({ queryKey: ["session"] });
    },
    onSettled: () =>
      queries.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] !== "session" && queryKey[0] !== "step",
      }),
  });
}
