/**
 * What people are told about an instance whose version this build does not have, as after a deployment that was taken back.
 *
 * Nothing is wrong with it and nothing need be done for it: when it goes on by itself is decided in `round.ts`.
 */
import type { Raised } from "../trace/record.ts";
import { type Instance, instanceId } from "../work/instances.ts";
import type { Arranged } from "./arrangement.ts";

export function withoutVersion(instance: Instance, { processes }: Pick<Arranged, "processes">): Raised {
  const { process, version, correlation } = instance;
  const here = [...processes.values()].filter(({ header }) => header.name === process);
  const versions = here.map(({ header }) => header.version).sort((a, b) => a - b);
  return {
    // One cause for all of a version.
    fingerprint: ["contract change", process, `version/${version}`].join("|"),
    class: "contract change",
    subjectKind: "instance",
    subject: instanceId(instance),
    connection: null,
    correlation,
    title: `Version ${version} of ${process} is not part of this build`,
    reason:
      `It keeps, in order, what comes, and goes on by itself within a minute when a build with version ${version} runs. ` +
      (versions.length > 0
        ? `This build has ${versions.length === 1 ? "version" : "versions"} ${versions.join(", ")}; crossdock process migrate ${process} --dry-run says which can take it over.`
        : "This build has no version of that process at all."),
    owner: here.at(-1)?.header.owner ?? "integration",
  };
}
