/** Every document, by any of its numbers or by what happened last. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { latest, useFind } from "../api.ts";
import { many } from "../format.ts";
import { useLive } from "../live.tsx";
import { Empty, Failed, Hint, Loading } from "../parts.tsx";
import { useQuery } from "../query.ts";
import { DocumentTable } from "./document-table.tsx";

export function DocumentsPage() {
  const [params] = useQuery();
  const search = (params.get("search") ?? "").trim();
  return (
    <div className="page">
      <h1>Documents</h1>
      {search === "" ? <Latest /> : <Found search={search} />}
    </div>
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
        <p className="center">
          <button
            type="button"
            className="button"
            disabled={isFetchingNextPage}
            onClick={() => fetchNextPage()}
          >
            {isFetchingNextPage ? "Loading…" : "Show older ones"}
          </button>
        </p>
      )}
      <Hint command="xd trace PO-4711" />
    </>
  );
}
