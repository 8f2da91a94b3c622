/** `crossdock questions`, `approve`, `decline`: what waits for a person's decision, and the decision. */
import { Command } from "commander";
import { type OpenQuestion, type OpenQuestions, openQuestions } from "../../trace/index.ts";
import { press } from "../buttons.ts";
import { knownHere } from "../known.ts";
import { type Acting, type Common, withButton, withDock } from "../options.ts";
import { withDatabase } from "../running.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, lasting } from "../words.ts";

export const questions = (terminal: Terminal): Command =>
  withDock(new Command("questions"))
    .description("List the questions that wait for a person.")
    .action((options: Common) =>
      withDatabase(terminal, options, async (pool) => {
        const known = await knownHere(terminal, options);
        const open: OpenQuestion[] = [];
        for (let after: string | null = null; ; ) {
          const page: OpenQuestions = await openQuestions(pool, known, { after, limit: 1_000 });
          open.push(...page.questions);
          if (page.next === null) break;
          after = page.next;
        }
        if (options.json) return printJson(terminal, "questions", { questions: open });
        const { paint } = terminal;
        if (open.length === 0) return terminal.out(paint.good("No question is open."));
        const now = Date.now();
        const lines = table<OpenQuestion>(
          [
            { title: "QUESTION", value: ({ id }) => id },
            {
              title: "ABOUT",
              value: ({ document, correlation }) =>
                document ? `${document.kind} ${document.number}` : correlation,
            },
            { title: "WORTH", value: ({ document }) => worth(document?.header.money), align: "right" },
            { title: "ASKED OF", value: ({ askedOf }) => askedOf },
            { title: "SINCE", value: ({ askedAt }) => lasting(now - Date.parse(askedAt)), align: "right" },
            { title: "BECAUSE", value: ({ because }) => harmless(because ?? ""), shrinks: true },
          ],
          open,
          { columns: terminal.columns, heading: paint.dim },
        );
        for (const line of lines) terminal.out(line);
        terminal.note(`\n${counted(open.length, "question")}. Next: crossdock approve '${open[0]!.id}'`);
      }),
    );

const worth = (money: { amount: string; currency: string } | null | undefined): string =>
  money ? `${money.amount} ${money.currency}` : "";

const answering = (terminal: Terminal, name: string, verdict: "approved" | "declined", description: string) =>
  withButton(withDock(new Command(name)))
    .description(description)
    .argument("<question>", "its id, as crossdock questions lists it")
    .option("--comment <text>", "what you want to say with it; the process and the audit keep it")
    .action(async (id: string, options: Common & Acting & { comment?: string }) => {
      const body = { verdict, ...(options.comment ? { comment: options.comment } : {}) };
      const said = await press(terminal, options, `/api/questions/${encodeURIComponent(id)}/answer`, body);
      if (options.json) printJson(terminal, name, { question: id, verdict, ...said });
      else terminal.out(`${terminal.paint.good("✔")} ${id} is ${verdict}.`);
    });

export const approve = (terminal: Terminal): Command =>
  answering(terminal, "approve", "approved", "Answer an open question with yes.");

export const decline = (terminal: Terminal): Command =>
  answering(terminal, "decline", "declined", "Answer an open question with no.");
