/**
 * The laws of the house, each with its reason and the way to judge it.
 *
 * A rule that lives only in a document is broken by the second week. Each law here is a function from files to breaches,
 * so tidy.test.ts can hold it against the real house and against a house with a planted breach: a law that cannot fail
 * protects nobody. Whoever meets a failure reads the reason beside it and may judge the law as well; changing one takes a
 * decision record.
 */
import { posix } from "node:path";
import { codeOf, type File, importsOf, isCode, isTest, roomOf } from "./house.ts";

export interface Law {
  readonly rule: string;
  /** Completes "…, because …". */
  readonly because: string;
  /** One line each: where, and what was found there. Empty means kept. */
  readonly breaches: (house: readonly File[]) => string[];
}

const LANGUAGE = ["contracts", "codecs", "connectors", "flows", "processes"];
const MEMORY = ["journal", "work", "trace"];
const FACES = ["gateway", "console", "cli"];

/** A room may use the rooms named beside it, and itself. The two doors of production are listed like rooms. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  std: [],
  contracts: ["std"],
  codecs: ["std"],
  // A connector may read a business key out of a parcel; that reader lives with the contracts that declare keys.
  connectors: ["codecs", "contracts", "std"],
  flows: ["contracts", "codecs", "connectors", "std"],
  processes: ["contracts", "std"],
  // A mapping stands between a format and a meaning, so it knows both; nothing else of the language needs to know it.
  mappings: ["contracts", "codecs", "std"],
  journal: ["contracts", "std"],
  work: ["journal", "processes", "contracts", "std"],
  trace: ["work", "journal", "processes", "contracts", "std"],
  rights: ["work", "std"],
  // It asks the tables of mappings which row carried a value, to show it.
  runtime: [...LANGUAGE, ...MEMORY, "mappings", "std"],
  gateway: ["rights", "runtime", ...LANGUAGE, ...MEMORY, "std"],
  console: ["rights", "gateway", "runtime", ...LANGUAGE, ...MEMORY, "std"],
  cli: ["rights", "console", "gateway", "runtime", ...LANGUAGE, ...MEMORY, "std", "server.ts"],
  "index.ts": [...LANGUAGE, "runtime", "std"],
  "server.ts": ["rights", "console", "gateway", "runtime", ...LANGUAGE, ...MEMORY, "std"],
};

/** Tests and the testing room may enter anywhere: they hold the others to their word. */
const production = (file: File) =>
  file.path.startsWith("src/") && isCode(file) && !isTest(file) && roomOf(file.path) !== "testing";

/** Packages and Node modules that reach the world: a clock, a disk, a wire, another process. */
const WORLDLY =
  /^(node:)?(fs|fs\/promises|net|tls|dgram|dns|http|https|http2|child_process|cluster|worker_threads|timers|timers\/promises|os|process|perf_hooks)$|^(pg|undici|fastify|@fastify\/.*|pino|prom-client|uuidv7|commander)$/;

const CLOCK_AND_CHANCE =
  /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/;
const WORLD = /\bset(Timeout|Interval|Immediate)\b|(?<![.\w#])fetch\(|\bprocess\.(env|cwd|exit|argv|std)/;

/** The beginnings of SQL statements that change rows; "insert into the list" in a sentence is none. */
const WRITES_ROWS =
  /\binsert\s+into\s+[\w.]+(?=\s*(\(|select\b|values\b))|\bupdate\s+[\w.]+(\s+as\s+\w+)?\s+set(?=\s+\w+\s*=)|\bdelete\s+from\s+[\w.]+/i;

/** How doors may be named from outside: `crossdock` and what package.json exports. */
const DOOR =
  /^crossdock(\/(testing|server|canon|connectors\/[a-z0-9-]+|codecs\/[a-z0-9-]+|mappings\/[a-z0-9-]+|solutions\/[a-z0-9-]+))?$/;

const lineOf = (file: File, pattern: RegExp): string | undefined => codeOf(file).match(pattern)?.[0];

/** Every file of `house` that one of `rooms` imports, directly or through others; used to judge what a room drags in. */
function reach(house: readonly File[], file: File): File[] {
  const byPath = new Map(house.map((one) => [one.path, one]));
  const seen = new Map<string, File>();
  const visit = (from: File) => {
    for (const { relative, target } of importsOf(from)) {
      const next = relative ? byPath.get(target) : undefined;
      if (!next || seen.has(next.path)) continue;
      seen.set(next.path, next);
      visit(next);
    }
  };
  visit(file);
  return [...seen.values()];
}

/** Each group of files that reach one another by imports, types included, as one line. By Tarjan's algorithm. */
function circles(files: readonly File[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const places = new Map<string, { index: number; low: number }>();
  const open: string[] = [];
  const found: string[] = [];
  const visit = (path: string): number => {
    const place = { index: places.size, low: places.size };
    places.set(path, place);
    open.push(path);
    for (const { relative, target } of importsOf(byPath.get(path)!)) {
      if (!relative || !byPath.has(target)) continue;
      if (!places.has(target)) place.low = Math.min(place.low, visit(target));
      else if (open.includes(target)) place.low = Math.min(place.low, places.get(target)!.index);
    }
    if (place.low === place.index) {
      const circle = open.splice(open.indexOf(path));
      if (circle.length > 1) found.push(circle.toSorted().join(" ↔ "));
    }
    return place.low;
  };
  for (const path of byPath.keys()) if (!places.has(path)) visit(path);
  return found;
}

export const LAWS: readonly Law[] = [
  {
    rule: "no object literal is spread into another",
    because:
      "its properties can stand where they are meant, and whoever reads it asks what the braces are for",
    breaches: (house) =>
      house
        .filter(isCode)
        .filter((file) => lineOf(file, /\.\.\.\{/) !== undefined)
        .map(({ path }) => path),
  },
  {
    rule: "files import in no circle",
    because: "whoever opens one of them would have to read all of them",
    breaches: (house) =>
      circles(
        house.filter((file) => /^(src|solutions|estate)\//.test(file.path) && isCode(file) && !isTest(file)),
      ),
  },
  {
    rule: "rooms use only the rooms listed for them",
    because: "a change upstairs must not be able to break the journal",
    breaches: (house) =>
      house.filter(production).flatMap((file) => {
        const room = roomOf(file.path) ?? "";
        const allowed = MAY_USE[room];
        if (!allowed)
          return [`${file.path}: "${room}" is no room of the house; a new one takes a decision record`];
        return importsOf(file)
          .filter(({ relative, target }) => relative && target.startsWith("src/"))
          .map(({ target }) => ({ target, used: roomOf(target) ?? "" }))
          .filter(({ used }) => used !== "testing" && used !== room && !allowed.includes(used))
          .map(
            ({ target }) =>
              `${file.path} uses ${target}; ${room} may use ${allowed.join(", ") || "no other room"}`,
          );
      }),
  },
  {
    rule: "production code imports nothing outside src",
    because: "what is published is src alone, and must run without our tests, tools and simulated systems",
    breaches: (house) =>
      house.filter(production).flatMap((file) =>
        importsOf(file)
          .filter(({ relative, target }) => (relative && !target.startsWith("src/")) || DOOR.test(target))
          .map(({ target }) => `${file.path} imports ${target}`),
      ),
  },
  {
    rule: "nobody invites the testing room, except tests",
    because:
      "what only a test needs must not run in production; the command line may use rehearsals, which it draws",
    breaches: (house) =>
      house.filter(production).flatMap((file) =>
        importsOf(file)
          .filter(({ target }) => roomOf(target) === "testing")
          // Rehearsals are drawn and connectors are proved from the command line: both are public, and bring nothing of a test along.
          .filter(
            ({ target }) =>
              roomOf(file.path) !== "cli" || !/^src\/testing\/(rehearse|conformance)\.ts$/.test(target),
          )
          .map(({ target }) => `${file.path} uses ${target}`),
      ),
  },
  {
    rule: "contracts, codecs, mappings, flows and processes touch no clock, no chance and no world",
    because: "every decision must be replayable and testable by comparing values",
    breaches: (house) =>
      house
        .filter(
          (file) =>
            production(file) &&
            ["contracts", "codecs", "mappings", "flows", "processes"].includes(roomOf(file.path) ?? ""),
        )
        .flatMap((file) => {
          const found = lineOf(file, CLOCK_AND_CHANCE) ?? lineOf(file, WORLD);
          const modules = [file, ...reach(house, file).filter(({ path }) => roomOf(path) === "std")].flatMap(
            (one) =>
              importsOf(one)
                .filter(({ relative, target }) => !relative && WORLDLY.test(target))
                .map(
                  ({ target }) =>
                    `${file.path} reaches ${target}${one === file ? "" : ` through ${one.path}`}`,
                ),
          );
          return [...(found ? [`${file.path} says ${found}`] : []), ...modules];
        }),
  },
  {
    rule: "connectors read no clock, no chance and no environment of their own, and not our database",
    because:
      "time comes in with Surroundings, so that a test can hold it still; settings come by configuration",
    breaches: (house) =>
      house
        .filter((file) => production(file) && roomOf(file.path) === "connectors")
        .flatMap((file) => {
          const found = lineOf(file, /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.env\b/);
          // One connector speaks to databases of others; ours is closed to it as well (docs/decisions/0013).
          const closed = file.path.startsWith("src/connectors/sql/")
            ? /^src\/std\/(sql|migrate)\.ts$/
            : /^pg$|^src\/std\/(sql|migrate)\.ts$/;
          const databases = importsOf(file).filter(({ target }) => closed.test(target));
          return [
            ...(found ? [`${file.path} says ${found}`] : []),
            ...databases.map(({ target }) => `${file.path} imports ${target}`),
          ];
        }),
  },
  {
    rule: "journal, work and trace set no timers",
    because:
      "only the runtime waits, retries and gives up, so there is one place to look when something is late",
    breaches: (house) =>
      house
        .filter((file) => production(file) && MEMORY.includes(roomOf(file.path) ?? ""))
        .flatMap((file) => {
          const found = lineOf(file, /\bset(Timeout|Interval)\b|["']node:timers/);
          return found ? [`${file.path} says ${found}`] : [];
        }),
  },
  {
    rule: "the runtime takes time and chance from its clock alone",
    because:
      "the simulation replays a run from its seed, and one timer of its own makes every replay another run",
    breaches: (house) =>
      house
        .filter((file) => production(file) && roomOf(file.path) === "runtime")
        .filter(({ path }) => path !== "src/runtime/clock.ts")
        .flatMap((file) => {
          const found =
            lineOf(file, CLOCK_AND_CHANCE) ??
            lineOf(
              file,
              /\bset(Timeout|Interval|Immediate)\b|\buuidv7\b|\bprocess\.nextTick\b|["']node:timers/,
            );
          return found ? [`${file.path} says ${found}`] : [];
        }),
  },
  {
    rule: "gateway, console and command line write no rows",
    because: "faces press buttons; what a button does is decided where it can be audited and retried",
    breaches: (house) =>
      house
        .filter((file) => production(file) && FACES.includes(roomOf(file.path) ?? ""))
        .flatMap((file) => {
          const found = lineOf(file, WRITES_ROWS);
          return found ? [`${file.path} says ${found}`] : [];
        }),
  },
  {
    rule: "the simulated systems share no code with the product",
    because: "a mistake both sides share would look like agreement",
    breaches: (house) =>
      house
        .filter((file) => file.path.startsWith("estate/") && isCode(file))
        .flatMap((file) =>
          importsOf(file)
            .filter(({ relative, target }) =>
              relative ? !target.startsWith("estate/") : /^crossdock(\/|$)/.test(target),
            )
            .map(({ target }) => `${file.path} imports ${target}`),
        ),
  },
  {
    rule: "the oracle of the stories shares no code with what it judges",
    because: "a judge who borrows the accused's arithmetic finds it right",
    breaches: (house) =>
      house
        .filter((file) => file.path.startsWith("tests/oracle/") && isCode(file) && !isTest(file))
        .flatMap((file) =>
          importsOf(file)
            .filter(({ relative, target }) => !relative || !target.startsWith("tests/oracle/"))
            .map(({ target }) => `${file.path} imports ${target}`),
        ),
  },
  {
    rule: "solutions and examples enter by the public doors",
    because: "what we ship as content must be possible for everybody else to write",
    breaches: (house) =>
      house
        .filter((file) => /^(solutions|examples)\//.test(file.path) && isCode(file))
        .flatMap((file) => {
          const home = `${file.path.split("/")[0]}/`;
          return importsOf(file)
            .filter(({ relative, target }) =>
              relative ? !target.startsWith(home) : /^crossdock(\/|$)/.test(target),
            )
            .filter(({ relative, target }) =>
              relative ? !(isTest(file) && target.startsWith("estate/")) : !DOOR.test(target),
            )
            .map(({ target }) => `${file.path} imports ${target}`);
        }),
  },
  {
    rule: "every file of code opens by saying what it is for",
    because: "the next reader should not have to guess what must stay true",
    breaches: (house) =>
      house.filter((file) => isCode(file) && !/^(#!.*\n)?\/\*\*/.test(file.text)).map(({ path }) => path),
  },
  {
    rule: "no file knows the place it was written in",
    because:
      "a clone somewhere else has neither that folder nor those paths; only tests may look for sample documents",
    breaches: (house) =>
      house
        .filter((file) => !isTest(file) && file.path !== "src/testing/samples.ts")
        .flatMap((file) => {
          const found = file.text.match(/\.\.\/shared\b|(?<![\w.~-])\/work\/(main|wt|shared)\b/);
          return found ? [`${file.path} mentions ${found[0]}`] : [];
        }),
  },
  {
    rule: "every error class is explained in docs/reference/errors.md, and nothing else is",
    because: "a code in a log must lead a person at night to what happens next",
    breaches: (house) => {
      const page = house.find(({ path }) => path === "docs/reference/errors.md")?.text ?? "";
      const said = [...page.matchAll(/^## (XD_[A-Z_]+)\s+Class `(\w+)`, next: `([a-z]+)`/gm)].map(
        ([, ...all]) => all.join(" "),
      );
      const declared = house
        .filter((file) => file.path.startsWith("src/") && isCode(file) && !isTest(file))
        .flatMap((file) => [
          ...codeOf(file).matchAll(
            /class (\w+) extends \w+ \{\s*(?:override )?readonly code = "(XD_[A-Z_]+)";\s*(?:override )?readonly next = "([a-z]+)"/g,
          ),
        ])
        .map(([, name, code, next]) => `${code} ${name} ${next}`);
      return [
        ...declared.filter((error) => !said.includes(error)).map((error) => `not in the page: ${error}`),
        ...said.filter((error) => !declared.includes(error)).map((error) => `not in the code: ${error}`),
        ...[...page.matchAll(/^## (XD_\w+)/gm)]
          .filter(([, code]) => !said.some((error) => error.startsWith(`${code} `)))
          .map(([, code]) => `${code}: the line below its heading is not "Class \`…\`, next: \`…\`."`),
      ];
    },
  },
  {
    rule: "links in the documentation lead somewhere",
    because: "a page that sends people nowhere is worse than no page",
    breaches: (house) => {
      const paths = new Set(house.map(({ path }) => path));
      const isThere = (path: string) =>
        paths.has(path) || [...paths].some((one) => one.startsWith(`${path}/`));
      return house
        .filter(({ path }) => path.endsWith(".md"))
        .flatMap((file) =>
          [...file.text.replace(/```[\s\S]*?```/g, "").matchAll(/\]\(([^)\s]+)\)/g)]
            .map(([, link = ""]) => link)
            .filter((link) => !/^[a-z]+:/.test(link))
            .filter((link) => {
              const [to = "", anchor] = link.split("#");
              const target = to
                ? posix.normalize(posix.join(posix.dirname(file.path), to)).replace(/\/$/, "")
                : file.path;
              if (!isThere(target) && !SPECIAL.has(target)) return true;
              const page = house.find(({ path }) => path === target);
              return (
                anchor !== undefined &&
                page?.path.endsWith(".md") === true &&
                !headings(page).includes(anchor)
              );
            })
            .map((link) => `${file.path} links to ${link}`),
        );
    },
  },
];

/** Files that exist and are not text of ours to read. */
const SPECIAL = new Set([".", "LICENSE", "NOTICE", "package-lock.json"]);

/** The anchors of a page, as GitHub makes them. */
function headings({ text }: File): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
}
