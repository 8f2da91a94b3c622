/** The pages for developers, side by side; those that do not run here, or that one may not open, are left out. */
import { Link, useLocation } from "wouter";
import { useMay } from "../api.ts";
import { useDemonstration } from "./demonstration.tsx";

export function DeveloperTabs() {
  const may = useMay();
  const [location] = useLocation();
  const { data } = useDemonstration();
  const tabs = [
    { path: "/dev", title: "Demonstration", shown: data?.available === true },
    { path: "/dev/events", title: "Events", shown: may("view bodies") },
    { path: "/dev/mappings", title: "Mappings", shown: may("develop") },
  ].filter(({ shown }) => shown);
  if (tabs.length === 0) return null;
  return (
    <nav className="zoom dev-tabs" aria-label="Developer pages">
      {tabs.map(({ path, title }) => (
        <Link key={path} href={path} aria-current={location === path ? "page" : undefined}>
          {title}
        </Link>
      ))}
    </nav>
  );
}
