/**
 * `crossdock people`: who may sign in, and what each may do. What the Admin page of the console does, under the same rules:
 * nobody changes their own rights, and a role takes a second administrator where there is one.
 */
import { Command } from "commander";
import { listPeople, type PersonRow } from "../../rights/people.ts";
import { PERMISSIONS, ROLES, type RoleName } from "../../rights/permissions.ts";
import type { SessionRow } from "../../rights/sessions.ts";
import { press, read } from "../buttons.ts";
import { stopWith } from "../exit.ts";
import { type Acting, type Common, withButton, withDock, withOutput, withReason } from "../options.ts";
import { withDatabase } from "../running.ts";
import { many } from "../selections.ts";
import { pairs, table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, dayAndClock, listed, nearest } from "../words.ts";
import { breakGlass, emergencies, enrol, password, recoveryCodes, withoutFactor } from "./people-own.ts";

type Options = Common & Acting;
const PERSON = "the name they sign in with";

const partOf = ({ domains, plants, entities }: PersonRow["roles"][number]): string => {
  const parts = [
    ...(domains ? [`domains ${domains.join(", ")}`] : []),
    ...(plants ? [`plants ${plants.join(", ")}`] : []),
    ...(entities ? [`entities ${entities.join(", ")}`] : []),
  ];
  return parts.length === 0 ? "" : ` (${parts.join("; ")})`;
};

const list = (terminal: Terminal): Command =>
  withDock(new Command("list"))
    .description("List who may sign in, and their roles.")
    .action((options: Common) =>
      withDatabase(terminal, options, async (pool) => {
        const people = await listPeople(pool);
        if (options.json) return printJson(terminal, "people.list", { people });
        const { paint, columns } = terminal;
        const lines = table<PersonRow>(
          [
            { title: "PERSON", value: ({ id }) => id },
            { title: "NAME", value: ({ name }) => harmless(name) },
            { title: "STATE", value: ({ disabledAt }) => (disabledAt === null ? "good" : "disabled") },
            {
              title: "SECOND FACTOR",
              value: ({ secondFactorSince }) => (secondFactorSince === null ? "–" : "yes"),
            },
            {
              title: "LAST SEEN",
              value: ({ lastSeenAt }) => (lastSeenAt === null ? "–" : dayAndClock(new Date(lastSeenAt))),
            },
            {
              title: "ROLES",
              value: ({ roles }) => roles.map((each) => `${each.role}${partOf(each)}`).join(", "),
              shrinks: true,
            },
          ],
          people,
          { columns, heading: paint.dim },
        );
        for (const line of lines) terminal.out(line);
        terminal.note(
          `\n${counted(people.length, "person", "people")}. Next: crossdock people add <person> <name>`,
        );
      }),
    );

const add = (terminal: Terminal): Command =>
  withButton(withDock(new Command("add")))
    .description("Add a person. They sign in with an invitation, or through your identity provider.")
    .argument("<person>", "the name they will sign in with: lower-case letters, digits and . _ @ + -")
    .argument("<name>", "how people call them")
    .option("--email <address>", "where they get mail")
    .action(async (person: string, name: string, options: Options & { email?: string }) => {
      const body = { person, name, ...(options.email ? { email: options.email } : {}) };
      const said = await press(terminal, options, "/api/admin/people", body);
      if (options.json) return printJson(terminal, "people.add", said);
      terminal.out(`${terminal.paint.good("✔")} ${String(said.person)} is added.`);
      terminal.note(
        `Next: crossdock people give ${String(said.person)} viewer   crossdock people invite ${String(said.person)}`,
      );
    });

const invite = (terminal: Terminal): Command =>
  withButton(withDock(new Command("invite")))
    .description("Make a link with which a person chooses a password, once, within three days.")
    .argument("<person>", PERSON)
    .action(async (person: string, options: Options) => {
      const said = await press(terminal, options, `${at(person)}/link`, {});
      if (options.json) return printJson(terminal, "people.invite", { person, ...said });
      terminal.out(String(said.link));
      terminal.note("Whoever has this link is let in as them: send it to them alone.");
    });

const turning = (terminal: Terminal, name: "disable" | "enable", description: string): Command =>
  withReason(withDock(new Command(name)))
    .description(description)
    .argument("<person>", PERSON)
    .action(async (person: string, options: Options) => {
      const said = await press(terminal, options, `${at(person)}/${name}`, because(options));
      if (options.json) printJson(terminal, `people.${name}`, { person, ...said });
      else terminal.out(`${terminal.paint.good("✔")} ${person} is ${name}d.`);
    });

const give = (terminal: Terminal): Command =>
  withReason(withDock(new Command("give")))
    .description("Give a person a role, for all of the business or a part of it.")
    .argument("<person>", PERSON)
    .argument("<role>", Object.keys(ROLES).join(", "))
    .option("--domain <domain>", "only this domain (repeatable)", many)
    .option("--plant <plant>", "only this plant (repeatable)", many)
    .option("--entity <entity>", "only this legal entity (repeatable)", many)
    .action(
      async (
        person: string,
        role: string,
        options: Options & Record<"domain" | "plant" | "entity", string[] | undefined>,
      ) => {
        isRole(role);
        const said = await press(terminal, options, `${at(person)}/roles`, {
          role,
          ...(options.domain ? { domains: options.domain } : {}),
          ...(options.plant ? { plants: options.plant } : {}),
          ...(options.entity ? { entities: options.entity } : {}),
          ...because(options),
        });
        if (options.json) printJson(terminal, "people.give", { person, role, ...said });
        else
          terminal.out(
            `${terminal.paint.good("✔")} ${person} is ${ROLES[role as RoleName].title.toLowerCase()}.`,
          );
      },
    );

const take = (terminal: Terminal): Command =>
  withReason(withDock(new Command("take")))
    .description("Take a role away from a person, in all its parts.")
    .argument("<person>", PERSON)
    .argument("<role>", "the role")
    .action(async (person: string, role: string, options: Options) => {
      isRole(role);
      const all = await withDatabase(terminal, options, (pool) => listPeople(pool));
      const grants = all.find(({ id }) => id === person)?.roles.filter((each) => each.role === role) ?? [];
      if (grants.length === 0) stopWith("notFound", `${person} has no role ${role}.`);
      for (const { id } of grants)
        await press(terminal, options, `${at(person)}/roles/${id}/take`, because(options));
      if (options.json) printJson(terminal, "people.take", { person, role, taken: grants.length });
      else
        terminal.out(
          `${terminal.paint.good("✔")} ${person} is no ${ROLES[role as RoleName].title.toLowerCase()} any more.`,
        );
    });

const reset = (terminal: Terminal): Command =>
  withReason(withDock(new Command("reset-second-factor")))
    .description("Take away the second factor of somebody who lost it. Takes a second administrator.")
    .argument("<person>", PERSON)
    .action(async (person: string, options: Options) => {
      const said = await press(terminal, options, `${at(person)}/second-factor/reset`, because(options));
      if (options.json) printJson(terminal, "people.reset-second-factor", { person, ...said });
      else terminal.out(`${terminal.paint.good("✔")} ${person} has no second factor any more.`);
    });

const sessions = (terminal: Terminal): Command =>
  withDock(new Command("sessions"))
    .description("List who is signed in, since when and from where.")
    .action(async (options: Common) => {
      const { sessions: open } = (await read(terminal, options, "/api/admin/sessions")) as unknown as {
        sessions: readonly SessionRow[];
      };
      if (options.json) return printJson(terminal, "people.sessions", { sessions: open });
      const { paint, columns } = terminal;
      const lines = table<SessionRow>(
        [
          { title: "SESSION", value: ({ id }) => id },
          { title: "PERSON", value: ({ person }) => person },
          { title: "SINCE", value: ({ startedAt }) => dayAndClock(new Date(startedAt)) },
          { title: "LAST USED", value: ({ seenAt }) => dayAndClock(new Date(seenAt)) },
          { title: "FROM", value: ({ address }) => harmless(address ?? "–") },
          { title: "VIA", value: ({ via }) => via },
        ],
        open,
        { columns, heading: paint.dim },
      );
      for (const line of lines) terminal.out(line);
      terminal.note(`\n${counted(open.length, "session")}. Next: crossdock people end-session <session>`);
    });

const endSession = (terminal: Terminal): Command =>
  withReason(withDock(new Command("end-session")))
    .description("End somebody's session at once.")
    .argument("<session>", "its id, as crossdock people sessions lists it")
    .action(async (session: string, options: Options) => {
      const path = `/api/admin/sessions/${encodeURIComponent(session)}/end`;
      const said = await press(terminal, options, path, because(options));
      if (options.json) printJson(terminal, "people.end-session", { session, ...said });
      else terminal.out(`${terminal.paint.good("✔")} The session has ended.`);
    });

const roles = (terminal: Terminal): Command =>
  withOutput(new Command("roles"))
    .description("List the roles, and what each may do.")
    .action(({ json }: { json?: boolean }) => {
      if (json) return printJson(terminal, "people.roles", { roles: ROLES, permissions: PERMISSIONS });
      for (const [name, { title, may }] of Object.entries(ROLES)) {
        terminal.out(`${terminal.paint.bold(name)}  ${title}`);
        for (const line of pairs(may.map((each) => [each, PERMISSIONS[each]] as const))) terminal.out(line);
      }
    });

const at = (person: string): string => `/api/admin/people/${encodeURIComponent(person)}`;
const because = ({ because: reason }: Options) => (reason ? { reason } : {});

function isRole(role: string): void {
  if (role in ROLES) return;
  const near = nearest(role, Object.keys(ROLES));
  stopWith(
    "usage",
    `There is no role "${role}". ${near ? `Did you mean ${near}?` : `Roles are ${listed(Object.keys(ROLES))}.`}`,
  );
}

export const people = (terminal: Terminal): Command =>
  new Command("people")
    .alias("user")
    .description("Who may sign in, and what each may do; list them when nothing else is said.")
    .addCommand(list(terminal), { isDefault: true })
    .addCommand(add(terminal))
    .addCommand(invite(terminal))
    .addCommand(turning(terminal, "disable", "Let somebody in no more; their sessions end at once."))
    .addCommand(turning(terminal, "enable", "Let somebody in again."))
    .addCommand(give(terminal))
    .addCommand(take(terminal))
    .addCommand(reset(terminal))
    .addCommand(sessions(terminal))
    .addCommand(endSession(terminal))
    .addCommand(enrol(terminal))
    .addCommand(recoveryCodes(terminal))
    .addCommand(withoutFactor(terminal))
    .addCommand(password(terminal))
    .addCommand(breakGlass(terminal))
    .addCommand(emergencies(terminal))
    .addCommand(roles(terminal));
