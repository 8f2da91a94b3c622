/**
 * What the stories run: the company of the demonstration as it is shipped, over a simulated estate, looking at its folders often.
 *
 * Everything about the place comes by the environment, as for the shipped demonstration; `STORY_SETTINGS` is JSON that a
 * story lays over the settings, `STORY_TIMEOUT_MS` how long a call may take.
 */
import { env } from "node:process";
import { secret } from "crossdock";
import { configuration } from "crossdock/server";
import { company } from "../../../solutions/demonstration/company.ts";
import { standardPolicy } from "../../../solutions/manufacturing/index.ts";

const { solutions, connections } = company({
  portBase: Number(env.CROSSDOCK_ESTATE_PORT),
  data: configuration({}).data,
  // Only in stories that are about what stands around the core.
  landscape: env.STORY_LANDSCAPE === "yes",
  pollMs: 50,
  ...(env.STORY_DATABASE ? { database: secret("env:STORY_DATABASE") } : {}),
  notYet: env.STORY_NOT_YET ? [env.STORY_NOT_YET] : [],
  ...(env.STORY_NEXT_UNITS ? { nextUnits: JSON.parse(env.STORY_NEXT_UNITS) } : {}),
  goods: JSON.parse(env.STORY_SETTINGS ?? "{}"),
  plant: {
    patience: {
      ...standardPolicy.patience,
      "stock correction": "1s",
      "supplier answers": "4s",
      "half booked": "1s",
    },
    ...JSON.parse(env.STORY_PLANT_POLICY ?? "{}"),
  },
});

// A story about answers that never come has no eight seconds for each of them.
const timeoutMs = Number(env.STORY_TIMEOUT_MS ?? 0);
for (const { config } of timeoutMs > 0 ? connections : [])
  if ("url" in (config as object)) Object.assign(config as object, { timeoutMs });

// Two hundred facts for a subscriber that came late are what one person of a story may send.
export default configuration({ name: "A story", solutions, fourEyes: { items: 200 } });
