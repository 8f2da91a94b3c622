/**
 * OData V4 and V2 as SAP-like systems speak it: documents are created with our reference, which the target keeps unique.
 *
 * The delivery key is written into a reference field of the document, unless the mapping filled it with a number of its own. When the target says that reference exists already, the
 * document is fetched and compared with what we sent: equal is a receipt, different is a conflict for a person, and a
 * reference that exists but cannot be read stays in doubt. Nothing is ever posted under a second reference.
 *
 * Writes need a CSRF token and its cookie. They are fetched once a session and renewed when the target asks, which it does
 * before processing, so the posting may go out again.
 *
 * @covers PRD-02, PRD-03
 */
import Type, { type Static } from "typebox";
import { textAt } from "../../contracts/keys.ts";
import { InDoubt, Refused, Unavailable } from "../../std/errors.ts";
import { firstUnequal, textIn } from "../answer.ts";
import { connector, type Parcel, type Receipt, type Surroundings } from "../connector.ts";
import { missingIn } from "../dialects.ts";
import { bodyOf, pathFor, placeOf, withReference } from "../endpoints.ts";
import type { Answer, Call } from "../http-client.ts";
import type { Dialect, Read } from "../outcome.ts";
import {
  aboutOf,
  conflict,
  duplicates,
  factsOf,
  posting,
  receipt,
  referenceIn,
  restLine,
  restSettings,
} from "../rest.ts";

const Settings = restSettings({
  referenceField: Type.Optional(
    Type.String({
      description: "The field that holds our reference, unique at the target: ExternalReference.",
    }),
  ),
  version: Type.Optional(
    Type.Union([Type.Literal("v4"), Type.Literal("v2")], {
      description: "Which OData the target speaks: v4.",
    }),
  ),
  duplicateCodes: Type.Optional(
    Type.Array(Type.String(), { description: "Error codes that mean our reference exists: V1/311." }),
  ),
  businessCodes: Type.Optional(
    Type.Array(Type.String(), {
      description: "Error codes, or prefixes ending in /, that are the target's rules: F5/ and VK/.",
    }),
  ),
  busyCodes: Type.Optional(
    Type.Array(Type.String(), {
      description: "Error codes that mean somebody has the document open for a moment: MC/601 and V1/042.",
    }),
  ),
});

/** Where the versions keep their documents and lists. */
const VERSIONS = {
  v4: { document: (json: unknown) => json, list: "value" },
  v2: { document: (json: unknown) => (json as { d?: unknown } | undefined)?.d, list: "d.results" },
} as const;

export const odata = connector({
  name: "odata",
  summary: "Creates documents under our unique reference and fetches the one that exists already.",
  config: Settings,
  guarantees: { repeat: "unique-reference", verifies: true, ordered: false, settleMs: 0, concurrency: 8 },
  open: async (config, around) => opened(config, around),
});

function opened(config: Static<typeof Settings>, around: Surroundings) {
  const field = config.referenceField ?? "ExternalReference";
  const duplicateCodes = new Set(config.duplicateCodes ?? ["V1/311"]);
  const version = VERSIONS[config.version ?? "v4"];
  const guard = new WriteGuard();
  const line = restLine({ ...config, probe: config.probe ?? "/" }, around, {
    connections: around.concurrency ?? odata.guarantees.concurrency,
    dialect: odataErrors(config.businessCodes ?? ["F5/", "VK/"], config.busyCodes ?? ["MC/601", "V1/042"]),
    headers: () => guard.headers(),
  });
  const root = (): Call => ({
    method: "GET",
    path: "/",
    headers: { "x-csrf-token": "fetch" },
    moves: false,
    about: "the write token",
    facts: {},
  });
  const renew = () =>
    guard.renewed(async () => {
      const asking = root();
      const answer = await line.call(asking);
      if (answer.status >= 300) line.judge(answer, asking);
      return answer;
    });

  const setOf = (parcel: Parcel) => {
    const place = placeOf(config.paths, parcel.contract, "paths");
    return { place, path: pathFor(place.path, parcel) };
  };

  const taken = (parcel: Parcel, answer: Read): Receipt => {
    const { place } = setOf(parcel);
    const document = version.document(answer.json);
    return receipt(referenceIn({ ...answer, json: document }, place, config) ?? parcel.key, document);
  };

  /** The document under our reference: a receipt when it is ours, null when there is none, else a conflict. */
  const found = async (parcel: Parcel): Promise<Receipt | null> => {
    const { place, path } = setOf(parcel);
    const { reference } = withReference(parcel, field);
    const filter = `${field} eq '${reference.replaceAll("'", "''")}'`;
    const more = place.search === undefined ? "" : `&${place.search}`;
    const answer = await line.look(parcel, `${path}?$filter=${encodeURIComponent(filter)}${more}`);
    const documents = answer === null ? undefined : textAt(answer.json, version.list);
    if (answer === null || !Array.isArray(documents)) {
      throw new Unavailable(`The search for ${aboutOf(parcel)} gave no list of documents.`, {
        facts: factsOf(parcel),
      });
    }
    if (documents.length > 1) {
      const numbers = documents.map(
        (json) => referenceIn({ ...answer, headers: {}, json }, place, config) ?? "",
      );
      throw duplicates(parcel, numbers);
    }
    if (documents.length === 0) return null;
    const difference = firstUnequal(bodyOf(parcel), documents[0], place.compare);
    if (difference !== undefined) throw conflict(parcel, difference);
    return receipt(
      referenceIn({ ...answer, headers: {}, json: documents[0] }, place, config) ?? parcel.key,
      documents[0],
    );
  };

  const post = async (parcel: Parcel): Promise<Read> => {
    const { place, path } = setOf(parcel);
    const call = posting(parcel, {
      method: place.method ?? "POST",
      path,
      body: withReference(parcel, field).text,
      headers: { "content-type": "application/json" },
    });
    if (!guard.ready) await renew();
    const answer = await line.call(call);
    if (!guard.isAskedToRenew(answer)) return line.judge(answer, call);
    await renew();
    return line.judge(await line.call(call), call);
  };

  return {
    async deliver(parcel: Parcel) {
      try {
        return taken(parcel, await post(parcel));
      } catch (error) {
        if (!(error instanceof Refused) || !duplicateCodes.has(String(error.facts.code))) throw error;
        return await existing(parcel);
      }
    },
    verify: found,
    ask: line.ask,
    probe: line.probe,
    close: line.close,
  };

  /** The target said our reference exists. Whatever keeps us from reading it leaves the posting in doubt. */
  async function existing(parcel: Parcel): Promise<Receipt> {
    const receipt = await found(parcel).catch((cause: unknown) => {
      if (cause instanceof Refused) throw cause;
      throw new InDoubt(`${aboutOf(parcel)} exists at the target, but could not be read back.`, {
        facts: factsOf(parcel),
        cause,
      });
    });
    if (receipt) return receipt;
    throw new InDoubt(`The target says ${aboutOf(parcel)} exists, and does not find it.`, {
      facts: factsOf(parcel),
    });
  }
}

/** The CSRF token and cookies of one session. Parcels that need them at the same time share one fetch. */
class WriteGuard {
  #token = "";
  readonly #cookies = new Map<string, string>();
  #renewing: Promise<void> | undefined;

  get ready(): boolean {
    return this.#token !== "";
  }

  headers(): Record<string, string> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    return {
      ...(this.ready ? { "x-csrf-token": this.#token } : {}),
      ...(cookie === "" ? {} : { cookie }),
    };
  }

  isAskedToRenew({ status, headers }: Answer): boolean {
    return status === 403 && /^required$/i.test(String(headers["x-csrf-token"] ?? ""));
  }

  renewed(fetch: () => Promise<Answer>): Promise<void> {
    this.#renewing ??= fetch()
      .then((answer) => this.#keep(answer))
      .finally(() => {
        this.#renewing = undefined;
      });
    return this.#renewing;
  }

  #keep({ headers }: Answer): void {
    // A target that gives no token wants none; the marker keeps us from asking before every posting.
    this.#token = String(headers["x-csrf-token"] ?? "none");
    for (const cookie of [headers["set-cookie"] ?? []].flat()) {
      const [, name, value] = /^([^=;\s]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined && value !== undefined) this.#cookies.set(name, value);
    }
  }
}

/**
 * `{"error":{"code","message","target"}}`. The code names the reason; the message stays with the target. Gateways of V2 often say only
 * that there was an exception, and keep the reason in `innererror.errordetails`.
 */
function odataErrors(businessCodes: readonly string[], busyCodes: readonly string[]): Dialect {
  return ({ status, json }) => {
    const code = reasonIn(json);
    if (status < 400 || status === 401 || status === 429 || status >= 500 || code === undefined)
      return undefined;
    if (status === 403 && !businessCodes.some((one) => matches(one, code))) return undefined;
    // A locked document is somebody at work on it for a moment, also where the target calls it a bad request.
    if (status === 423 || busyCodes.includes(code)) return { as: "busy", code };
    const business = businessCodes.some((one) => matches(one, code));
    return {
      as: "refused",
      category: business ? "business" : "data",
      code,
      field: textIn(json, "error.target"),
      missing: missingIn(json, "error.innererror.missing"),
    };
  };
}

function reasonIn(json: unknown): string | undefined {
  const said = textIn(json, "error.code");
  const details = textAt(json, "error.innererror.errordetails");
  if (!Array.isArray(details)) return said;
  return (
    details.map((detail) => textIn(detail, "code")).find((code) => code && !code.startsWith("/IWBEP/")) ??
    said
  );
}

const matches = (pattern: string, code: string): boolean =>
  pattern.endsWith("/") ? code.startsWith(pattern) : code === pattern;
