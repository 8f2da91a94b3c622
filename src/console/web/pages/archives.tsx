/** What left the database for files: which there are, and where they lie; whether they are as they were written is checked there. */
import { useQuery as useRead } from "@tanstack/react-query";
import type { Manifest } from "../../../runtime/archive-file.ts";
import { get } from "../api.ts";
import { absolute, count, many } from "../format.ts";
import { Failed, Hint, Section } from "../parts.tsx";

interface ArchiveFile {
  readonly number: number;
  readonly folder: string;
  readonly manifest: Manifest;
}

const OF: Readonly<Record<Manifest["of"], string>> = {
  event: "the journal",
  arrival: "what arrived",
  work: "what was settled",
};

export function Archives() {
  const { data, error, refetch } = useRead({
    queryKey: ["archives"],
    queryFn: () => get<{ archives: readonly ArchiveFile[] }>("/archives"),
  });
  if (error && !data) return <Failed error={error} what="the archive" again={refetch} />;
  if (!data || data.archives.length === 0) return null;
  return (
    <Section title={`The archive: ${many(data.archives.length, "file")}`}>
      <div className="scroll">
        <table>
          <caption className="sr">Files of the archive, the oldest first</caption>
          <thead>
            <tr>
              <th scope="col">Month</th>
              <th scope="col">Of</th>
              <th scope="col" className="right">
                Lines
              </th>
              <th scope="col">Archived</th>
              <th scope="col">File</th>
            </tr>
          </thead>
          <tbody>
            {data.archives.map(({ number, folder, manifest }) => (
              <tr key={number}>
                <th scope="row">{manifest.month}</th>
                <td>{OF[manifest.of]}</td>
                <td className="right">{count(manifest.lines)}</td>
                <td>
                  <time dateTime={manifest.archivedAt}>{absolute(manifest.archivedAt)}</time>
                </td>
                <td className="breaks">
                  <code>
                    {folder}/{manifest.file}
                  </code>{" "}
                  on {manifest.host}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Hint command="xd archive verify" />
    </Section>
  );
}
