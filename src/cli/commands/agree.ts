/** `crossdock agree`: do the systems agree, what contradicts, who says what about one document, and what mends it. */
import { Command } from "commander";
import { MENDINGS } from "../../console/shapes-agreements.ts";
import type { AgreementLine, ComparisonLine, Contradiction, FindingView } from "../../trace/agreement.ts";
import { press, read } from "../buttons.ts";
import { CommandStopped, EXIT, stopWith } from "../exit.ts";
import { type Acting, type Common, withDock, withReason } from "../options.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, lasting } from "../words.ts";

interface Agreements {
  readonly agreements: readonly AgreementLine[];
  readonly comparisons: readonly ComparisonLine[];
}

/** Ends with 3 when something contradicts, so that a script can ask. */
const check = (differ: number): void => {
  if (differ > 0) throw new CommandStopped(EXIT.checkSaysNo, "");
};

const list = (terminal: Terminal): Command =>
  withDock(new Command("list"))
    .description(
      "Say for each kind of document how many agree; ends with 3 when systems contradict each other.",
    )
    .action(async (options: Common) => {
      const { agreements, comparisons } = await read<Agreements>(terminal, options, "/api/agreements");
      if (options.json) printJson(terminal, "agree.list", { agreements, comparisons });
      else if (agreements.length === 0) terminal.out("Nothing is declared that systems must agree about.");
      else {
        for (const line of matrixLines(agreements, terminal)) terminal.out(line);
        terminal.note(
          "\nNext: crossdock agree show <kind>   crossdock agree about <document>   crossdock agree compare <kind>",
        );
      }
      check(agreements.reduce((sum, { differ }) => sum + differ, 0));
    });

function matrixLines(agreements: readonly AgreementLine[], { paint, columns }: Terminal): string[] {
  const lines = table<AgreementLine>(
    [
      { title: "KIND", value: ({ name }) => name },
      { title: "ABOUT", value: ({ title }) => title },
      { title: "AGREE", value: ({ agree }) => String(agree), align: "right" },
      { title: "NOT YET", value: ({ unseen }) => some(unseen), align: "right" },
      { title: "SETTLING", value: ({ settling }) => some(settling), align: "right" },
      { title: "CANNOT TELL", value: ({ cannotTell }) => some(cannotTell), align: "right" },
      {
        title: "CONTRADICT",
        value: ({ differ }) => some(differ),
        align: "right",
        paint: (text, { differ }) => (differ > 0 ? paint.bad(text) : text),
      },
      {
        title: "AT RISK",
        value: ({ money }) => money.map(({ amount, currency }) => `${amount} ${currency}`).join(" + "),
        align: "right",
      },
      {
        title: "WHERE",
        value: ({ milestones }) =>
          milestones
            .filter(({ differ }) => differ > 0)
            .map(({ name, differ }) => `${name} ${differ}`)
            .join(", "),
        shrinks: true,
      },
    ],
    agreements,
    { columns, heading: paint.dim },
  );
  return lines;
}

const show = (terminal: Terminal): Command =>
  withDock(new Command("show"))
    .description("List the documents whose systems contradict each other, with what mends it.")
    .argument("<kind>", "the agreement, such as orders")
    .option("--milestone <name>", "only those that contradict here")
    .option("--limit <count>", "how many documents at most", "50")
    .action(async (kind: string, options: Common & { milestone?: string; limit: string }) => {
      const query = new URLSearchParams({ limit: options.limit });
      if (options.milestone) query.set("milestone", options.milestone);
      const page = await read<{ contradictions: readonly Contradiction[]; next: string | null }>(
        terminal,
        options,
        `/api/agreements/${encodeURIComponent(kind)}/contradictions?${query}`,
      );
      if (options.json) return printJson(terminal, "agree.show", page);
      if (page.contradictions.length === 0) return terminal.out("No system contradicts another.");
      for (const one of page.contradictions)
        for (const line of documentLines(one, terminal)) terminal.out(line);
      if (page.next) terminal.note("There are more: raise --limit, or choose a --milestone.");
      return check(page.contradictions.length);
    });

const about = (terminal: Terminal): Command =>
  withDock(new Command("about"))
    .description("Say for one document who says what since when.")
    .argument("<document>", "type and number, such as order/SO-10045")
    .action(async (subject: string, options: Common) => {
      const one = await read<Contradiction & { stand: string }>(
        terminal,
        options,
        `/api/agreements/of/${encodeURIComponent(subject)}`,
      );
      if (options.json) return printJson(terminal, "agree.about", { document: one });
      if (one.findings.length === 0)
        return terminal.out(
          one.stand === "new"
            ? `${subject} is under watch and was not looked at yet.`
            : `All agree about ${subject}.`,
        );
      for (const line of documentLines(one, terminal)) terminal.out(line);
      return check(one.stand === "differ" ? 1 : 0);
    });

/** What is watched under its own number is called by it, and what it belongs to stands beside. */
function nameOf(subject: string, document: Contradiction["document"]): string {
  if (!document) return subject;
  const its = `${document.kind} ${document.number}`;
  return document.correlation === subject ? its : `${subject} of ${its}`;
}

function documentLines(
  { subject, document, worth, findings }: Contradiction,
  { paint, columns }: Terminal,
): string[] {
  const money = worth ? `  ${worth.amount} ${worth.currency}` : "";
  return [
    `${paint.bold(nameOf(subject, document))}${money}`,
    ...findings.flatMap((finding) => findingLines(finding, { paint, columns })),
    "",
  ];
}

function findingLines(
  finding: FindingView,
  { paint, columns }: Pick<Terminal, "paint" | "columns">,
): string[] {
  const { milestone, stand, since, words, figures, remedy, accepted } = finding;
  const age = since ? `, for ${lasting(Date.now() - Date.parse(since))}` : "";
  const says = { reached: "✔ says so", "not reached": "✕ does not", "cannot tell": "? cannot tell" } as const;
  return [
    `  ${(stand === "differ" ? paint.bad : paint.warn)(milestone)}: ${stand}${age}`,
    ...table(
      [
        { title: "SYSTEM", value: ({ title }) => title },
        {
          title: "SAYS",
          value: ({ opinion, because, figures: held }) =>
            because ?? (opinion === "cannot tell" && held ? "keeps figures" : says[opinion]),
          shrinks: true,
        },
        ...figures.map(({ name }) => ({
          title: name.toUpperCase(),
          value: ({ figures: held }: FindingView["words"][number]) => held?.[name] ?? "–",
          align: "right" as const,
        })),
      ],
      words,
      { columns, indent: "    ", heading: paint.dim },
    ),
    ...(remedy?.missing ? [`    Most likely missing: ${harmless(remedy.missing)}.`] : []),
    ...(remedy ? [`    ${harmless(remedy.advice)}`] : []),
    ...(accepted ? [`    Accepted: ${harmless(accepted)}`] : []),
  ];
}

const compare = (terminal: Terminal): Command =>
  withReason(withDock(new Command("compare")))
    .alias("run")
    .description("Ask every system about every open document of a kind, and wait for what comes of it.")
    .argument("<kind>", "the agreement, such as orders")
    .option(
      "--grace <span>",
      'instead of each milestone\'s own, such as "0s": count whatever differs at this moment',
    )
    .action(async (kind: string, options: Common & Acting & { grace?: string }) => {
      if (!options.because)
        stopWith("usage", 'Comparing asks every system and needs a reason: --because "…".');
      const said = await press(terminal, options, `/api/agreements/${encodeURIComponent(kind)}/compare`, {
        reason: options.because,
        ...(options.grace ? { grace: options.grace } : {}),
      });
      const done = await ended(terminal, options, String(said.comparison));
      if (options.json) printJson(terminal, "agree.compare", { comparison: done });
      else
        terminal.out(
          `${done.differing === 0 ? terminal.paint.good("✔") : terminal.paint.bad("!")} ${counted(done.documents ?? 0, "document")} compared: ` +
            `${done.agreed} agree, ${done.settling} settling, ${done.untold} cannot tell, ${done.differing} contradict.`,
        );
      check(done.differing);
    });

const WAIT_MS = 10 * 60_000;
/** Waits for a comparison; it goes on by itself when this ends first. */
async function ended(terminal: Terminal, options: Common, id: string): Promise<ComparisonLine> {
  const until = Date.now() + WAIT_MS;
  for (;;) {
    const { comparisons } = await read<Agreements>(terminal, options, "/api/agreements");
    const mine = comparisons.find((one) => one.id === id);
    if (mine?.endedAt) return mine;
    if (Date.now() > until)
      stopWith(
        "unreachable",
        `Comparison ${id} goes on by itself; crossdock agree shows it when it has ended.`,
      );
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

const mend = (terminal: Terminal): Command =>
  withReason(withDock(new Command("mend")))
    .description(`Mend a contradiction: ${MENDINGS.join(", ")}.`)
    .argument("<document>", "type and number, such as order/SO-10045")
    .argument("<milestone>", "where it contradicts, such as dispatched")
    .argument("<how>", 'what to do, such as "ask again"')
    .action((subject: string, milestone: string, how: string, options: Common & Acting) =>
      mending(terminal, subject, milestone, how, options),
    );

async function mending(
  terminal: Terminal,
  subject: string,
  milestone: string,
  how: string,
  options: Common & Acting,
): Promise<void> {
  if (!(MENDINGS as readonly string[]).includes(how))
    stopWith("usage", `"${how}" mends nothing. It is one of: ${MENDINGS.join(", ")}.`);
  if (!options.because) stopWith("usage", 'Mending needs a reason: --because "…".');
  const said = await press(terminal, options, `/api/agreements/of/${encodeURIComponent(subject)}/mend`, {
    milestone,
    how,
    reason: options.because,
  });
  if (options.json) return printJson(terminal, "agree.mend", { document: subject, milestone, ...said });
  terminal.out(`${terminal.paint.good("✔")} ${String(said.said)}`);
}

const accept = (terminal: Terminal): Command =>
  withReason(withDock(new Command("accept")))
    .description("Accept a contradiction as it is: mend … accept.")
    .argument("<document>", "type and number, such as order/SO-10045")
    .argument("<milestone>", "where it contradicts, such as dispatched")
    .action((subject: string, milestone: string, options: Common & Acting) =>
      mending(terminal, subject, milestone, "accept", options),
    );

export const agree = (terminal: Terminal): Command =>
  new Command("agree")
    .alias("recon")
    .description("Do the systems agree? What contradicts, who says what, and what mends it.")
    .addCommand(list(terminal), { isDefault: true })
    .addCommand(show(terminal))
    .addCommand(about(terminal))
    .addCommand(compare(terminal))
    .addCommand(mend(terminal))
    .addCommand(accept(terminal));

const some = (count: number): string => (count === 0 ? "·" : String(count));
