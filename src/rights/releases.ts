/**
 * Which release runs, and who developed it: nobody is the second person for a correction of what their own mapping made. Rows of
 * `release` are written here and nowhere else.
 */
import type { Pool } from "pg";

/** What a deployment says about itself. */
export interface Release {
  /** Its version, or the commit it was built from. */
  readonly name: string;
  /** What those who developed what it changes sign in with. */
  readonly developers: readonly string[];
}

/** For so long they are not the second person, counted from when the release ran here first. */
export const DEVELOPED_LATELY_MS = 24 * 3_600_000;

/** Notes a release when it runs for the first time; later starts of it change nothing. */
export const noteRelease = async (pool: Pool, { name, developers }: Release): Promise<void> => {
  const by = developers.map((each) => each.trim().toLowerCase());
  await pool.query(`insert into release (name, developers) values ($1, $2) on conflict (name) do nothing`, [
    name,
    by,
  ]);
};

/**
 * Why somebody's own mapping may have made what is to be corrected, in a sentence, or null. `develops`: they hold the role of a
 * developer, and are taken for one of them as long as no release says who they were.
 */
export async function ownMapping(pool: Pool, person: string, develops: boolean): Promise<string | null> {
  const { rows } = await pool.query<{ name: string; theirs: boolean }>(
    `select name, $1 = any(developers) and first_at > clock_timestamp() - $2 * interval '1 millisecond' as theirs
       from release order by theirs desc, first_at desc limit 1`,
    [person, DEVELOPED_LATELY_MS],
  );
  const [release] = rows;
  if (release?.theirs)
    return `You developed release ${release.name}, which runs for less than a day: for so long somebody else agrees to corrections of what it made.`;
  if (!release && develops)
    return "You develop mappings, and no release says that you did not develop this one: somebody else agrees to its corrections.";
  return null;
}
