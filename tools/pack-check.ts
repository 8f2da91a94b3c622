/**
 * Proves that what would be published works for somebody who has only that: packs the package, installs it into an empty
 * project, and there compiles and runs every example by the public doors.
 *
 *     npm run pack:check [-- example-name …]
 *
 * An example is a folder examples/<name> with a main.ts that ends by itself with 0. It stands outside node_modules there as
 * well, so plain Node runs its TypeScript, while the package brings compiled JavaScript. Needs the npm registry for the
 * package's own dependencies.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const EXAMPLE_LIMIT_MS = 180_000;

/** What a package must hold, and all it may. */
const MUST_HAVE = [
  /^LICENSE$/,
  /^NOTICE$/,
  /^README\.md$/,
  /^bin\/crossdock\.cjs$/,
  /^migrations\/0001-/,
  /^dist\/src\/index\.js$/,
  /^dist\/src\/index\.d\.ts$/,
  /^dist\/src\/cli\/main\.js$/,
  /^dist\/console\/licenses\.md$/,
  // What a connector of one's own begins with.
  /^examples\/own-connector\/world\.ts$/,
];
const MAY_HAVE =
  /^(LICENSE|NOTICE|README\.md|CHANGELOG\.md|ARCHITECTURE\.md|package\.json|bin\/[\w.]+|migrations\/[\w.-]+\.sql|examples\/own-connector\/(connector|world|connector\.test)\.ts|dist\/(src|solutions|estate|console)\/.+)$/;

const project = mkdtempSync(join(tmpdir(), "crossdock-pack-"));
try {
  const tarball = pack();
  step(
    `Installing ${tarball.name} (${tarball.files} files, ${(tarball.size / 1e6).toFixed(1)} MB) into an empty project`,
  );
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ name: "pack-check", private: true, type: "module" }),
  );
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", join(project, tarball.name)]);

  step("The command answers");
  run(join(project, "node_modules", ".bin", "crossdock"), ["--version"]);

  const examples = wanted();
  for (const name of examples) copyExample(name);
  step(`Compiling ${examples.join(", ")} against the published types`);
  compile();
  for (const name of examples) {
    step(`Running examples/${name}`);
    run(process.execPath, [join("examples", name, "main.ts")], EXAMPLE_LIMIT_MS);
  }
  console.log(`\nThe package works from an empty project: ${examples.length} example(s) ran.`);
} catch (error) {
  console.error(`\nThe package check failed: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  rmSync(project, { recursive: true, force: true });
}

interface Tarball {
  readonly name: string;
  readonly size: number;
  readonly files: number;
}

/** Packs, and refuses a tarball with something missing or something that is nobody's business. */
function pack(): Tarball {
  step("Packing");
  const json = execFileSync("npm", ["pack", "--json", "--loglevel=error", "--pack-destination", project], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const packed = JSON.parse(json) as Packed[] | Record<string, Packed>;
  const [one] = Object.values(packed) as [Packed];
  const paths = one.files.map(({ path }) => path);
  const missing = MUST_HAVE.filter((wanted) => !paths.some((path) => wanted.test(path)));
  const odd = paths.filter((path) => !MAY_HAVE.test(path) || /\.test\.(js|d\.ts)$/.test(path));
  if (missing.length > 0) throw new Error(`The package lacks ${missing.join(", ")}. Is dist built?`);
  if (odd.length > 0) throw new Error(`The package holds what nobody needs: ${odd.slice(0, 5).join(", ")}.`);
  return { name: one.filename, size: one.size, files: paths.length };
}

/** The part of npm's report that we read. npm 11 and older give a list, newer ones an object by name. */
interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** The examples asked for, or all there are. */
function wanted(): string[] {
  const there = readdirSync(join(ROOT, "examples")).filter((name) =>
    existsSync(join(ROOT, "examples", name, "main.ts")),
  );
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !there.includes(name));
  if (unknown.length > 0)
    throw new Error(`There is no example ${unknown.join(", ")}. There are: ${there.join(", ")}.`);
  if (there.length === 0) throw new Error("There is no examples/*/main.ts to run.");
  return asked.length > 0 ? asked : there;
}

function copyExample(name: string): void {
  cpSync(join(ROOT, "examples", name), join(project, "examples", name), {
    recursive: true,
    filter: (source) => !/\.test\.ts$|node_modules|\.crossdock/.test(source.slice(ROOT.length)),
  });
}

/** With our own compiler and Node's types, lent by a link; everything else must come with the package. */
function compile(): void {
  mkdirSync(join(project, "node_modules", "@types"), { recursive: true });
  const types = join(project, "node_modules", "@types", "node");
  if (!existsSync(types)) symlinkSync(join(ROOT, "node_modules", "@types", "node"), types);
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "es2024",
        lib: ["es2024", "dom"],
        module: "nodenext",
        strict: true,
        noEmit: true,
        allowImportingTsExtensions: true,
        erasableSyntaxOnly: true,
        verbatimModuleSyntax: true,
        // Their declarations are not ours to judge; ours are judged by what the examples use of them.
        skipLibCheck: true,
        types: ["node"],
      },
      include: ["examples"],
    }),
  );
  run(process.execPath, [
    join(ROOT, "node_modules", "@typescript", "native", "bin", "tsc"),
    "-p",
    "tsconfig.json",
  ]);
}

/** Runs a program in the project; its output is shown, and its failure is ours. */
function run(program: string, args: readonly string[], timeout?: number): void {
  execFileSync(program, args, { cwd: project, stdio: "inherit", ...(timeout ? { timeout } : {}) });
}

function step(name: string): void {
  console.log(`\n━━ ${name}`);
}
