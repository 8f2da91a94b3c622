/** `crossdock secrets`: which secrets a configuration uses, where each is kept, and whether it is there. Never what it is. */
import { Command } from "commander";
import { type SecretStanding, secretStandings } from "../../runtime/secret-uses.ts";
import { CommandStopped, EXIT } from "../exit.ts";
import { load } from "../load.ts";
import { withOutput } from "../options.ts";
import { table } from "../table.ts";
import { printJson, type Terminal } from "../terminal.ts";
import { counted, lasting } from "../words.ts";

interface Options {
  readonly json?: boolean;
  readonly config?: string;
}

export const secrets = (terminal: Terminal): Command => {
  const command = (name: string, description: string, fails: boolean) =>
    withOutput(new Command(name))
      .description(description)
      .option("--config <file>", "the configuration to read")
      .action(async ({ json, config }: Options) => {
        const { configuration } = await load(terminal, config);
        const standings = secretStandings(configuration, terminal.environment);
        const missing = standings.filter(({ resolves }) => !resolves);
        if (json) printJson(terminal, `secrets.${name}`, { secrets: standings });
        else {
          if (name === "list") for (const line of lines(standings, terminal)) terminal.out(line);
          for (const { place, uses, says } of missing)
            terminal.out(
              `${terminal.paint.bad("✕")} ${place ?? "written out"}, used by ${usedBy(uses)}: ${says}`,
            );
          if (name === "check" && missing.length === 0)
            terminal.out(
              `${terminal.paint.good("✔")} All ${counted(standings.length, "secret")} are where they should be.`,
            );
          if (name === "list") terminal.note(`\n${counted(standings.length, "secret")}. ${ROTATE}`);
        }
        if (fails && missing.length > 0) throw new CommandStopped(EXIT.checkSaysNo, "");
      });

  return new Command("secrets")
    .alias("secret")
    .description("The secrets a configuration uses: where they are kept, and whether they are there.")
    .addCommand(
      command(
        "list",
        "List every secret the configuration uses: its place, who uses it, whether it is there, since when. Never what it is.",
        false,
      ),
      { isDefault: true },
    )
    .addCommand(command("check", "Say which secrets are missing or written out; ends with 3 then.", true));
};

/** Crossdock keeps no secrets of others, so there is nothing here to set or to rotate. */
const ROTATE = "To renew one, write it to its place and start Crossdock again.";

const usedBy = (uses: SecretStanding["uses"]): string =>
  uses.map(({ by, setting }) => `${by} (${setting})`).join(", ");

function lines(standings: readonly SecretStanding[], { columns, paint }: Terminal): string[] {
  return table<SecretStanding>(
    [
      {
        title: "",
        value: ({ resolves }) => (resolves ? "✔" : "✕"),
        paint: (text, { resolves }) => (resolves ? paint.good : paint.bad)(text),
      },
      { title: "PLACE", value: ({ place }) => place ?? "in the configuration" },
      {
        title: "WRITTEN",
        value: ({ changedAt, says, resolves }) =>
          changedAt
            ? `${lasting(Date.now() - Date.parse(changedAt))} ago`
            : resolves && says
              ? "not yet"
              : "unknown",
      },
      { title: "USED BY", value: ({ uses }) => usedBy(uses), shrinks: true },
    ],
    standings,
    { columns, heading: paint.dim },
  );
}
