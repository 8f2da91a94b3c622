/**
 * What the connectors over HTTP and JSON share: their common settings, the credentials on each call, questions, probes.
 *
 * A connector built on it keeps only what makes it itself, namely how it recognises a second sending. This file never
 * retries and never decides whether a parcel happened; `outcome.ts` reads answers, the connector draws the conclusion.
 */
import Type, { type Static, type TProperties } from "typebox";
import { type Facts, Refused, Unusable } from "../std/errors.ts";
import { textIn } from "./answer.ts";
import type { Parcel, Probed, Question, Receipt, Surroundings } from "./connector.ts";
import { Endpoints, type Place, pathAsking, placeOf } from "./endpoints.ts";
import { type Call, type HttpClient, httpClient } from "./http-client.ts";
import { type Dialect, judge, type Read } from "./outcome.ts";
import { joined } from "./pages.ts";
import { SignIn } from "./sign-in.ts";

const common = {
  url: Type.String({ description: "Scheme, host, port and base path: https://erp.example.com/api." }),
  token: Type.Optional(Type.String({ secret: true, description: "Sent as Authorization: Bearer." })),
  tokenUrl: Type.Optional(
    Type.String({
      description:
        "Where a token is fetched for `clientId` and `clientSecret` (OAuth 2.0), instead of `token`.",
    }),
  ),
  clientId: Type.Optional(Type.String({ description: "The name we sign in with." })),
  clientSecret: Type.Optional(Type.String({ secret: true, description: "The secret we sign in with." })),
  scope: Type.Optional(
    Type.String({ description: "What the token is asked for, where the target wants it said." }),
  ),
  paths: Endpoints,
  asks: Type.Optional(Endpoints),
  reference: Type.Optional(
    Type.String({ description: "The field of answers that holds the other side's number." }),
  ),
  probe: Type.Optional(Type.String({ description: "A path that is read to prove the line works: /health." })),
  timeoutMs: Type.Optional(
    Type.Integer({ minimum: 1, description: "All the time one call has, well below a lease: 8000." }),
  ),
  answerBytesMax: Type.Optional(
    Type.Integer({ minimum: 1, description: "Largest answer after inflating: 10000000." }),
  ),
};

/** The settings of an HTTP connection, with the connector's own beside the common ones. */
export const restSettings = <Own extends TProperties>(own: Own) =>
  Type.Object({ ...common, ...own }, { additionalProperties: false });

const Common = Type.Object(common);
export type RestSettings = Static<typeof Common>;

export interface Sending {
  readonly method: Call["method"];
  readonly path: string;
  readonly body?: Call["body"];
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RestLine {
  /** Posts something about a parcel; what it may have changed is in doubt until the answer says otherwise. */
  send(parcel: Parcel, sending: Sending): Promise<Read>;
  /** Reads something about a parcel, or null when the other side says it has no such thing. */
  look(parcel: Parcel, path: string): Promise<Read | null>;
  ask(question: Question, deadlineMs: number): Promise<unknown>;
  probe(): Promise<Probed>;
  /** A bare call, for protocols that need more than the above. */
  call(call: Call): ReturnType<HttpClient["call"]>;
  judge(answer: Awaited<ReturnType<HttpClient["call"]>>, call: Call): Read;
  close(): Promise<void>;
}

export const factsOf = ({ key, contract }: Parcel): Facts => ({ key, contract });
export const aboutOf = ({ contract, subject }: Parcel): string => `${contract} for ${subject}`;

/** The call that posts a parcel, and is not begun when the parcel's moment has passed. */
export const posting = (parcel: Parcel, { method, path, body, headers }: Sending): Call => ({
  method,
  path,
  ...(body === undefined ? {} : { body }),
  headers: { "content-type": parcel.mediaType, ...headers },
  moves: true,
  about: aboutOf(parcel),
  facts: factsOf(parcel),
  ...(parcel.writtenBefore === undefined ? {} : { writtenBefore: parcel.writtenBefore }),
});

/** Opens the line; nothing is dialled before the first call. */
export function restLine(
  config: RestSettings,
  { now }: Surroundings,
  options: { connections: number; dialect: Dialect; headers?: () => Record<string, string> },
): RestLine {
  const client = httpClient({
    url: config.url,
    connections: options.connections,
    timeoutMs: config.timeoutMs ?? 8_000,
    answerBytesMax: config.answerBytesMax ?? 10_000_000,
  });
  const signIn = signingIn(config, now);
  const headers = (token: string | undefined, own?: Readonly<Record<string, string>>) => ({
    accept: "application/json",
    ...authorization(token),
    ...options.headers?.(),
    ...own,
  });
  const standing = signIn ? undefined : headers(config.token);
  const call: RestLine["call"] = (given) =>
    signIn
      ? signIn.with((token) => client.call({ ...given, headers: headers(token, given.headers) }))
      : client.call({ ...given, headers: { ...standing, ...options.headers?.(), ...given.headers } });
  const weigh: RestLine["judge"] = (answer, of) => judge(answer, of, now(), options.dialect);

  return {
    call,
    judge: weigh,
    async send(parcel, sending) {
      const given = posting(parcel, sending);
      return weigh(await call(given), given);
    },
    async look(parcel, path) {
      const looking: Call = {
        method: "GET",
        path,
        moves: false,
        about: `the search for ${aboutOf(parcel)}`,
        facts: factsOf(parcel),
      };
      const answer = await call(looking);
      return answer.status === 404 ? null : weigh(answer, looking);
    },
    async ask(question, deadlineMs) {
      const place = placeOf(config.asks, question.about, "asks");
      const method = place.method ?? "POST";
      const asking: Call = {
        method,
        path: pathAsking(place.path, question),
        ...(method === "GET" ? {} : { body: JSON.stringify(question.data) }),
        headers: method === "GET" ? {} : { "content-type": "application/json" },
        moves: false,
        about: `the question ${question.about}`,
        facts: { about: question.about },
        deadlineMs,
      };
      const answer = weigh(await call(asking), asking);
      if (place.list === undefined) return answer.json;
      const until = now().getTime() + deadlineMs;
      const { about, facts } = asking;
      return joined(answer, { list: place.list, base: new URL(config.url), about, facts }, async (path) => {
        const next = { ...asking, path: path.startsWith("?") ? turned(asking.path, path) : path };
        return weigh(await call({ ...next, deadlineMs: Math.max(1, until - now().getTime()) }), next);
      });
    },
    async probe() {
      const probing: Call = {
        method: "GET",
        path: config.probe ?? "/health",
        moves: false,
        about: "the probe",
        facts: {},
      };
      const answer = await call(probing);
      // What a health page says is no JSON contract; that it answers with success is the proof.
      if (answer.status >= 300) weigh(answer, probing);
      return config.clientId === undefined ? {} : { as: config.clientId };
    },
    async close() {
      await Promise.all([client.close(), signIn?.close()]);
    },
  };
}

/** The same path with the page of the link in its query. */
function turned(path: string, link: string): string {
  const [place = "", query = ""] = path.split("?");
  const merged = new URLSearchParams(query);
  for (const [name, value] of new URLSearchParams(link.slice(1))) merged.set(name, value);
  return `${place}?${merged}`;
}

function signingIn(config: RestSettings, now: () => Date): SignIn | undefined {
  const { tokenUrl, clientId, clientSecret, scope } = config;
  if (tokenUrl === undefined) return undefined;
  if (clientId === undefined || clientSecret === undefined || config.token !== undefined) {
    throw new Unusable(
      "A connection that fetches its tokens needs clientId and clientSecret beside tokenUrl, and no token.",
      { facts: { setting: "tokenUrl" } },
    );
  }
  const settings = { tokenUrl, clientId, clientSecret, ...(scope === undefined ? {} : { scope }) };
  return new SignIn(settings, now, config.timeoutMs ?? 8_000);
}

function authorization(token: string | undefined): Record<string, string> {
  if (token === undefined) return {};
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Unusable("The connection's token cannot be used: it is empty or holds spaces or line ends.", {
      facts: { setting: "token" },
    });
  }
  return { authorization: `Bearer ${token}` };
}

/**
 * The number the other side gave: the configured field of the answer, else the last part of Location, else `id`; undefined
 * when it gave none.
 */
export function referenceIn(answer: Read, place: Place, config: RestSettings): string | undefined {
  const field = place.reference ?? config.reference;
  if (field !== undefined) {
    const named = textIn(answer.json, field);
    if (named !== undefined) return named;
  }
  const location = String(answer.headers.location ?? "");
  const last = location.split(/[?#]/)[0]?.replace(/\/$/, "").split("/").at(-1);
  return last ? decoded(last) : textIn(answer.json, "id");
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

export const receipt = (reference: string, answer: unknown): Receipt =>
  answer === undefined ? { reference } : { reference, answer };

/** Something stands under our reference that is not what we sent. Nobody overwrites it; a person looks. */
export const conflict = (parcel: Parcel, field: string): Refused =>
  new Refused(`The other side holds something else under the delivery key of ${aboutOf(parcel)}.`, {
    facts: { ...factsOf(parcel), conflict: true, ...(field === "" ? {} : { field }) },
    category: "data",
  });

/** The other side holds our parcel more than once, under these numbers; finance has to reverse all but one. */
export function duplicates(parcel: Parcel, references: readonly string[]): Refused {
  const named = references.filter((reference) => /^[\w.:/-]{1,80}$/.test(reference));
  const under = named.length === 0 ? "" : `, as ${named.join(" and ")}`;
  return new Refused(
    `The other side holds ${aboutOf(parcel)} ${references.length} times${under}. All but one must be reversed.`,
    { facts: { ...factsOf(parcel), duplicates: references.length }, category: "data" },
  );
}
