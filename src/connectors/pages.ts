/**
 * Lists that come in pages: where an answer names its list and the page after it, the pages are fetched and joined.
 *
 * What must stay true: a list is whole or the question fails; part of a list is never an answer. A next page is fetched only from
 * the place the connection names, whatever a link says.
 */
import { type Facts, Unavailable } from "../std/errors.ts";
import { textIn } from "./answer.ts";
import type { Read } from "./outcome.ts";

/** More pages than this are a target that turns in circles. */
const PAGES_MAX = 1_000;

/** Where a list stands in an answer: `value`, `d.results`, `items`. */
export interface Paging {
  readonly list: string;
  /** Below the connection's `url`; links are followed only there. */
  readonly base: URL;
  readonly about: string;
  readonly facts: Facts;
}

/**
 * The first answer with the rest of its list joined to it.
 *
 * @throws {Unavailable} when the list is not there, does not end, or goes on somewhere else
 */
export async function joined(
  first: Read,
  paging: Paging,
  fetch: (path: string) => Promise<Read>,
): Promise<unknown> {
  const failed = (problem: string) =>
    new Unavailable(`The list in the answer to ${paging.about} ${problem}.`, {
      facts: { ...paging.facts, list: paging.list },
    });
  const all: unknown[] = [];
  let page = first;
  for (let count = 1; ; count += 1) {
    const list = within(page.json, paging.list);
    if (!Array.isArray(list)) throw failed("is not there");
    all.push(...list);
    const link = nextIn(page.json);
    if (link === undefined) return placed(first.json, paging.list.split("."), all);
    if (count === PAGES_MAX) throw failed("does not end");
    const path = pathBelow(link, paging.base);
    if (path === undefined) throw failed("goes on at another place than the connection names");
    page = await fetch(path);
  }
}

/** The link to the next page, in the words of OData 4 and 2, Salesforce, and of NetSuite and Oracle. */
function nextIn(json: unknown): string | undefined {
  const answer = (json ?? {}) as Record<string, unknown>;
  const link = answer["@odata.nextLink"] ?? answer.nextRecordsUrl ?? textIn(json, "d.__next");
  if (typeof link === "string" && link !== "") return link;
  const links = Array.isArray(answer.links) ? (answer.links as { rel?: unknown; href?: unknown }[]) : [];
  const next = links.find(({ rel }) => rel === "next")?.href;
  if (typeof next === "string") return next;
  // Oracle says that there is more and leaves the address to us.
  return answer.hasMore === true && typeof answer.offset === "number" && typeof answer.count === "number"
    ? `?offset=${answer.offset + answer.count}`
    : undefined;
}

/** A link as a path below the connection's base, or undefined when it leads elsewhere. */
function pathBelow(link: string, base: URL): string | undefined {
  if (link.startsWith("?")) return link;
  const prefix = base.pathname.replace(/\/$/, "");
  const to = URL.parse(link, new URL(`${prefix}/`, base));
  if (to === null || to.origin !== base.origin || !to.pathname.startsWith(`${prefix}/`)) return undefined;
  return `${to.pathname.slice(prefix.length)}${to.search}`;
}

const within = (json: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((at, field) => (at as Record<string, unknown> | null)?.[field], json);

function placed(json: unknown, [field = "", ...rest]: string[], list: readonly unknown[]): unknown {
  const answer = json as Record<string, unknown>;
  return { ...answer, [field]: rest.length === 0 ? list : placed(answer[field], rest, list) };
}
