/** The pages there are, who may open each, and the key that leads there. What a menu leaves out, the server refuses anyhow. */
import type { Permission, RoleName } from "../../rights/permissions.ts";
import { type RoleView, useMay, useSession } from "./api.ts";
import { useDemonstration } from "./pages/demonstration.tsx";

/** The pages in the menu, and the key that follows `g`. */
export interface MenuPage {
  readonly path: string;
  readonly title: string;
  readonly key: string;
  /** Only for those who may; `everywhere`: for all of the business. */
  readonly may?: Permission;
  readonly everywhere?: true;
  /** Also for everybody where simulated systems run. */
  readonly demonstration?: true;
}
export const PAGES: readonly MenuPage[] = [
  { path: "/", title: "Home", key: "h", may: "view" },
  { path: "/documents", title: "Documents", key: "d", may: "view" },
  { path: "/exceptions", title: "Exceptions", key: "e", may: "view" },
  { path: "/systems", title: "Systems", key: "s", may: "see systems" },
  { path: "/processes", title: "Processes", key: "p", may: "view" },
  { path: "/reconciliation", title: "Reconciliation", key: "r", may: "view" },
  { path: "/periods", title: "Periods", key: "f", may: "view" },
  { path: "/runbooks", title: "Runbooks", key: "o", may: "view" },
  { path: "/batches", title: "Batches", key: "b", may: "view" },
  { path: "/bulk", title: "Bulk acts", key: "u", may: "view" },
  { path: "/promises", title: "Promises", key: "n", may: "view", everywhere: true },
  { path: "/contracts", title: "Contracts", key: "c", may: "view" },
  { path: "/insights", title: "Insights", key: "i", may: "view" },
  { path: "/approvals", title: "Approvals", key: "v" },
  { path: "/audit", title: "Audit", key: "a", may: "see audit", everywhere: true },
  { path: "/admin", title: "Admin", key: "m", may: "see people", everywhere: true },
  { path: "/dev", title: "Developer", key: "l", may: "develop", everywhere: true, demonstration: true },
];

/** What is asked of whoever opens a page that is in no menu. */
const BEHIND: readonly Omit<MenuPage, "title" | "key">[] = [
  { path: "/d/", may: "view" },
  { path: "/causes/", may: "view" },
  { path: "/runs/", may: "view" },
  { path: "/dev/events", may: "view bodies" },
  { path: "/dev/mappings", may: "develop", everywhere: true },
];

/** Whether somebody may open a page; not known yet while it is not known whether simulated systems run. */
export function useMayOpen(): (page: Omit<MenuPage, "title" | "key">) => boolean {
  const { data } = useDemonstration();
  const may = useMay();
  return (page) =>
    page.may === undefined ||
    may(page.may, page.everywhere ? "everywhere" : "somewhere") ||
    (page.demonstration === true && data?.available === true);
}

/** Where somebody who just signed in and asked for no page is sent on from. */
export const BEGIN = "/begin";

/** The page a role begins at; of several roles the first here says it. Home is one key away from each. */
const BEGINS: readonly (readonly [role: RoleName, path: string])[] = [
  ["finance", "/exceptions"],
  ["logistics", "/exceptions"],
  ["controller", "/exceptions"],
  ["developer", "/exceptions"],
  ["auditor", "/audit"],
  ["viewer", "/documents"],
];

/** A planner sees a plant, and begins with how that plant stands. */
const ofPlants = ({ role, plants }: RoleView): boolean => role === "viewer" && plants !== null;

/** Where whoever looks begins: by role, as far as they may open it, and else at the first page there is for them. */
export function useBeginning(): string {
  const { data } = useSession();
  const mayOpen = useMayOpen();
  const opens = (path: string) => PAGES.some((page) => page.path === path && mayOpen(page));
  const roles = data?.roles ?? [];
  const [, begins = "/"] =
    BEGINS.find(([role, path]) => opens(path) && roles.some((one) => one.role === role && !ofPlants(one))) ??
    [];
  if (opens(begins)) return begins;
  return PAGES.find((page) => page.may !== undefined && mayOpen(page))?.path ?? "/";
}

/** Pages whose part does not run here, or that one may not open, are left out. */
export function usePages(): readonly MenuPage[] {
  return PAGES.filter(useMayOpen());
}

/** What the page at an address asks for; the longest address that fits is its own. */
export const pageAt = (location: string) =>
  [...PAGES, ...BEHIND]
    .filter(({ path }) => (path === "/" ? location === "/" : location.startsWith(path)))
    .toSorted((left, right) => right.path.length - left.path.length)[0];
