/**
 * The shape of what a `crossdock.config.ts` says, and a sentence for each thing in it that means nothing or cannot be used.
 *
 * Types say the same, and nobody has to run them: a configuration is started as it is. A misspelt name would be left out in silence,
 * and a limit nobody can compare with would be found by whoever needs it. Ports and workers, which the environment may say too, are
 * held to their bounds where both are read; what is in a flow or a process is its own business.
 */
import Type, { type TSchema } from "typebox";
import { Compile } from "typebox/compile";

const strictly = { additionalProperties: false } as const;
const optional = (fields: Readonly<Record<string, TSchema>>): Record<string, TSchema> =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, Type.Optional(field)]));
const some = (fields: Readonly<Record<string, TSchema>>): TSchema => Type.Object(optional(fields), strictly);

const Text = Type.String({ minLength: 1, description: "a text" });
const Texts = Type.Array(Text, { description: "a list of texts" });
/** Checked elsewhere, or by nobody but its author. */
const Anything = Type.Unknown();
const Things = Type.Array(Anything, { description: "a list" });
const Span = Type.String({
  pattern: "^\\d+(\\.\\d+)?(ms|s|m|h|d)$",
  description: 'a duration, such as "4h" or "400d"',
});
const Amounts = Type.Record(
  Type.String(),
  Type.String({
    pattern: "^\\d{1,15}(\\.\\d{1,6})?$",
    description: 'an amount as text with a point, such as "5000.00"',
  }),
  { description: "amounts by currency" },
);
const named = (...names: readonly string[]) =>
  Type.Union(
    names.map((name) => Type.Literal(name)),
    { description: names.join(" or ") },
  );

/** As `src/rights` has them, of which this room knows nothing; a test compares the two. */
export const ROLE_NAMES = [
  "viewer",
  "logistics",
  "finance",
  "controller",
  "developer",
  "administrator",
  "auditor",
  "emergency",
] as const;

const Part = {
  contracts: Things,
  flows: Things,
  processes: Things,
  connections: Things,
  agreements: Things,
  runbooks: Things,
  capabilities: some({
    ordersFlow: Text,
    changesFlow: Text,
    cancellationsFlow: Text,
    inquiries: Things,
    reports: Things,
    webhooks: Anything,
    eventFlows: Texts,
  }),
};

/** What may be said, by name. */
export const FIELDS = {
  name: Text,
  database: some({
    url: Type.Union([Text, Type.Null()], { description: "an address, a secret reference or null" }),
  }),
  data: Text,
  workers: Anything,
  gateway: some({ host: Text, port: Anything, pepper: Text }),
  console: some({
    host: Text,
    port: Anything,
    publicUrl: Type.Union([Text, Type.Null()], { description: "an https address, or null" }),
    signIn: Type.Array(
      Type.Object(
        {
          name: Text,
          title: Text,
          issuer: Text,
          clientId: Text,
          clientSecret: Type.Optional(Text),
          scopes: Type.Optional(Texts),
          signInName: Type.Optional(Text),
          groups: Type.Optional(Text),
          roles: Type.Record(
            Type.String(),
            Type.Array(
              Type.Object(
                {
                  role: named(...ROLE_NAMES),
                  domains: Type.Optional(Texts),
                  plants: Type.Optional(Texts),
                  entities: Type.Optional(Texts),
                },
                strictly,
              ),
            ),
          ),
        },
        strictly,
      ),
    ),
    secondFactor: Type.Array(named(...ROLE_NAMES)),
    sealingKey: Type.Union([Text, Texts], { description: "a secret reference, or a list of them" }),
  }),
  retention: some({
    journal: Span,
    arrivals: Span,
    archive: Type.Union([Text, Type.Null()], { description: "a folder, or null" }),
  }),
  audit: some({ key: Text, anchor: Text }),
  periods: some({
    calendars: Type.Record(Type.String(), Anything),
    postings: Things,
    onClosed: Type.Record(Type.String(), named("hold", "next open period", "reversal date", "ask")),
    feeds: Type.Record(Type.String(), Texts),
    owner: Text,
  }),
  fourEyes: some({
    items: Type.Integer({ minimum: 0, description: "a whole number" }),
    amounts: Amounts,
    ledgers: Type.Record(Type.String(), Amounts),
    always: Texts,
    fixes: Type.Array(named("C1", "C2", "C3", "C4")),
  }),
  release: Type.Union([Type.Object({ name: Text, developers: Texts }, strictly), Type.Null()], {
    description: "{ name, developers }, or null",
  }),
  holds: Type.Record(Type.String(), Type.Object({ within: Span, escalateTo: Type.Optional(Text) }, strictly)),
  solutions: Type.Array(
    Type.Object(
      { name: Text, ...optional({ ...Part, title: Text, rehearsals: Anything, crosswalks: Things }) },
      strictly,
    ),
  ),
  settings: Type.Record(
    Type.String(),
    Type.Union([Type.String(), Type.Number(), Type.Boolean()], {
      description: "a text, a number or a yes or no",
    }),
  ),
  ...Part,
};

const shape = Compile(some(FIELDS));

/** Never shown, whatever stands there: it may be a secret somebody wrote out. */
const SECRETIVE = /(?:^|\.)(?:url|pepper|sealingKey|key|clientSecret)(?:\.|$)/;

/** Everything in a description that means nothing or cannot be used, a sentence each. */
export function flawsOf(said: unknown): string[] {
  if (shape.Check(said)) return [];
  if (typeof said !== "object" || said === null)
    return ["The configuration must be an object: configuration({ … })."];
  const flaws = new Map<string, string>();
  for (const { keyword, instancePath, schemaPath, params, message } of shape.Errors(said)) {
    const steps = instancePath.split("/").slice(1);
    const at = nameOf(steps);
    const unknown = (params as { additionalProperties?: string[] }).additionalProperties ?? [];
    for (const name of keyword === "additionalProperties" ? unknown : []) {
      const whole = nameOf([...steps, name]);
      const known = Object.keys(schemaAt(schemaPath).properties ?? {});
      flaws.set(
        whole,
        `"${whole}" in the configuration means nothing. ${at || "It"} may have: ${known.join(", ")}.`,
      );
    }
    // What is told of a field that may not be there at all.
    if (keyword === "additionalProperties" || schemaPath.endsWith("/additionalProperties")) continue;
    if (flaws.has(at)) continue;
    const missing = (params as { requiredProperties?: string[] }).requiredProperties?.[0];
    const { description } = schemaAt(schemaPath);
    const found = valueAt(said, steps);
    const shown = typeof found === "object" || SECRETIVE.test(at) ? "" : `, but is ${JSON.stringify(found)}`;
    flaws.set(
      at,
      missing === undefined
        ? `"${at}" in the configuration must be ${description ?? message.replace(/^must be /, "")}${shown}.`
        : `"${at}" in the configuration lacks "${missing}".`,
    );
  }
  return [...flaws.values()];
}

/** `console.signIn[0].roles` */
const nameOf = (steps: readonly string[]): string =>
  steps.reduce(
    (path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : path ? `${path}.${step}` : step),
    "",
  );

/** The schema a path leads to; of a choice the choice itself, which says in words what there is to choose from. */
function schemaAt(path: string): Worded {
  let at = some(FIELDS) as Worded;
  for (const step of path.split("/").slice(1)) {
    if (at.anyOf) return at;
    at = (at as Readonly<Record<string, Worded>>)[step] ?? at;
  }
  return at;
}

interface Worded {
  readonly description?: string;
  readonly properties?: object;
  readonly anyOf?: readonly unknown[];
}

const valueAt = (data: unknown, steps: readonly string[]): unknown =>
  steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], data);
