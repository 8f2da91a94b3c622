/**
 * The people who may sign in, and their roles. Rows of `person`, `role_grant` and `sign_in_link` are written here, and where a provider
 * vouches for somebody in `vouched.ts`; nowhere else, each with its line in the audit in the same transaction.
 *
 * Nothing here opens a door by itself: passwords are kept as hashes, links as the hash of a random token. Whoever calls has
 * been asked for permission before.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { Unusable } from "../std/errors.ts";
import { type Transaction, transaction } from "../std/sql.ts";
import { audit, type By } from "../work/audit.ts";
import { EMERGENCY_UNTIL } from "./emergency.ts";
import { hashPassword, isDated, isPassword, usablePassword } from "./passwords.ts";
import {
  type Grant,
  type Identity,
  isRole,
  OPERATOR,
  ROLES,
  type RoleName,
  type Scope,
} from "./permissions.ts";

/** One role of a person, as given. */
export interface Given extends Scope {
  readonly id: string;
  readonly role: RoleName;
  readonly source: "given" | "claims";
  readonly grantedBy: string;
  readonly grantedAt: string;
}

/** A person as the administration shows them; instants are RFC 3339. */
export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly hasPassword: boolean;
  /** Since when codes of an app are asked for besides the password; null: they are not. */
  readonly secondFactorSince: string | null;
  /** Who vouches for them, when they sign in elsewhere. */
  readonly issuer: string | null;
  readonly demonstration: boolean;
  readonly createdAt: string;
  readonly disabledAt: string | null;
  readonly lastSeenAt: string | null;
  /** They took emergency access, and have it until then; null: they do not. */
  readonly emergencyUntil: string | null;
  readonly roles: readonly Given[];
}

const ID = /^[a-z][a-z0-9._@+-]{1,99}$/;

/** What somebody types as their name to sign in, brought into the form it is kept in. */
export const signInName = (typed: string): string => typed.trim().toLowerCase();

const PEOPLE = `
  select p.id, p.name, p.email, p.password is not null as "hasPassword",
         (select f.confirmed_at from second_factor f where f.person = p.id) as "secondFactorSince", p.issuer, p.demonstration,
         p.created_at as "createdAt", p.disabled_at as "disabledAt", p.last_seen_at as "lastSeenAt",
         ${EMERGENCY_UNTIL} as "emergencyUntil",
         coalesce((select json_agg(json_build_object('id', g.id::text, 'role', g.role, 'domains', g.domains,
                     'plants', g.plants, 'entities', g.entities, 'source', g.source, 'grantedBy', g.granted_by,
                     'grantedAt', g.granted_at) order by g.id)
                    from role_grant g where g.person = p.id), '[]'::json) as roles
    from person p`;

/** Everybody, in the order of their names. */
export const listPeople = async (pool: Pool): Promise<PersonRow[]> =>
  (await pool.query<PersonRow>(`${PEOPLE} order by p.disabled_at is not null, p.id limit 2000`)).rows;

export const findPerson = async (pool: Pool, id: string): Promise<PersonRow | null> =>
  (await pool.query<PersonRow>(`${PEOPLE} where p.id = $1`, [id])).rows[0] ?? null;

/** A person as whoever asks for permission knows them. */
export const identityOf = ({ id, name, roles, disabledAt, emergencyUntil }: PersonRow): Identity => ({
  id,
  name,
  grants: disabledAt === null ? roles.flatMap((given) => grantOf(given, emergencyUntil !== null)) : [],
});

/** A role that no release knows any more gives nothing. Emergency access is for the part of the business the role is for. */
const grantOf = ({ role, domains, plants, entities }: Given, emergency: boolean): Grant[] => {
  if (!isRole(role)) return [];
  const { may } = ROLES[role];
  return [
    { may: role === "emergency" && emergency ? [...may, ...OPERATOR] : may, domains, plants, entities },
  ];
};

export interface NewPerson {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly demonstration?: boolean;
}

const ADD = `
  insert into person (id, name, email, demonstration) values ($1, $2, $3, $4) on conflict (id) do nothing returning id`;

/**
 * Adds a person, who cannot sign in before they have a password or a single sign-on. False when there is one of that name.
 *
 * @throws {Unusable} when the sign-in name or the name is none
 */
export const addPerson = (pool: Pool, person: NewPerson, by: By): Promise<boolean> =>
  transaction(pool, (tx) => addIn(tx, person, by));

/** The same within a transaction. */
export async function addIn(
  tx: Transaction,
  { id, name, email, demonstration }: NewPerson,
  by: By,
): Promise<boolean> {
  if (!ID.test(id)) {
    throw new Unusable(
      `"${id}" cannot be a sign-in name. It begins with a letter and has lower-case letters, digits and . _ @ + - only.`,
    );
  }
  if (name.trim() === "" || name.length > 120) throw new Unusable("A person's name has 1 to 120 characters.");
  const { rowCount } = await tx.query(ADD, [id, name.trim(), email ?? null, demonstration ?? false]);
  if (rowCount === 1) await audit(tx, by, "add person", `person:${id}`, { name, email: email ?? null });
  return rowCount === 1;
}

/** Lets nobody sign in as this person any more, and ends their sessions; or lets them again. False when nothing changed. */
export const setDisabled = (pool: Pool, id: string, disabled: boolean, by: By): Promise<boolean> =>
  transaction(pool, async (tx) => {
    const { rowCount } = await tx.query(
      `update person set disabled_at = case when $2 then clock_timestamp() end
        where id = $1 and (disabled_at is not null) <> $2`,
      [id, disabled],
    );
    if (rowCount !== 1) return false;
    if (disabled) await endAllOf(tx, id);
    await audit(tx, by, disabled ? "disable person" : "enable person", `person:${id}`);
    return true;
  });

/** Rights changed or a password did: what was signed in before signs in anew. */
export const endAllOf = (tx: Transaction, person: string) =>
  tx.query(
    `update console_session set ended_at = clock_timestamp() where (person = $1 or seeing_as = $1) and ended_at is null`,
    [person],
  );

export interface NewGrant extends Scope {
  readonly role: string;
}

/**
 * Gives a role. Its holder's sessions go on and have it at once.
 *
 * @throws {Unusable} when the role or a part of its scope is none
 */
export async function giveRole(pool: Pool, person: string, grant: NewGrant, by: By): Promise<void> {
  usableGrant(grant);
  await transaction(pool, (tx) => giveIn(tx, person, grant, "given", by));
}

/** @throws {Unusable} when the role or a part of its scope is none */
export function usableGrant({ role, domains, plants, entities }: NewGrant): void {
  if (!isRole(role)) {
    throw new Unusable(`"${role}" is not a role. There are: ${Object.keys(ROLES).join(", ")}.`);
  }
  for (const [what, list] of [
    ["domains", domains],
    ["plants", plants],
    ["legal entities", entities],
  ] as const) {
    if (list === null) continue;
    if (list.length === 0 || list.some((each) => each.trim() === "" || each === "*")) {
      throw new Unusable(
        `A list of ${what} names at least one, each by its number. Leave it out for all of them.`,
      );
    }
  }
}

/** The same within a transaction; `source` says whether somebody gave it or claims of a provider did. */
export async function giveIn(
  tx: Transaction,
  person: string,
  { role, domains, plants, entities }: NewGrant,
  source: Given["source"],
  by: By,
): Promise<void> {
  const { rowCount } = await tx.query(
    `insert into role_grant (person, role, domains, plants, entities, source, granted_by)
     select p.id, $2, $3, $4, $5, $6, $7 from person p
      where p.id = $1 and not exists (select from role_grant g where g.person = $1 and g.role = $2 and g.source = $6
        and g.domains is not distinct from $3 and g.plants is not distinct from $4 and g.entities is not distinct from $5)`,
    [person, role, domains, plants, entities, source, by.name],
  );
  if (rowCount === 1)
    await audit(tx, by, "give role", `person:${person}`, { role, domains, plants, entities, source });
}

/** Takes a role away. False when it was gone. */
export const takeRole = (pool: Pool, person: string, grant: string, by: By): Promise<boolean> =>
  transaction(pool, async (tx) => {
    const { rows } = await tx.query<{ role: string }>(
      `delete from role_grant where id = $1::bigint and person = $2 returning role`,
      [grant, person],
    );
    if (!rows[0]) return false;
    await audit(tx, by, "take role", `person:${person}`, { role: rows[0].role });
    return true;
  });

// Passwords and links --------------------------------------------------------------------------------------------------

/**
 * The person a sign-in name and a password belong to, or null: always in the same time, whatever was wrong.
 *
 * A hash made with older parameters is made again.
 */
export async function recognise(pool: Pool, id: string, password: string): Promise<PersonRow | null> {
  const { rows } = await pool.query<{ password: string | null }>(
    `select password from person where id = $1 and disabled_at is null`,
    [id],
  );
  const kept = rows[0]?.password ?? null;
  if (!(await isPassword(password, kept)) || kept === null) return null;
  if (isDated(kept)) {
    const fresh = await hashPassword(password);
    await pool.query(`update person set password = $2 where id = $1 and password = $3`, [id, fresh, kept]);
  }
  return findPerson(pool, id);
}

/** Sets a person's password and ends their sessions. @throws {Unusable} when it is none */
export async function setPassword(pool: Pool, person: PersonRow, password: string, by: By): Promise<void> {
  usablePassword(password, person);
  const hash = await hashPassword(password);
  await transaction(pool, async (tx) => {
    await tx.query(`update person set password = $2 where id = $1`, [person.id, hash]);
    await endAllOf(tx, person.id);
    await audit(tx, by, "set password", `person:${person.id}`);
  });
}

export type LinkKind = "setup" | "invitation" | "demonstration";

/** What is kept of a token: enough to recognise it, not enough to use it. */
export const tokenHash = (token: string): Buffer => createHash("sha256").update(token).digest();

/** A new token: 256 random bits, safe in an address. */
export const newToken = (): string => randomBytes(32).toString("base64url");

/** Makes a link's token. Those of its kind (and person) from before end. */
export const makeLink = (
  pool: Pool,
  { kind, person = null, lifetimeMs }: { kind: LinkKind; person?: string | null; lifetimeMs: number },
  by: By,
): Promise<string> =>
  transaction(pool, async (tx) => {
    const token = newToken();
    await tx.query(`delete from sign_in_link where kind = $1 and person is not distinct from $2`, [
      kind,
      person,
    ]);
    await tx.query(
      `insert into sign_in_link (token_hash, kind, person, made_by, ends_at)
       values ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 millisecond')`,
      [tokenHash(token), kind, person, by.name, lifetimeMs],
    );
    await audit(tx, by, `make ${kind} link`, person === null ? "console" : `person:${person}`);
    return token;
  });

export interface Link {
  readonly kind: LinkKind;
  readonly person: string | null;
}

/** The link behind a token, while it is good. */
export const findLink = async (pool: Pool, token: string): Promise<Link | null> =>
  (
    await pool.query<Link>(
      `select kind, person from sign_in_link
        where token_hash = $1 and used_at is null and ends_at > clock_timestamp()`,
      [tokenHash(token)],
    )
  ).rows[0] ?? null;

/** Whether nobody can administer yet, so that a setup link is due. */
export const needsSetup = async (db: Pool | Transaction): Promise<boolean> =>
  (
    await db.query(
      `select from role_grant g join person p on p.id = g.person
        where g.role = 'administrator' and p.disabled_at is null and not p.demonstration limit 1`,
    )
  ).rowCount === 0;

/**
 * Uses a setup link: makes the first administrator, with a password. Null when the link is no longer good, or somebody can
 * administer by now: a link that was printed and never used must not make a second one.
 *
 * The first person also sees the business, so that a new installation shows something; nobody gets to move documents this way.
 *
 * @throws {Unusable} when the name or the password is none
 */
export async function setUp(
  pool: Pool,
  token: string,
  person: NewPerson & { readonly password: string },
): Promise<PersonRow | null> {
  usablePassword(person.password, person);
  const hash = await hashPassword(person.password);
  const by: By = { name: person.id, reason: "The setup link of the first start was used." };
  const done = await transaction(pool, async (tx) => {
    if (!(await use(tx, token, "setup")) || !(await needsSetup(tx))) return false;
    if (!(await addIn(tx, person, by))) {
      throw new Unusable(`Somebody signs in as ${person.id} already. Choose another sign-in name.`);
    }
    await tx.query(`update person set password = $2 where id = $1`, [person.id, hash]);
    for (const role of ["administrator", "viewer"])
      await giveIn(tx, person.id, { role, domains: null, plants: null, entities: null }, "given", by);
    return true;
  });
  return done ? findPerson(pool, person.id) : null;
}

/** Whom an invitation is for, while it is good. */
export async function invitedPerson(pool: Pool, token: string): Promise<PersonRow | null> {
  const link = await findLink(pool, token);
  const person = link?.kind === "invitation" && link.person ? await findPerson(pool, link.person) : null;
  return person?.disabledAt === null ? person : null;
}

/** Uses an invitation: its person gets this password. Null when the link is no longer good. @throws {Unusable} for a weak one */
export async function takeInvitation(pool: Pool, token: string, password: string): Promise<PersonRow | null> {
  const person = await invitedPerson(pool, token);
  if (!person) return null;
  usablePassword(password, person);
  const hash = await hashPassword(password);
  return transaction(pool, async (tx) => {
    if (!(await use(tx, token, "invitation"))) return null;
    await tx.query(`update person set password = $2 where id = $1`, [person.id, hash]);
    await endAllOf(tx, person.id);
    await audit(
      tx,
      { name: person.id, reason: "An invitation was used." },
      "set password",
      `person:${person.id}`,
    );
    return person;
  });
}

/** Two who use one link at once: the row lock lets one of them. */
const use = async (tx: Transaction, token: string, kind: LinkKind): Promise<boolean> =>
  (
    await tx.query(
      `update sign_in_link set used_at = clock_timestamp()
        where token_hash = $1 and kind = $2 and used_at is null and ends_at > clock_timestamp()`,
      [tokenHash(token), kind],
    )
  ).rowCount === 1;

/** Ends the links and sessions of a demonstration, so that its people are gone where real ones begin. */
export const closeDemonstration = (pool: Pool): Promise<void> =>
  transaction(pool, async (tx) => {
    await tx.query(`delete from sign_in_link where kind = 'demonstration'`);
    await tx.query(
      `update console_session s set ended_at = clock_timestamp() from person p
        where p.id = s.person and p.demonstration and s.ended_at is null`,
    );
  });
