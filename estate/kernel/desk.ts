/**
 * A system that takes documents by REST and tells things by webhook, and the few lines its own business needs on top.
 *
 * For systems whose manner is the common one: `POST /{collection}` under an `Idempotency-Key`, `GET /{collection}/{number}`,
 * problem details. What must stay true: a document is taken once per key, with the number it was answered with, and what
 * the system told is in its books beside what it was told.
 */
import { type Answer, type Body, noSettings, problemDetails, Refusal, type Route } from "./call.ts";
import { KeyedAnswers } from "./keys.ts";
import type { Tools, Trade } from "./station.ts";

export interface Kept {
  readonly number: string;
  readonly at: string;
  readonly [field: string]: unknown;
}

export interface Collection {
  /** `SUB` of `SUB-1001`. */
  readonly prefix: string;
  /** Checks a document and returns what is kept of it; throws a Refusal. */
  readonly check: (body: Body) => Body;
  /** What the system does about it, some time later. */
  readonly taken?: (document: Kept) => void;
  /** The same document again, e.g. a cancellation of what is cancelled; its number is answered. */
  readonly known?: (body: Body) => Kept | undefined;
}

export interface Desk {
  readonly documents: Readonly<Record<string, Map<string, Kept>>>;
  readonly settings: Record<string, unknown>;
  /** A webhook, kept in the books as told. */
  readonly tell: (about: string, event: Body) => void;
  /** Changes fields of a document. */
  readonly change: (collection: string, number: string, fields: Body) => void;
  readonly told: readonly Body[];
}

export interface DeskBusiness {
  readonly collections: Readonly<Record<string, Collection>>;
  readonly acts?: Trade["acts"];
  readonly routes?: readonly Route[];
  /** Names of settings the system has; others are refused. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly books?: () => Record<string, unknown>;
  readonly dialect?: Trade["dialect"];
  readonly refusal?: Trade["refusal"];
  readonly stop?: () => void;
  readonly resume?: () => void;
  readonly dropFolder?: string;
}

/** Opens a desk; `business` is given the desk so that it can tell and change. */
export function desk(tools: Tools, business: (desk: Desk) => DeskBusiness): Trade {
  const documents: Record<string, Map<string, Kept>> = {};
  const settings: Record<string, unknown> = {};
  const told: Body[] = [];
  const keys = new KeyedAnswers(tools.commit);
  const own = business({
    documents,
    settings,
    told,
    tell(about, event) {
      tools.commit({ kind: "told", event });
      tools.webhook(about, event);
    },
    change: (collection, number, fields) => tools.commit({ kind: "changed", collection, number, fields }),
  });
  for (const name of Object.keys(own.collections)) documents[name] = new Map();
  Object.assign(settings, own.settings);

  const take = (name: string, collection: Collection, body: Body): Answer => {
    const again = collection.known?.(body);
    if (again !== undefined) return { status: 201, body: { id: again.number, ...again } };
    const kept = collection.check(body);
    const number = `${collection.prefix}-${1001 + documents[name]!.size}`;
    tools.commit({ kind: "taken", collection: name, number, document: kept });
    const document = documents[name]!.get(number)!;
    if (collection.taken !== undefined) tools.later(() => collection.taken!(document));
    return { status: 201, body: { id: number, ...document } };
  };

  return {
    apply(entry, at) {
      if (entry.kind === "answer") keys.apply(entry);
      else if (entry.kind === "taken") {
        const number = entry.number as string;
        documents[entry.collection as string]!.set(number, { ...(entry.document as Body), number, at });
      } else if (entry.kind === "changed") {
        Object.assign(
          documents[entry.collection as string]!.get(entry.number as string)!,
          entry.fields as Body,
        );
      } else if (entry.kind === "told") told.push(entry.event as Body);
      else if (entry.kind === "settings") Object.assign(settings, entry.settings as Body);
    },
    routes: [
      ...(own.routes ?? []),
      ...Object.entries(own.collections).flatMap(([name, collection]): Route[] => [
        {
          method: "POST",
          path: new RegExp(`^/${name}$`),
          handle: (call) => keys.once(call, () => take(name, collection, call.body)),
        },
        {
          method: "GET",
          path: new RegExp(`^/${name}/(?<number>.+)$`),
          handle: ({ params }) => {
            const found = documents[name]!.get(params.number!);
            if (found === undefined)
              throw new Refusal(404, "NOT_FOUND", `There is no ${name} ${params.number} here.`);
            return { status: 200, body: found };
          },
        },
      ]),
      keys.route,
    ],
    acts: own.acts ?? {},
    settle(body) {
      const stranger = Object.keys(body).find((name) => !(name in (own.settings ?? {})));
      if (stranger !== undefined) noSettings({ [stranger]: true });
      return body;
    },
    books: () => ({
      ...Object.fromEntries(Object.entries(documents).map(([name, all]) => [name, [...all.values()]])),
      told,
      settings,
      replayedAnswers: keys.replayed,
      ...own.books?.(),
    }),
    resume: () => own.resume?.(),
    dialect: own.dialect ?? problemDetails,
    refusal: own.refusal ?? (() => new Refusal(422, "REFUSED", "This cannot be taken now.")),
    ...(own.dropFolder === undefined ? {} : { dropFolder: own.dropFolder }),
    ...(own.stop === undefined ? {} : { stop: own.stop }),
  };
}
