/**
 * `crossdock people enrol`, `recovery-codes`, `remove-second-factor`, `password`, `break-glass`, `emergencies`: what somebody does about
 * their own way in, and about their own rights in an emergency.
 *
 * Each signs in as that person first, with the password and the code where there is one: a key of this machine is nobody.
 */
import { Command } from "commander";
import type { Emergency } from "../../rights/emergency.ts";
import { type PressAs, press, read, signedInAs } from "../buttons.ts";
import { stopWith } from "../exit.ts";
import { type Acting, type Common, person, withButton, withDock } from "../options.ts";
import { askSecret } from "../prompt.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { dayAndClock } from "../words.ts";

type Options = Common & { readonly as?: string };

/** Signs in as whoever is named, does it, and answers with what `work` makes of it. */
const own = (
  terminal: Terminal,
  name: string,
  description: string,
  work: (press: PressAs, who: string, options: Options) => Promise<void>,
): Command =>
  withDock(new Command(name))
    .description(description)
    .option("--as <person>", "who you sign in as (default: the name of the operating system's user)")
    .action((options: Options) => {
      const who = options.as ?? person({}).name;
      return signedInAs(terminal, options, who, (press) => work(press, who, options));
    });

export const breakGlass = (terminal: Terminal): Command =>
  withDock(new Command("break-glass"))
    .description(
      "Take emergency access: an operator's rights for an hour, when your role lets you. Everybody reads that and why.",
    )
    .option("--as <person>", "who you sign in as (default: the name of the operating system's user)")
    .requiredOption("--because <reason>", "what the emergency is")
    .action((options: Options & { because: string }) => {
      const who = options.as ?? person({}).name;
      return signedInAs(terminal, options, who, async (press) => {
        const { until } = await press("/api/emergency/begin", { reason: options.because });
        if (options.json) return printJson(terminal, "people.break-glass", { person: who, until });
        terminal.out(
          `${terminal.paint.good("✔")} ${who} has emergency access until ${dayAndClock(new Date(String(until)))}.`,
        );
        terminal.note("Next: sign in at the console; crossdock people emergencies lists who has it.");
      });
    });

/** Who has emergency access, and ending it. */
export const emergencies = (terminal: Terminal): Command =>
  withButton(withDock(new Command("emergencies")))
    .description("List who has emergency access now, why and until when; or end it.")
    .option("--end <person>", "end that person's")
    .action(async (options: Common & Acting & { end?: string }) => {
      const { open } = await read<{ open: readonly Emergency[] }>(terminal, options, "/api/emergency");
      if (options.end !== undefined) {
        const one = open.find((each) => each.person === options.end);
        if (!one) return stopWith("notFound", `${options.end} has no emergency access.`);
        const said = await press(terminal, options, `/api/emergency/${one.id}/end`, {});
        if (options.json) return printJson(terminal, "people.emergencies", { ended: one, ...said });
        return terminal.out(`${terminal.paint.good("✔")} The emergency access of ${one.person} has ended.`);
      }
      if (options.json) return printJson(terminal, "people.emergencies", { open });
      for (const { person: who, reason, endsAt } of open)
        terminal.out(
          `${terminal.paint.bad("!")} ${who} until ${dayAndClock(new Date(endsAt))}: ${harmless(reason)}`,
        );
      if (open.length === 0) terminal.note("Nobody has emergency access.");
    });

function kept(terminal: Terminal, recoveryCodes: readonly string[]): void {
  terminal.out("Keep these recovery codes; each lets you in once without the app:");
  for (const one of recoveryCodes) terminal.out(`  ${one}`);
}

export const enrol = (terminal: Terminal): Command =>
  own(
    terminal,
    "enrol",
    "Get a second factor, or another in its place: asks for your password, shows what an authenticator app wants, and asks for the code it shows.",
    async (press, who, options) => {
      const { secret, uri } = await press("/api/second-factor/begin", {});
      terminal.note("Type this into an authenticator app, or give it the address behind it:");
      terminal.note(
        `  ${String(secret)
          .match(/.{1,4}/g)!
          .join(" ")}\n  ${String(uri)}`,
      );
      const code = await askSecret(terminal, "The code the app shows: ");
      const { recoveryCodes: codes } = (await press("/api/second-factor/confirm", { code })) as {
        recoveryCodes: readonly string[];
      };
      if (options.json) return printJson(terminal, "people.enrol", { person: who, recoveryCodes: codes });
      terminal.out(`${terminal.paint.good("✔")} ${who} signs in with a code of the app from now on.`);
      kept(terminal, codes);
    },
  );

export const recoveryCodes = (terminal: Terminal): Command =>
  own(
    terminal,
    "recovery-codes",
    "Get new recovery codes; the old ones let nobody in any more.",
    async (press, who, options) => {
      const { recoveryCodes: codes } = (await press("/api/second-factor/recovery-codes", {})) as {
        recoveryCodes: readonly string[];
      };
      if (options.json)
        return printJson(terminal, "people.recovery-codes", { person: who, recoveryCodes: codes });
      kept(terminal, codes);
    },
  );

export const withoutFactor = (terminal: Terminal): Command =>
  own(
    terminal,
    "remove-second-factor",
    "Sign in without a second factor again, where your role lets you.",
    async (press, who, options) => {
      await press("/api/second-factor/remove", {});
      if (options.json) return printJson(terminal, "people.remove-second-factor", { person: who });
      terminal.out(`${terminal.paint.good("✔")} ${who} signs in with the password alone.`);
    },
  );

export const password = (terminal: Terminal): Command =>
  own(
    terminal,
    "password",
    "Choose another password. Your other sessions end.",
    async (press, who, options) => {
      const old = await askSecret(terminal, `Password of ${who}, once more: `);
      const chosen = await askSecret(terminal, "The new password: ");
      await press("/api/password", { old, password: chosen });
      if (options.json) return printJson(terminal, "people.password", { person: who });
      terminal.out(`${terminal.paint.good("✔")} ${who} has a new password.`);
    },
  );
