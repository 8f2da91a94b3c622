/**
 * What makes the ERP a product to be reckoned with: documents somebody has open, versions, pages, work processes that run out.
 *
 * What must stay true: a change of a version that has moved on does nothing. A crowd is told with 503 and a page of HTML, as a web
 * dispatcher does that finds no free work process; a document somebody has open is a bad request.
 */
import type { Entry } from "../kernel/books.ts";
import { type Answer, type Body, type Call, object, optionalText, Refusal, text } from "../kernel/call.ts";
import { Limits } from "../kernel/limits.ts";
import { Sessions } from "../kernel/sessions.ts";
import type { Tools } from "../kernel/station.ts";

interface Kept {
  readonly version: number;
  readonly fields: Body;
}

const PAGE = 100;

export class ErpProduct {
  readonly limits: Limits = new Limits(() => ({
    status: 503,
    headers: { "content-type": "text/html" },
    body: "<html><body>No more free work processes.</body></html>",
  }));
  readonly sessions: Sessions;
  readonly #tools: Tools;
  readonly #changed = new Map<string, Kept>();
  readonly #open = new Map<string, number>();

  constructor(tools: Tools) {
    this.#tools = tools;
    this.sessions = new Sessions(tools.token);
  }

  /** Takes in its own entries; true when nobody else needs to. */
  apply(entry: Entry): boolean {
    if (entry.kind === "settings") {
      const { limits } = entry.settings as { limits?: Body };
      if (limits !== undefined) this.limits.set(limits);
    }
    if (entry.kind !== "described") return false;
    const { version, fields } = this.#kept(entry.document as string);
    this.#changed.set(entry.document as string, {
      version: version + 1,
      fields: { ...fields, ...(entry.fields as Body) },
    });
    return true;
  }

  #kept(document: string): Kept {
    return this.#changed.get(document) ?? { version: 1, fields: {} };
  }

  /** A document with its version and what was changed about it by hand. */
  shown(document: string, entity: Record<string, unknown>): Record<string, unknown> {
    const { version, fields } = this.#kept(document);
    return { "@odata.etag": `W/"${version}"`, ...entity, ...fields };
  }

  /** `PATCH` of texts: without `If-Match` 428, with an old version 412. */
  describe(document: string, { headers, body }: Call): Answer {
    const tag = `W/"${this.#kept(document).version}"`;
    const wanted = headers["if-match"];
    if (wanted === undefined) throw new Refusal(428, "/IWBEP/CM_V4S_RUN/050", "A precondition is required.");
    if (wanted !== tag) throw new Refusal(412, "/IWBEP/CM_V4S_RUN/051", "The precondition failed.");
    const stranger = Object.keys(body).find(
      (name) => !/^(PurchaseOrderByCustomer|YourReference)$/.test(name),
    );
    if (stranger !== undefined) throw new Refusal(400, "V1/331", `${stranger} cannot be changed here.`);
    this.#tools.commit({ kind: "described", document, fields: body });
    return { status: 204, headers: { etag: `W/"${this.#kept(document).version}"` } };
  }

  /** Refuses while somebody has the customer open. */
  ensureFree(body: Body): void {
    const customer = optionalText(body, "SoldToParty");
    if (customer !== undefined && (this.#open.get(customer) ?? 0) > Date.now()) {
      throw new Refusal(400, "MC/601", "Object requested is currently locked by user KMEYER.");
    }
  }

  /** A hundred at a time, with the address of the rest. */
  page(all: readonly Record<string, unknown>[], { path, query, headers }: Call): Record<string, unknown> {
    const start = Number(query.get("$skiptoken") ?? 0);
    const value = all.slice(start, start + PAGE);
    const more = start + PAGE < all.length;
    return {
      value,
      ...(more ? { "@odata.nextLink": `http://${headers.host}${path}?$skiptoken=${start + PAGE}` } : {}),
    };
  }

  readonly acts = {
    "end-sessions": () => {
      this.sessions.end();
      return {};
    },
    /** Somebody has a customer open for a while. */
    hold: (body: Body) => {
      this.#open.set(text(body, "customer"), Date.now() + Number(optionalText(body, "ms") ?? "1000"));
      return {};
    },
  };

  settle(body: Body): Body {
    return body.limits === undefined ? {} : { limits: Limits.settle(object(body, "limits")) };
  }
}
