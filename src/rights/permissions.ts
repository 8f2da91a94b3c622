/**
 * What people may do, by name, and the roles that bundle it. Pure: the one place where "may she?" is decided.
 *
 * Deny by default: nobody holds a permission unless one of their grants gives it, and a grant that is limited to plants,
 * domains or legal entities covers only what is known to belong there. Console, API and command line ask here and nowhere else;
 * what a page shows or hides is a courtesy.
 */

/** Permission → what one may do with it, completing "may …". */
export const PERMISSIONS = {
  view: "see documents, their status and story, exceptions and figures",
  "see systems": "see whether systems answer, what waits for them, and their outages",
  "view bodies": "see what was sent and received, with personal fields hidden",
  "see personal data": "see a personal field, for a reason",
  "see secrets": "see a field marked secret, for a reason",
  tend: "leave notes on documents and take them on",
  answer: "answer the questions processes ask",
  "try again": "send the same delivery again, which cannot double",
  "fix data": "correct data that stops a document",
  decide: "settle, give up and close what was set aside",
  replay: "send the same deliveries of a period again",
  "replay as new": "send something again as a new document",
  "release period": "let postings into a period that is held",
  "steer systems": "pause, drain and resume systems and the reading of files",
  approve: "be the second person for what needs two",
  "see audit": "see who did what, and verify it",
  "see people": "see who may sign in, and what each may do",
  administer: "manage people, roles, keys and sessions",
  "see as": "look at the console as somebody else sees it",
  "break the glass": "take an operator's rights for an hour in an emergency, for a reason everybody reads",
  develop: "use the developer pages",
} as const;

export type Permission = keyof typeof PERMISSIONS;

export interface Role {
  readonly title: string;
  /** Who it is for, in a sentence. */
  readonly summary: string;
  readonly may: readonly Permission[];
}

/** What gets business moving again; also what emergency access gives for an hour. */
export const OPERATOR = [
  "view",
  "see systems",
  "view bodies",
  "see personal data",
  "tend",
  "answer",
  "try again",
  "fix data",
  "decide",
  "replay",
  "steer systems",
] as const satisfies readonly Permission[];

/** Role → what it may do. An administrator moves no document, and nobody's role includes everything. */
export const ROLES = {
  viewer: {
    title: "Viewer",
    summary: "Customer service and planners: where is it, and why is it late.",
    may: ["view", "see systems", "view bodies", "tend"],
  },
  logistics: {
    title: "Logistics operator",
    summary: "Gets shipments, stock and orders moving again.",
    may: OPERATOR,
  },
  finance: {
    title: "Finance operator",
    summary: "Gets invoices, payments and postings moving again.",
    may: [...OPERATOR, "replay as new", "release period"],
  },
  controller: {
    title: "Controller",
    summary: "Answers for the books; the second person for what needs two.",
    may: [...OPERATOR, "replay as new", "release period", "approve"],
  },
  developer: {
    title: "Integration developer",
    summary: "Finds out why, on masked data; changes travel through git.",
    may: ["view", "see systems", "view bodies", "develop"],
  },
  administrator: {
    title: "Administrator",
    summary: "Manages people, roles, keys and whether systems are served; sees and moves no document.",
    may: ["see systems", "steer systems", "see people", "administer", "see as"],
  },
  auditor: {
    title: "Auditor",
    summary: "Sees everything, with a reason, and verifies the record.",
    may: ["view", "see systems", "view bodies", "see personal data", "see audit", "see people"],
  },
  emergency: {
    title: "On call",
    summary: "Takes an operator's rights for an hour when nobody else is there; everybody reads who and why.",
    may: ["see systems", "break the glass"],
  },
} as const satisfies Readonly<Record<string, Role>>;

export type RoleName = keyof typeof ROLES;

export const isRole = (name: string): name is RoleName => Object.hasOwn(ROLES, name);

/** Null: everywhere. A list: only there. */
export interface Scope {
  /** First words of contracts: `sales`, `finance`. */
  readonly domains: readonly string[] | null;
  /** Plants and warehouses by their numbers. */
  readonly plants: readonly string[] | null;
  /** Legal entities by their numbers. */
  readonly entities: readonly string[] | null;
}

export const EVERYWHERE: Scope = { domains: null, plants: null, entities: null };

/** Permissions for a part of the business. */
export interface Grant extends Scope {
  readonly may: readonly Permission[];
}

/** Where a business thing belongs, as far as its messages say. */
export interface Place {
  readonly domain: string | null;
  readonly plants: readonly string[];
  readonly entities: readonly string[];
}

/** Somebody who asks for something. */
export interface Identity {
  /** What they sign in with. */
  readonly id: string;
  /** What audits and pages call them. */
  readonly name: string;
  readonly grants: readonly Grant[];
}

/** Whether a scope reaches a place. What is not known to belong to a plant is outside every limited scope. */
export const reaches = ({ domains, plants, entities }: Scope, place: Place): boolean =>
  (domains === null || (place.domain !== null && domains.includes(place.domain))) &&
  (plants === null || place.plants.some((plant) => plants.includes(plant))) &&
  (entities === null || place.entities.some((entity) => entities.includes(entity)));

/** Whether somebody holds a permission anywhere at all. */
export const holds = ({ grants }: Pick<Identity, "grants">, permission: Permission): boolean =>
  grants.some(({ may }) => may.includes(permission));

/** Whether somebody holds it everywhere, so that nothing needs to be left out. */
export const holdsEverywhere = ({ grants }: Pick<Identity, "grants">, permission: Permission): boolean =>
  grants.some(
    ({ may, domains, plants, entities }) =>
      may.includes(permission) && domains === null && plants === null && entities === null,
  );

/** Whether somebody holds it for a business thing that belongs there. */
export const holdsAt = (
  { grants }: Pick<Identity, "grants">,
  permission: Permission,
  place: Place,
): boolean => grants.some((grant) => grant.may.includes(permission) && reaches(grant, place));

/** Every permission somebody holds somewhere, in the order they are listed. */
export const permissionsOf = (identity: Pick<Identity, "grants">): Permission[] =>
  (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => holds(identity, permission));

/** What is missing, and who has it, in a sentence. */
export function needs(permission: Permission): string {
  const roles = (Object.keys(ROLES) as RoleName[])
    .filter((name) => (ROLES[name].may as readonly Permission[]).includes(permission))
    .map((name) => ROLES[name].title.toLowerCase());
  const who = roles.length === 0 ? "" : ` Roles that have it: ${roles.join(", ")}.`;
  return `You need the permission “${permission}”: to ${PERMISSIONS[permission]}.${who}`;
}
