/**
 * Holds a body against its schema and says, in words a caller can act on, what is wrong with it.
 *
 * Names the first bad field, what was expected there and what to do; never what was found, because that is the caller's
 * payload.
 */
import type { Static, TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { Problem } from "./problems.ts";

const compiled = new WeakMap<TSchema, Validator>();

/** Compiles a schema once. */
export function validator(schema: TSchema): Validator {
  const known = compiled.get(schema);
  if (known) return known;
  const made = Compile(schema);
  compiled.set(schema, made);
  return made;
}

/**
 * The data in the schema's type.
 *
 * @throws {Problem} `invalid-content` naming field, expectation and remedy
 */
export function checked<Shape extends TSchema>(schema: Shape, data: unknown): Static<Shape> {
  const shape = validator(schema);
  if (shape.Check(data)) return data as Static<Shape>;
  throw wrong(schema, shape, data);
}

function wrong(schema: TSchema, shape: Validator, data: unknown): Problem {
  const all = [...shape.Errors(data)];
  const first = all.find(({ keyword }) => keyword === "additionalProperties") ?? all[0];
  if (!first) return new Problem("invalid-content");
  const at = first.instancePath.split("/").slice(1).map(unescaped);
  const params = first.params as Record<string, unknown>;
  switch (first.keyword) {
    case "required": {
      const missing = (params.requiredProperties as string[])[0] ?? "";
      const field = dotted([...at, missing]);
      return said(field, `The field ${field} is missing.`, describe(follow(schema, [...at, missing])));
    }
    case "additionalProperties": {
      const names = (params.additionalProperties as string[] | undefined) ?? [];
      // The name is the caller's; it is repeated only when it looks like a name.
      const name = names.find((each) => /^[A-Za-z_][A-Za-z0-9_-]{0,40}$/.test(each));
      const field = dotted(name === undefined ? at : [...at, name]);
      const known = Object.keys(
        (follow(schema, at) as { properties?: object } | undefined)?.properties ?? {},
      );
      return said(
        field,
        name === undefined
          ? `${field === "" ? "The body" : field} has a field that is not known.`
          : `The field ${field} is not known.`,
        `one of: ${known.join(", ")}`,
        "Correct the name, leave the field out, or carry it in extensions where there is one.",
      );
    }
    default: {
      const field = dotted(at);
      return said(
        field,
        `${field === "" ? "The body" : `The field ${field}`} is not as expected.`,
        describe(follow(schema, at)) ?? first.message,
      );
    }
  }
}

const said = (field: string, detail: string, expected: string | undefined, remedy?: string) =>
  new Problem("invalid-content", { field: field === "" ? "body" : field, detail, expected, remedy });

/** The schema at a path in the data. */
function follow(schema: TSchema, path: readonly string[]): unknown {
  let at: unknown = schema;
  for (const step of path) {
    const node = at as { properties?: Record<string, unknown>; items?: unknown } | undefined;
    at = node?.properties && Object.hasOwn(node.properties, step) ? node.properties[step] : node?.items;
  }
  return at;
}

function describe(schema: unknown): string | undefined {
  const node = schema as { description?: string; type?: string; enum?: string[] } | undefined;
  if (node?.description) return node.description;
  if (node?.enum) return `one of: ${node.enum.join(", ")}`;
  if (node?.type === "object") return "an object";
  if (node?.type === "array") return "a list";
  return node?.type === "string" ? "text" : node?.type;
}

const unescaped = (step: string) => step.replaceAll("~1", "/").replaceAll("~0", "~");

/** `lines[0].quantity` */
function dotted(path: readonly string[]): string {
  return path.reduce(
    (text, step) => (/^\d+$/.test(step) ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`),
    "",
  );
}
