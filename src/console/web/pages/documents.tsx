/** Every document: by any of its numbers, by where it stands, or by what happened last. Filters live in the address. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import type { How, Standing } from "../../../trace/index.ts";
import { get, latest, useFind, useHome } from "../api.ts";
import { dropFilter, type KeptFilter, keepFilter, keptFilters } from "../filters.ts";
import { capital, many } from "../format.ts";
import { useLive } from "../live.tsx";
import { Empty, Failed, Hint, Loading } from "../parts.tsx";
import { useQuery } from "../query.ts";
import { useSpan } from "../span-of-time.tsx";
import { DocumentTable } from "./document-table.tsx";

export function DocumentsPage() {
  const [params] = useQuery();
  const search = (params.get("search") ?? "").trim();
  const process = params.get("process");
  return (
    <div className="page">
      <h1>Documents</h1>
      <Filters />
      {search !== "" ? (
        <Found search={search} />
      ) : process === null ? (
        <Latest />
      ) : (
        <StandingHere process={process} milestone={params.get("at") ?? ""} how={howOf(params.get("how"))} />
      )}
    </div>
  );
}

const HOWS: Readonly<Record<How, string>> = {
  someone: "need someone",
  waiting: "wait for a system",
  normal: "in normal flow",
};
const howOf = (asked: string | null): How | null =>
  asked && Object.hasOwn(HOWS, asked) ? (asked as How) : null;
const processTitle = (name: string) => capital(name.replaceAll("-", " "));

/** What a query of this page asks for, in words. */
function sentenceOf(query: URLSearchParams): string {
  const search = query.get("search")?.trim();
  if (search) return `Number ${search}`;
  const process = query.get("process");
  if (process === null) return "The latest";
  const at = query.get("at") ?? "";
  const how = howOf(query.get("how"));
  return [processTitle(process), at === "" ? "before the first milestone" : `at ${at}`, how ? HOWS[how] : ""]
    .filter(Boolean)
    .join(" · ");
}

/** Choosing a place in a process, and the filters kept on this machine. */
function Filters() {
  const [params, setQuery] = useQuery();
  const { data } = useHome(useSpan().query);
  const [kept, setKept] = useState<readonly KeptFilter[]>(keptFilters);
  const process = params.get("process");
  const funnel = data?.funnels.find((one) => one.process === process);
  const query = params.toString();
  const isKept = kept.some((one) => one.query === query);
  const set = (change: (query: URLSearchParams) => void) =>
    setQuery((before) => {
      before.delete("search");
      change(before);
      return before;
    });
  return (
    <div className="filters">
      <label>
        <span>Process</span>
        <select
          value={process ?? ""}
          onChange={({ target: { value } }) =>
            set((query) => {
              for (const name of ["process", "at", "how"]) query.delete(name);
              if (value !== "") {
                query.set("process", value);
                query.set(
                  "at",
                  data?.funnels.find((one) => one.process === value)?.stages[0]?.milestone ?? "",
                );
              }
            })
          }
        >
          <option value="">all, by the last change</option>
          {data?.funnels.map(({ process: name }) => (
            <option key={name} value={name}>
              {processTitle(name)}
            </option>
          ))}
        </select>
      </label>
      {process !== null && (
        <>
          <label>
            <span>Stands at</span>
            <select
              value={params.get("at") ?? ""}
              onChange={({ target: { value } }) => set((query) => query.set("at", value))}
            >
              <option value="">before the first milestone</option>
              {funnel?.stages.map(({ milestone }) => (
                <option key={milestone} value={milestone}>
                  {milestone}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span>How</span>
            <select
              value={howOf(params.get("how")) ?? ""}
              onChange={({ target: { value } }) =>
                set((query) => (value === "" ? query.delete("how") : query.set("how", value)))
              }
            >
              <option value="">all of them</option>
              {Object.entries(HOWS).map(([how, words]) => (
                <option key={how} value={how}>
                  {words}
                </option>
              ))}
            </select>
          </label>
        </>
      )}
      <span className="kept-filters">
        {kept.map((one) => (
          <span key={one.query} className={one.query === query ? "chip chip-here" : "chip"}>
            <Link href={`/documents?${one.query}`}>{one.name}</Link>
            <button
              type="button"
              className="icon-button"
              aria-label={`Forget the filter ${one.name}`}
              onClick={() => setKept(dropFilter(one.query))}
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
            onClick={() => setKept(keepFilter({ name: sentenceOf(params), query }))}
          >
            Keep this filter
          </button>
        )}
      </span>
    </div>
  );
}

/** The rows behind a number of a funnel or a diagram. */
function StandingHere({ process, milestone, how }: { process: string; milestone: string; how: How | null }) {
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["find", "standing", process, milestone, how],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({
        at: milestone,
        ...(how ? { how } : {}),
        ...(pageParam ? { after: pageParam } : {}),
      });
      return get<Standing>(`/processes/${encodeURIComponent(process)}/standing?${query}`);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  if (error && !data) return <Failed error={error} what="these documents" again={refetch} />;
  if (!data) return <Loading label="these documents" rows={8} />;
  const documents = data.pages.flatMap((page) => page.documents);
  const where = milestone === "" ? "before the first milestone" : `at “${milestone}”`;
  return (
    <>
      <p className="found" role="status">
        {hasNextPage ? "The first " : ""}
        {many(documents.length, "document")} of {processTitle(process).toLowerCase()} {where}
        {how ? `, ${HOWS[how]}` : ""}; who stands there longest comes first.
      </p>
      <div className="card">
        {documents.length === 0 ? (
          <Empty>
            Nobody stands here now. <Link href="/documents">Show the latest documents</Link>
          </Empty>
        ) : (
          <DocumentTable documents={documents} caption={`Documents ${where}`} />
        )}
      </div>
      {hasNextPage && <More busy={isFetchingNextPage} more={() => void fetchNextPage()} label="Show more" />}
      <Hint command="xd status" />
    </>
  );
}

function More({ busy, more, label }: { busy: boolean; more: () => void; label: ReactNode }) {
  return (
    <p className="center">
      <button type="button" className="button" disabled={busy} onClick={more}>
        {busy ? "Loading…" : label}
      </button>
    </p>
  );
}

/** One page of hits is what a person reads; more means the number should be longer. */
const FOUND_MAX = 50;

function Found({ search }: { search: string }) {
  const { data, error, refetch, isPlaceholderData } = useFind(search, FOUND_MAX);
  if (error && !data) return <Failed error={error} what="what was found" again={refetch} />;
  if (!data) return <Loading label="what was found" />;
  const { documents } = data;
  const more = documents.length >= FOUND_MAX;
  return (
    <>
      <p className="found" role="status">
        {documents.length === 0
          ? `Nothing carries ${search}.`
          : `${more ? "At least " : ""}${many(documents.length, "document")} for ${search}.${more ? " Type more of the number to narrow it." : ""}`}{" "}
        <Link href="/documents">Show the latest instead</Link>
      </p>
      <div className={`card ${isPlaceholderData ? "settling" : ""}`}>
        {documents.length === 0 ? (
          <Empty>
            Any number of any system works: customer PO, sales order, ERP document, shipment, SSCC, invoice,
            bank reference, EDI control number. A number that has not arrived yet cannot be found; check its
            spelling, or whether the sender's file came in.
          </Empty>
        ) : (
          <DocumentTable documents={documents} caption={`Documents found by ${search}`} />
        )}
      </div>
      <Hint command={`xd trace ${/\s/.test(search) ? `"${search}"` : search}`} />
    </>
  );
}

function Latest() {
  const { changed, seen } = useLive();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage, isFetching } =
    useInfiniteQuery({
      queryKey: ["latest"],
      queryFn: ({ pageParam }) => latest(pageParam),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next,
      staleTime: 0,
    });
  if (error && !data) return <Failed error={error} what="the documents" again={refetch} />;
  if (!data) return <Loading label="the documents" rows={10} />;
  const documents = data.pages.flatMap((page) => page.documents);
  return (
    <>
      <div className="list-head">
        <p className="muted">By the last thing that happened to them. Press / to search by any number.</p>
        {/* The list never jumps: what is new waits until somebody asks for it. */}
        <button
          type="button"
          className="pill"
          hidden={changed.size === 0}
          disabled={isFetching}
          onClick={() => {
            seen();
            void refetch();
          }}
        >
          {changed.has("*") ? "Something changed" : `${many(changed.size, "document")} changed`}: show
        </button>
      </div>
      <div className="card">
        {documents.length === 0 ? (
          <Empty>
            Nothing has arrived yet. Orders, shipments, invoices and payments appear here as soon as they do.
          </Empty>
        ) : (
          <DocumentTable documents={documents} caption="Documents, the latest change first" />
        )}
      </div>
      {hasNextPage && (
        <More busy={isFetchingNextPage} more={() => void fetchNextPage()} label="Show older ones" />
      )}
      <Hint command="xd trace PO-4711" />
    </>
  );
}
