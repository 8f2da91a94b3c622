/** Every document: by any of its numbers, by where it stands, or by what happened last. Filters live in the address. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { type ComponentProps, useState } from "react";
import { Link } from "wouter";
import { type Documents, get, latest, useFind } from "../api.ts";
import { count, many } from "../format.ts";
import { useLive } from "../live.tsx";
import { Empty, Failed, Hint, Loading, More, SaveSheet } from "../parts.tsx";
import { useQuery } from "../query.ts";
import { chosenOf, chosenWords, Filters } from "./document-filters.tsx";
import { DocumentTable } from "./document-table.tsx";

export function DocumentsPage() {
  const [params] = useQuery();
  const search = (params.get("search") ?? "").trim();
  const chosen = chosenOf(params);
  return (
    <div className="page">
      <h1>Documents</h1>
      <Filters />
      {search !== "" ? (
        <Found search={search} />
      ) : chosen === "" ? (
        <Latest />
      ) : (
        <Chosen
          key={chosen}
          chosen={chosen}
          words={chosenWords(params).join(" · ")}
          order={params.has("process") ? (params.has("at") ? "" : ", place by place") : null}
        />
      )}
    </div>
  );
}

/** Documents that fit what was chosen. How many there are is exact once all were looked at, and said so until then. */
function Chosen({
  chosen,
  words,
  order,
}: {
  chosen: string;
  words: string;
  /** Of those that stand somewhere in a process, how they are listed; null: the latest first. */
  order: string | null;
}) {
  const list = useInfiniteQuery({
    queryKey: ["find", "chosen", chosen],
    queryFn: ({ pageParam }) =>
      get<Documents>(
        `/documents?${chosen}&limit=50${pageParam === null ? "" : `&after=${encodeURIComponent(pageParam)}`}`,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const { data, error, refetch, hasNextPage } = list;
  if (error && !data) return <Failed error={error} what="these documents" again={refetch} />;
  if (!data) return <Loading label="these documents" rows={8} />;
  const documents = data.pages.flatMap((page) => page.documents);
  return (
    <>
      <div className="list-head">
        <p className="found" role="status">
          {hasNextPage ? "The first " : ""}
          {many(documents.length, "document")}: {words}
          {order === null ? "." : `${order}; who stands there longest comes first.`}
        </p>
        <span className="buttons">
          {hasNextPage && <CountAll chosen={chosen} />}
          <SaveAs query={chosen} />
        </span>
      </div>
      <div className="card">
        {documents.length === 0 ? (
          <Empty>
            {hasNextPage ? "Nothing fits among those looked at so far." : "Nothing matches this filter."}{" "}
            <Link href="/documents">Show the latest documents</Link>
          </Empty>
        ) : (
          <DocumentTable documents={documents} caption={`Documents: ${words}`} />
        )}
      </div>
      <MoreDocuments of={list} listed={documents.length} label="Look further" />
      <Hint command={commandOf(chosen)} />
    </>
  );
}

/** Counts on demand, reading on until everything was looked at. */
function CountAll({ chosen }: { chosen: string }) {
  const [said, say] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const all = async () => {
    setBusy(true);
    try {
      let total = 0;
      let after: string | null = null;
      do {
        const place: string = after === null ? "" : `&after=${encodeURIComponent(after)}`;
        const part: { count: number; next: string | null } = await get(`/documents/count?${chosen}${place}`);
        total += part.count;
        after = part.next;
        say(after === null ? `${many(total, "document")} in all` : `${count(total)} so far…`);
      } while (after !== null);
    } catch (error) {
      say(error instanceof Error ? error.message : "They could not be counted.");
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <span role="status">{said}</span>
      <button type="button" className="button quiet" disabled={busy} onClick={() => void all()}>
        {busy ? "Counting…" : "Count all"}
      </button>
    </>
  );
}

/** All that fits, not only what was loaded; in the order of the list. */
function SaveAs({ query }: { query: string }) {
  return (
    <SaveSheet
      name="documents"
      query={query}
      title="All that fit, up to 10,000; the audit keeps who took them"
    />
  );
}

const commandOf = (chosen: string): string =>
  [
    "xd documents",
    ...[...new URLSearchParams(chosen)].map(([name, value]) =>
      name === "late" ? "--late" : `--${name} ${/^$|\s/.test(value) ? `"${value}"` : value}`,
    ),
  ].join(" ");

/**
 * Rows one page lists. A thousand are drawn in under two seconds on a busy machine and scroll at sixty frames; ten thousand took
 * 43 s and 280 MB, and nobody reads them: they are narrowed, counted or taken along.
 */
const LISTED_MAX = 1_000;

function MoreDocuments({ listed, ...list }: { listed: number } & ComponentProps<typeof More>) {
  if (!list.of.hasNextPage || listed < LISTED_MAX) return <More {...list} />;
  return (
    <p className="center muted">
      {count(listed)} are listed, and there are more. Narrow them by what stands above; a narrowed list can be
      counted and saved whole.
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
      <div className="list-head">
        <p className="found" role="status">
          {documents.length === 0
            ? `Nothing carries ${search}.`
            : `${more ? "At least " : ""}${many(documents.length, "document")} for ${search}.${more ? " Type more of the number to narrow it." : ""}`}{" "}
          <Link href="/documents">Show the latest instead</Link>
        </p>
        {documents.length > 0 && (
          <span className="buttons">
            <SaveAs query={`search=${encodeURIComponent(search)}`} />
          </span>
        )}
      </div>
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
  const list = useInfiniteQuery({
    queryKey: ["latest"],
    queryFn: ({ pageParam }) => latest(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  });
  const { data, error, refetch, isFetching } = list;
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
      <MoreDocuments of={list} listed={documents.length} label="Show older ones" />
      <Hint command="xd trace PO-4711" />
    </>
  );
}
