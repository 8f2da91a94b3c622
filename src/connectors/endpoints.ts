/**
 * Where each contract goes: the map from contract names to paths that HTTP connections carry in their settings.
 *
 * A path is a template. `{key}` is the delivery key, `{subject}` the business number the parcel is about, and anything else
 * a dotted field of the JSON body. What is filled in is always escaped for its place, so no document can reach
 * a path its connection does not name.
 */
import Type, { type Static } from "typebox";
import { toText } from "../std/bytes.ts";
import { Refused } from "../std/errors.ts";
import { readJson, textIn } from "./answer.ts";
import type { Parcel, Question } from "./connector.ts";

export const Endpoint = Type.Union([
  Type.String({ description: "A path template such as /v2/transactions or /orders/{orderId}/status." }),
  Type.Object(
    {
      path: Type.String({ description: "A path template." }),
      method: Type.Optional(
        Type.Union([
          Type.Literal("GET"),
          Type.Literal("POST"),
          Type.Literal("PUT"),
          Type.Literal("PATCH"),
          Type.Literal("DELETE"),
        ]),
      ),
      reference: Type.Optional(
        Type.String({ description: "The field of the answer that holds the other side's number." }),
      ),
      search: Type.Optional(
        Type.String({
          description:
            "Added to the query that searches for it, for what a target leaves out: $expand=Items.",
        }),
      ),
      list: Type.Optional(
        Type.String({
          description: "Of a question: the list in the answer; further pages are fetched and joined to it.",
        }),
      ),
      compare: Type.Optional(
        Type.Array(Type.String(), {
          description:
            "What must stand at the target as we sent it, where it does not keep all: see `firstUnequal`.",
        }),
      ),
    },
    { additionalProperties: false },
  ),
]);
export type Endpoint = Static<typeof Endpoint>;

export const Endpoints = Type.Record(Type.String(), Endpoint, {
  description: "Contract (or question) name to path.",
});
export type Endpoints = Static<typeof Endpoints>;

export interface Place {
  readonly path: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | undefined;
  readonly reference: string | undefined;
  readonly search: string | undefined;
  readonly list: string | undefined;
  readonly compare: readonly string[] | undefined;
}

/**
 * The place a contract or question goes to.
 *
 * @throws {Refused} when the connection's settings do not name it: nothing was sent, and only a person can add it
 */
export function placeOf(endpoints: Endpoints | undefined, name: string, setting: "paths" | "asks"): Place {
  const endpoint = endpoints && Object.hasOwn(endpoints, name) ? endpoints[name] : undefined;
  if (endpoint === undefined) {
    throw new Refused(`This connection has no path for ${name}. Add it to \`${setting}\` in its settings.`, {
      facts: { setting, name },
    });
  }
  const { path, method, reference, search, list, compare } =
    typeof endpoint === "string" ? ({ path: endpoint } as Exclude<Endpoint, string>) : endpoint;
  return { path, method, reference, search, list, compare };
}

/** `order/SO-10045` is about SO-10045. */
export const subjectOf = ({ subject }: Pick<Parcel, "subject">): string =>
  subject.slice(subject.indexOf("/") + 1);

/** Fills a template for a parcel. The body is read only when the template needs a field of it. */
export function pathFor(template: string, parcel: Parcel): string {
  let body: unknown;
  return fill(template, parcel.contract, (name) => {
    if (name === "key") return parcel.key;
    if (name === "subject") return subjectOf(parcel);
    body ??= bodyOf(parcel);
    return textIn(body, name);
  });
}

/** Fills a template for a question, from its data. */
export const pathAsking = (template: string, question: Question): string =>
  fill(template, question.about, (name) => textIn(question.data, name));

/** What a parcel says, for connectors whose protocol is JSON. */
export function bodyOf(parcel: Parcel): Record<string, unknown> {
  const refuse = () =>
    new Refused(`The body of ${parcel.contract} is not a JSON object, so it was not sent.`, {
      facts: { key: parcel.key, contract: parcel.contract },
    });
  try {
    const body = readJson(toText(parcel.body));
    if (typeof body === "object" && body !== null && !Array.isArray(body))
      return body as Record<string, unknown>;
  } catch {
    throw refuse();
  }
  throw refuse();
}

/** A parcel as it is posted to a target that keeps a reference of ours. */
export interface Referenced {
  /** The JSON body with the reference in it. */
  readonly text: string;
  readonly reference: string;
}

/**
 * Writes the delivery key into `field` of the JSON body; the rest stays byte for byte as the mapping wrote it.
 *
 * A mapping may have filled the field itself, with a number of ours that is as unique as the delivery key. Then that is the reference.
 *
 * @throws {Refused} when the body is no JSON object, or fills the field with something that is no text
 */
export function withReference(parcel: Parcel, field: string): Referenced {
  const body = bodyOf(parcel);
  const text = toText(parcel.body).trim();
  const filled = body[field];
  if (typeof filled === "string" && filled !== "") return { text, reference: filled };
  if (Object.hasOwn(body, field)) {
    throw new Refused(`${parcel.contract} fills ${field} with something that is no reference.`, {
      facts: { key: parcel.key, contract: parcel.contract, field },
    });
  }
  const rest = text.slice(1).trimStart();
  const comma = rest.startsWith("}") ? "" : ",";
  return {
    text: `{${JSON.stringify(field)}:${JSON.stringify(parcel.key)}${comma}${rest}`,
    reference: parcel.key,
  };
}

function fill(template: string, about: string, find: (name: string) => string | undefined): string {
  return template.replace(/('?)\{([\w.]+)\}/g, (_, quote: string, name: string) => {
    const value = find(name);
    // Outside quotes, an argument of an OData call is a number, a word or a date; nothing else may stand there.
    const isBare = quote === "" && template.includes("(");
    if (value === undefined || /^\.\.?$/.test(value) || (isBare && !/^[\w.:+-]+$/.test(value))) {
      throw new Refused(`${about} has no usable ${name}, which its path needs, so it was not sent.`, {
        facts: { contract: about, field: name },
      });
    }
    // Inside an OData literal a quote is doubled; encoding alone would let a document end the literal.
    return (
      quote + encodeURIComponent(quote === "" ? value : value.replaceAll("'", "''")).replaceAll("'", "%27")
    );
  });
}
